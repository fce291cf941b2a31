/** Every backend and scope, opened by the programs that will open them: kubeseal, sops, age, and the CRD of External Secrets. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { makeControllerKey } from '../../trust/controller-certificate.ts'
import { openWithKubeseal, unpacked, verifyLikeIstiod, type Bundle } from '../cacerts.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { judge } from '../files/kubeconform.ts'
import { meshwright } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { backends, SCOPES, trustFile, trustText, type Backends } from './backends.ts'

export const sealingChecks: readonly Check[] = [
  check('kubeseal opens every scope where it may be opened', ['kubeseal', 'go'], scopesOpen),
  check('planted: each scope where it must not be opened', ['kubeseal'], scopesRefuse),
  check('kubeseal seals anew, and trust reseal takes it over', ['kubeseal', 'go'], reseals),
  check('sops opens what is encrypted, for each recipient, to what istiod takes', ['sops', 'go'], sopsOpens),
  check('sops still opens it when a root was added without any key', ['sops', 'go'], sopsAfterRoot),
  check('sops opens it for others after the data key was encrypted anew', ['sops'], sopsAfterRewrap),
  check('planted: a changed octet, date or MAC, and a stranger (sops)', ['sops'], sopsRefuses),
  check('age opens the file for a store, whose key fits what the ExternalSecret has', ['age', 'go'], ageOpens),
  check('planted: a stranger (age)', ['age'], async (bench) => {
    const made = await backends(bench)
    await mustRefuse('it', /no identity matched/, () => entryOf(bench, made, made.identities[2]))
  }),
  check('kubeconform finds the ExternalSecret in order, and a fault in one', ['kubeconform', 'go'], externalSecret),
]

/** A copy that a check may change. */
async function copyOf(bench: Workbench): Promise<Backends> {
  const made = await backends(bench)
  const mesh = join(bench.scratch('backends'), 'mesh')
  cpSync(made.mesh, mesh, { recursive: true })
  return { ...made, mesh }
}

async function scopesOpen(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  for (const scope of SCOPES) {
    const text = trustText(made, scope, 'cacerts.yaml')
    const bundle = openWithKubeseal(bench, text, made.controllerKey)
    verifyLikeIstiod(bench, unpacked(bench, bundle), new Date())
    if (scope !== 'strict') openWithKubeseal(bench, moved(text, 'name: cacerts', 'name: other'), made.controllerKey)
    if (scope === 'cluster-wide') {
      openWithKubeseal(bench, moved(text, 'namespace: istio-system', 'namespace: other'), made.controllerKey)
    }
  }
}

function moved(text: string, from: string, to: string): string {
  ok(text.includes(`  ${from}\n`), `no ${from}`)
  return text.replaceAll(`  ${from}\n`, `  ${to}\n`)
}

async function scopesRefuse(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  const refuse = (what: string, text: string): Promise<void> =>
    mustRefuse(what, /no key could decrypt|decrypt/, () => openWithKubeseal(bench, text, made.controllerKey))
  const [strict, wide] = SCOPES.map((scope) => trustText(made, scope, 'cacerts.yaml')) as [string, string, string]
  await refuse('strict, by another name', moved(strict, 'name: cacerts', 'name: other'))
  for (const text of [strict, wide]) {
    await refuse('another namespace', moved(text, 'namespace: istio-system', 'namespace: other'))
  }
  const annotation = / +sealedsecrets\.bitnami\.com\/namespace-wide: "true"\n/
  ok(annotation.test(wide), 'the scope is annotated')
  await refuse('a wider scope that is not annotated', wide.replace(annotation, ''))
}

/** A controller is needed to re-encrypt; who has its key does the same with kubeseal in two steps. */
async function reseals(bench: Workbench): Promise<void> {
  const made = await copyOf(bench)
  const { certificate, privateKey } = makeControllerKey({ now: new Date(Date.now() - 3_600_000), bits: 2048 })
  const folder = bench.scratch('reseal')
  const key = join(folder, 'newer.key.pem')
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  for (const scope of SCOPES) {
    const before = openWithKubeseal(bench, trustText(made, scope, 'cacerts.yaml'), made.controllerKey)
    const args = ['--recovery-unseal', '--recovery-private-key', made.controllerKey]
    const secret = bench.run(bench.tool('kubeseal'), args, { input: trustText(made, scope, 'cacerts.yaml') })
    const newer = join(made.mesh, 'sealing', `${scope}.pem`)
    writeFileSync(newer, certificate)
    const sealed = bench.run(bench.tool('kubeseal'), ['--cert', newer, '--scope', scope], { input: secret })
    const from = join(folder, `${scope}.json`)
    writeFileSync(from, sealed)
    meshwright(bench, made.mesh, ['trust', 'reseal', scope, '--from', from])
    const after = openWithKubeseal(bench, trustText(made, scope, 'cacerts.yaml'), key)
    deepStrictEqual(after, before)
  }
  meshwright(bench, made.mesh, ['generate', '--check'])
  meshwright(bench, made.mesh, ['verify'])
  const again = trustText(made, 'strict', 'cacerts.yaml')
  await mustRefuse('the former key', /no key could decrypt|decrypt/, () =>
    openWithKubeseal(bench, again, made.controllerKey),
  )
}

export function openWithSops(bench: Workbench, file: string, identity: string): Bundle {
  const env = { SOPS_AGE_KEY_FILE: identity, HOME: bench.folder, XDG_CONFIG_HOME: bench.folder }
  const args = ['--disable-version-check', '--decrypt', '--output-type', 'json', file]
  const secret = JSON.parse(bench.run(bench.tool('sops'), args, { env }).toString('utf8')) as {
    data: Record<string, string>
  }
  return new Map(Object.entries(secret.data).map(([item, text]) => [item, Buffer.from(text, 'base64')]))
}

const SOPS_FILE = 'cacerts.sops.yaml'

async function sopsOpens(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  for (const identity of made.identities.slice(0, 2)) {
    const bundle = openWithSops(bench, trustFile(made, 'encrypted', SOPS_FILE), identity)
    verifyLikeIstiod(bench, unpacked(bench, bundle), new Date())
  }
}

async function sopsAfterRoot(bench: Workbench): Promise<void> {
  const made = await copyOf(bench)
  const both = '[{ id: r1, state: active }, { id: r2, state: trusted }]'
  writeFileSync(join(made.mesh, 'mesh.yaml'), made.meshFile([0, 1], both))
  const recipient = /age1[a-z0-9]+/.exec(made.meshFile([0]))?.[0] ?? ''
  const keyOut = join(bench.scratch('r2'), 'r2.key.age')
  meshwright(bench, made.mesh, ['trust', 'root', 'create', 'r2', '--recipient', recipient, '--key-out', keyOut])
  const before = parse(trustText(made, 'encrypted', SOPS_FILE)) as { sops: object; data: Record<string, string> }
  meshwright(bench, made.mesh, ['generate'])
  meshwright(bench, made.mesh, ['verify'])
  const after = parse(trustText(made, 'encrypted', SOPS_FILE)) as typeof before
  deepStrictEqual(after.sops, before.sops)
  strictEqual(after.data['ca-key.pem'], before.data['ca-key.pem'])
  const bundle = openWithSops(bench, trustFile(made, 'encrypted', SOPS_FILE), made.identities[1])
  strictEqual(present(bundle.get('root-cert.pem'), 'roots').toString('latin1').split('BEGIN').length, 3)
  verifyLikeIstiod(bench, unpacked(bench, bundle), new Date())
}

async function sopsAfterRewrap(bench: Workbench): Promise<void> {
  const made = await copyOf(bench)
  writeFileSync(join(made.mesh, 'mesh.yaml'), made.meshFile([1, 2]))
  await mustRefuse('it without an identity', /encrypted for other recipients/, () =>
    meshwright(bench, made.mesh, ['generate']),
  )
  meshwright(bench, made.mesh, ['generate', '--identity', made.identities[0]])
  meshwright(bench, made.mesh, ['verify'])
  const file = trustFile(made, 'encrypted', SOPS_FILE)
  for (const identity of made.identities.slice(1)) strictEqual(openWithSops(bench, file, identity).size, 4)
  await mustRefuse('who is no recipient any more', /identity did not match/, () =>
    openWithSops(bench, file, made.identities[0]),
  )
}

async function sopsRefuses(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  const text = trustText(made, 'encrypted', SOPS_FILE)
  const open = (changed: string, identity = made.identities[0]): Bundle => {
    ok(changed !== text || identity === made.identities[2], 'nothing was changed')
    const file = join(bench.scratch('planted'), SOPS_FILE)
    writeFileSync(file, changed)
    return openWithSops(bench, file, identity)
  }
  const bent = (pattern: RegExp): string =>
    text.replace(pattern, (_, head, char) => `${String(head)}${char === 'A' ? 'B' : 'A'}`)
  await mustRefuse('an octet of the key', /authentication failed/, () =>
    open(bent(/(ca-key\.pem: ENC\[AES256_GCM,data:.{9})(.)/)),
  )
  await mustRefuse('an octet of the MAC', /MAC/, () => open(bent(/(mac: ENC\[AES256_GCM,data:.{9})(.)/)))
  await mustRefuse('another date', /MAC/, () => open(text.replace(/lastmodified: "\d{4}/, 'lastmodified: "2020')))
  const renamed = text.replace('  ca-key.pem:', '  ca-cert.pem2:').replace('^ca-key', '^ca-cert.pem2|ca-key')
  await mustRefuse('the key under another name', /authentication failed|unexpected|MAC/, () => open(renamed))
  await mustRefuse('a stranger', /identity did not match/, () => open(text, made.identities[2]))
}

function entryOf(bench: Workbench, { store }: Backends, identity: string): Record<string, string> {
  const file = join(store, 'shop-stored-cacerts-g1.json.age')
  return JSON.parse(bench.run(bench.tool('age'), ['-d', '-i', identity, file]).toString('utf8')) as Record<
    string,
    string
  >
}

async function ageOpens(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  const entry = entryOf(bench, made, made.identities[1])
  const { spec } = parse(trustText(made, 'stored', 'cacerts.yaml')) as {
    spec: {
      target: { template: { data: Record<string, string> } }
      data: { secretKey: string; remoteRef: { key: string; property: string } }[]
    }
  }
  const [source] = spec.data
  strictEqual(source?.remoteRef.key, 'mesh/shop-stored-cacerts-g1')
  const value = present(entry[source.remoteRef.property], source.remoteRef.property)
  // What the operator's template engine makes of it: one value put in, the rest as it stands.
  const bundle = new Map(
    Object.entries(spec.target.template.data).map(([item, template]) => [
      item,
      Buffer.from(template.replace(`{{ .${source.secretKey} }}`, () => value)),
    ]),
  )
  verifyLikeIstiod(bench, unpacked(bench, bundle), new Date())
  const lock = readFileSync(join(made.mesh, 'mesh.lock', 'clusters', 'stored.yaml'), 'utf8')
  ok(!/ENC\[|AGE ENCRYPTED|ciphertext/.test(lock), 'the lock has ciphertext')
}

async function externalSecret(bench: Workbench): Promise<void> {
  const made = await backends(bench)
  judge(bench, 'istio', [
    trustFile(made, 'stored', 'cacerts.yaml'),
    join(made.mesh, 'output', 'flux', 'encrypted.yaml'),
  ])
  judge(bench, 'istio', [join(made.mesh, 'output', 'argocd', 'shop.yaml')])
  const copy = join(bench.scratch('planted'), 'cacerts.yaml')
  const plant = (from: string, to: string): void => {
    const text = trustText(made, 'stored', 'cacerts.yaml')
    ok(text.includes(from), `no ${from}`)
    writeFileSync(copy, text.replace(from, to))
    judge(bench, 'istio', [copy])
  }
  await mustRefuse('a policy that is none', /creationPolicy': value must be/, () => plant('Orphan', 'Orphaned'))
  await mustRefuse('a field that is not there', /additional properties 'templates' not allowed/, () =>
    plant('    template:', '    templates: {}\n    template:'),
  )
}
