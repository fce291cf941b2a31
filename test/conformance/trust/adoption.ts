/** CAs of other tools are taken over, certificates come from elsewhere, and somebody else signs: all with real programs. */
import { ok, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ITEMS, unpacked } from '../cacerts.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { makeLeaf, verifyChain, type Authority } from '../openssl.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { byCfssl, byIstioTools, byOpenssl, CLUSTERS, istiodsOwn, type ClusterName, type Maker } from './foreign-cas.ts'
import { LiveMesh } from './live-mesh.ts'

const SPIFFE = 'spiffe://cluster.local/ns/foo/sa/svc-1'
const MAKERS: readonly (readonly [string, Maker, readonly ToolName[]])[] = [
  ['cfssl', byCfssl, ['cfssl', 'cfssljson']],
  ["Istio's tools/certs", byIstioTools, []],
  ['openssl', byOpenssl, []],
]

export const adoptionChecks: readonly Check[] = [
  ...MAKERS.map(([name, make, needs]) =>
    check(`a cacerts of ${name} is taken over byte for byte`, ['kubeseal', 'openssl', 'go', ...needs], (bench) =>
      takenOver(bench, make),
    ),
  ),
  check("istiod's own CAs: first the union, then another signer", ['kubeseal', 'openssl', 'go'], ownCas),
  check('openssl signs our request, and takes the CRL', ['kubeseal', 'openssl', 'go'], signedByOpenssl),
  check('cfssl signs our request', ['kubeseal', 'openssl', 'go', 'cfssl', 'cfssljson'], signedByCfssl),
  check('openssl is the signer of a new intermediate', ['kubeseal', 'openssl', 'go'], externalSigner),
  check('planted: what must not come in', ['openssl'], refused),
]

function takenOver(bench: Workbench, make: Maker): void {
  const { folders } = make(bench)
  const mesh = new LiveMesh(bench, 'cacerts')
  for (const cluster of CLUSTERS) mesh.run(['trust', 'import', cluster, '--from', folders[cluster]])
  mesh.generate()
  for (const cluster of CLUSTERS) {
    mesh.mounted(cluster)
    const bundle = mesh.opened(cluster)
    for (const item of ITEMS) {
      ok(bundle.get(item)?.equals(readFileSync(join(folders[cluster], item))), `${item} of ${cluster} is another one`)
    }
  }
  crossing(bench, mesh.mounted('east'), mesh.mounted('west'))
}

/** A leaf of the one is trusted by the other, and the other way round. */
function crossing(bench: Workbench, ...folders: readonly string[]): void {
  for (const home of folders) for (const other of folders) trusts(bench, other, home)
}

/** As a sidecar does it: the peer shows leaf and chain, the roots are one's own. */
function trusts(bench: Workbench, other: string, home: string): void {
  const leaf = makeLeaf(bench, { certificate: join(home, 'ca-cert.pem'), key: join(home, 'ca-key.pem') }, SPIFFE)
  const anchors = ['-CAfile', join(other, 'root-cert.pem'), '-untrusted', join(home, 'cert-chain.pem')]
  verifyChain(bench, ['-purpose', 'sslserver', ...anchors, leaf])
}

function secretOf({ certificate, key }: Authority): string {
  const data = Object.entries({ 'ca-cert.pem': certificate, 'ca-key.pem': key }).map(([item, file]) => {
    return [item, readFileSync(file).toString('base64')]
  })
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'istio.io/ca-root',
    data: Object.fromEntries(data) as unknown,
  }
  return JSON.stringify(secret)
}

async function ownCas(bench: Workbench): Promise<void> {
  const old = '{ id: east-ca, state: trusted }, { id: west-ca, state: trusted }'
  const mesh = new LiveMesh(bench, 'self-signed', `{ id: r1, state: active }, ${old}`)
  const passphrase = join(mesh.folder, '..', 'passphrase')
  writeFileSync(passphrase, 'only for this run\n', { mode: 0o600 })
  const key = join(mesh.folder, '..', 'r1.key.age')
  mesh.run(['trust', 'root', 'create', 'r1', '--passphrase-file', passphrase, '--key-out', key])
  const cas = { east: istiodsOwn(bench), west: istiodsOwn(bench) }
  for (const cluster of CLUSTERS) {
    const args = ['trust', 'import', cluster, '--self-signed', '--from', '-', '--as', `${cluster}-ca`]
    mesh.run(args, secretOf(cas[cluster]))
  }
  mesh.generate()
  const union = { east: mesh.mounted('east'), west: mesh.mounted('west') }
  for (const cluster of CLUSTERS) {
    for (const [item, file] of [
      ['ca-cert.pem', cas[cluster].certificate],
      ['ca-key.pem', cas[cluster].key],
    ] as const) {
      ok(readFileSync(join(union[cluster], item)).equals(readFileSync(file)), `${item} of ${cluster} is another one`)
    }
    // Who has not synced yet trusts itself alone; within the cluster both states trust each other.
    const alone = unpacked(bench, new Map([['root-cert.pem', readFileSync(cas[cluster].certificate)]]))
    trusts(bench, alone, union[cluster])
  }
  crossing(bench, union.east, union.west)
  const far = unpacked(bench, new Map([['root-cert.pem', readFileSync(cas.west.certificate)]]))
  await mustRefuse('a peer without the union', /verification failed|self-signed|unable to get/, () =>
    trusts(bench, far, union.east),
  )

  mesh.say('self-signed', `{ id: r1, state: active }, ${old}`, 2)
  mesh.generate('--root-key', key, '--passphrase-file', passphrase)
  const signed = { east: mesh.mounted('east'), west: mesh.mounted('west') }
  crossing(bench, union.east, union.west, signed.east, signed.west)

  mesh.say('self-signed', `{ id: r1, state: active }, ${old.replaceAll('trusted', 'retired')}`, 2)
  mesh.generate()
  crossing(bench, signed.east, signed.west, mesh.mounted('east'), mesh.mounted('west'))
}

/** What openssl makes of a request, with all that it asks for. */
function answer(bench: Workbench, request: string, issuer: Authority): string {
  const folder = bench.scratch('answer')
  const [csr, certificate] = [join(folder, 'request.pem'), join(folder, 'answer.pem')]
  writeFileSync(csr, request)
  const openssl = bench.tool('openssl')
  // What is said of the signature goes to the messages.
  ok(/verify OK/.test(bench.try(openssl, ['req', '-verify', '-noout', '-in', csr]).stderr), 'the request verifies')
  const signer = ['-CA', issuer.certificate, '-CAkey', issuer.key, '-CAcreateserial', '-copy_extensions', 'copyall']
  bench.run(openssl, ['x509', '-req', '-days', '300', '-sha256', '-in', csr, '-out', certificate, ...signer])
  return certificate
}

function signedByOpenssl(bench: Workbench): void {
  const { root, folders } = byOpenssl(bench)
  const mesh = new LiveMesh(bench, 'none')
  const chain = join(bench.scratch('chain'), 'chain.pem')
  const middle = readFileSync(join(folders.east, 'cert-chain.pem'), 'utf8').split(/(?<=END CERTIFICATE-----\n)/)[1]
  writeFileSync(chain, present(middle, 'intermediate') + readFileSync(root.certificate, 'utf8'))
  for (const cluster of CLUSTERS) {
    const request = mesh.run(['trust', 'csr', cluster]).stdout.toString('utf8')
    strictEqual(mesh.run(['trust', 'csr', cluster]).stdout.toString('utf8'), request, 'a request is made once')
    // The key of each cluster's CA in between is that of nobody: the root signs.
    const certificate = answer(bench, request, root)
    mesh.run(['trust', 'import', cluster, '--certificate', certificate, '--chain', chain])
  }
  mesh.generate()
  crossing(bench, mesh.mounted('east'), mesh.mounted('west'))
  for (const cluster of CLUSTERS) revocationList(bench, mesh, cluster)
}

/** The CRL that was signed before there was a certificate fits it. */
function revocationList(bench: Workbench, mesh: LiveMesh, cluster: ClusterName): void {
  const { certificate, crl } = mesh.locked(cluster)
  const folder = bench.scratch('crl')
  const [issuer, list] = [join(folder, 'issuer.pem'), join(folder, 'crl.pem')]
  writeFileSync(issuer, certificate)
  writeFileSync(list, present(crl, `CRL of ${cluster}`))
  const home = mesh.mounted(cluster)
  const leaf = makeLeaf(bench, { certificate: join(home, 'ca-cert.pem'), key: join(home, 'ca-key.pem') }, SPIFFE)
  // By name and by key identifier, as OpenSSL looks for it.
  verifyChain(bench, ['-partial_chain', '-crl_check', '-CRLfile', list, '-CAfile', issuer, leaf])
}

function signedByCfssl(bench: Workbench): void {
  const { root } = byCfssl(bench)
  const mesh = new LiveMesh(bench, 'none')
  const folder = bench.scratch('cfssl-sign')
  const usages = ['cert sign', 'crl sign']
  const profile = { usages, expiry: '4380h', ca_constraint: { is_ca: true, max_path_len: 0, max_path_len_zero: true } }
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ signing: { profiles: { intermediate: profile } } }))
  for (const cluster of CLUSTERS) {
    const csr = join(folder, `${cluster}.csr`)
    writeFileSync(csr, mesh.run(['trust', 'csr', cluster]).stdout)
    const signer = ['-ca', root.certificate, '-ca-key', root.key, '-config', join(folder, 'config.json')]
    const args = ['sign', '-loglevel=5', ...signer, '-profile', 'intermediate', csr]
    bench.run(bench.tool('cfssljson'), ['-bare', cluster], { input: bench.run(bench.tool('cfssl'), args), cwd: folder })
    const files = ['--certificate', join(folder, `${cluster}.pem`), '--chain', root.certificate]
    mesh.run(['trust', 'import', cluster, ...files])
  }
  mesh.generate()
  crossing(bench, mesh.mounted('east'), mesh.mounted('west'))
  for (const cluster of CLUSTERS) revocationList(bench, mesh, cluster)
}

async function externalSigner(bench: Workbench): Promise<void> {
  const { root, folders } = byCfssl(bench)
  const mesh = new LiveMesh(bench, 'cacerts')
  for (const cluster of CLUSTERS) mesh.run(['trust', 'import', cluster, '--from', folders[cluster]])
  const openssl = bench.tool('openssl')
  const stranger = istiodsOwn(bench)
  mesh.say('cacerts', '{ id: r1, state: active }', 2)
  await mustRefuse('another key', /is no signature of/, () =>
    mesh.run(['generate', '--signer', `${openssl} dgst -sha256 -sign ${stranger.key}`]),
  )
  mesh.generate('--signer', `${openssl} dgst -sha256 -sign '${root.key}'`)
  crossing(bench, mesh.mounted('east'), mesh.mounted('west'))
  mesh.say('cacerts', '{ id: r1, state: active }', 3)
  mesh.generate('--signer', `${openssl} pkeyutl -sign -rawin -digest sha256 -inkey ${root.key}`)
  crossing(bench, mesh.mounted('east'), mesh.mounted('west'))
}

async function refused(bench: Workbench): Promise<void> {
  const { root, folders } = byIstioTools(bench)
  const mesh = new LiveMesh(bench, 'cacerts')
  const file = (cluster: ClusterName, item: string): string => join(folders[cluster], item)
  await mustRefuse('the key of another cluster', /MESH-E435.*key/s, () =>
    mesh.run([
      ...['trust', 'import', 'east', '--ca-cert', file('east', 'ca-cert.pem'), '--ca-key', file('west', 'ca-key.pem')],
      ...['--cert-chain', file('east', 'cert-chain.pem'), '--root-cert', file('east', 'root-cert.pem')],
    ]),
  )
  await mustRefuse('a root of somebody else', /MESH-E435/, () =>
    mesh.run([
      ...['trust', 'import', 'east', '--ca-cert', file('east', 'ca-cert.pem'), '--ca-key', file('east', 'ca-key.pem')],
      ...['--cert-chain', file('east', 'cert-chain.pem'), '--root-cert', istiodsOwn(bench).certificate],
    ]),
  )
  const asking = new LiveMesh(bench, 'none')
  const [east, west] = CLUSTERS.map((cluster) => asking.run(['trust', 'csr', cluster]).stdout.toString('utf8'))
  await mustRefuse('the certificate of another request', /MESH-E436.*another key/s, () =>
    asking.run([
      'trust',
      'import',
      'east',
      '--certificate',
      answer(bench, west ?? '', root),
      '--chain',
      root.certificate,
    ]),
  )
  const folder = bench.scratch('leaf')
  writeFileSync(join(folder, 'csr'), east ?? '')
  const signer = ['-CA', root.certificate, '-CAkey', root.key, '-CAcreateserial', '-copy_extensions', 'none']
  const files = ['-in', join(folder, 'csr'), '-out', join(folder, 'leaf.pem')]
  bench.run(bench.tool('openssl'), ['x509', '-req', '-days', '30', ...files, ...signer])
  await mustRefuse('a certificate that is no CA', /MESH-E436.*not a CA/s, () =>
    asking.run(['trust', 'import', 'east', '--certificate', join(folder, 'leaf.pem'), '--chain', root.certificate]),
  )
}
