/** The CRLs that are shipped let in whom they should, and nobody else: openssl as Envoy asks, Go as istiod asks, linters. */
import { ok, strictEqual } from 'node:assert/strict'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CRL_ITEM } from '../../../src/lock/lock.ts'
import { verifyLikeIstiod } from '../cacerts.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { makeLeaf, verifyChain } from '../openssl.ts'
import { meshwright, type Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { ISTIO_MODULES, takenByIstio } from './istio-ca.ts'
import { PKILINT, pkilint, zlint } from './linters.ts'
import { rootOf, signedBy } from './profiles.ts'

/** Opens the `cacerts` of a cluster into a new folder. */
type Open = (bench: Workbench, subject: Subject, cluster: string) => string

/** A mesh before and after one of its clusters was compromised; folders of `cacerts` by cluster. */
interface Story {
  readonly mesh: string
  readonly lost: string
  readonly before: ReadonlyMap<string, string>
  readonly after: ReadonlyMap<string, string>
}

export function revocationChecks(open: Open): readonly Check[] {
  let story: Promise<Story> | undefined
  const told = (bench: Workbench): Promise<Story> => (story ??= tell(bench, open))
  const withStory = (name: string, needs: Check['needs'], run: (bench: Workbench, story: Story) => unknown): Check =>
    check(name, [...new Set([...needs, 'kubeseal' as const])], async (bench) => {
      await run(bench, await told(bench))
    })
  return [
    withStory('every cluster gets the same CRLs, as they are shown', [], sameEverywhere),
    withStory('leaves of each cluster pass the CRLs of every other, before and after a revocation', ['openssl'], pass),
    withStory('a leaf below the revoked intermediate is refused in every cluster', ['openssl'], refused),
    withStory('istiod takes the CRLs (its own code, and x509.RevocationList)', ISTIO_MODULES, istiodTakes),
    withStory('zlint and pkilint find nothing in a CRL that revokes', ['zlint', 'openssl', ...PKILINT], linters),
    withStory('planted: a CRL that is missing, of another, or has ended', ['openssl', ...ISTIO_MODULES], planted),
  ]
}

async function tell(bench: Workbench, open: Open): Promise<Story> {
  const subject = await bench.subject('fresh')
  const keys = join(subject.mesh, '..', 'keys')
  const key = ['--root-key', join(keys, 'r1.key.age'), '--passphrase-file', join(keys, 'passphrase')]
  const mesh = join(bench.scratch('revocation'), 'mesh')
  cpSync(subject.mesh, mesh, { recursive: true })
  const file = join(mesh, 'mesh.yaml')
  const lost = present(subject.clusters[0], 'cluster')
  const own: Subject = { ...subject, mesh, output: join(mesh, 'output') }
  const folders = (): Map<string, string> => new Map(own.clusters.map((c) => [c, open(bench, own, c)]))

  writeFileSync(file, `${readFileSync(file, 'utf8')}trust: { crl: { enabled: true } }\n`)
  meshwright(bench, mesh, ['generate'])
  const before = folders()
  meshwright(bench, mesh, ['trust', 'crl', 'revoke', lost, ...key])
  const text = readFileSync(file, 'utf8')
  const renewed = text.replace(new RegExp(`( +)- name: "?${lost}"?.*\n`), '$&$1  trust: { generation: 2 }\n')
  ok(renewed !== text, 'the generation was not raised')
  writeFileSync(file, renewed)
  meshwright(bench, mesh, ['generate', ...key])
  meshwright(bench, mesh, ['verify'])
  return { mesh, lost, before, after: folders() }
}

function sameEverywhere(_bench: Workbench, { mesh, before, after }: Story): void {
  for (const folders of [before, after]) {
    const texts = [...folders.values()].map((folder) => readFileSync(join(folder, CRL_ITEM), 'utf8'))
    strictEqual(new Set(texts).size, 1)
  }
  for (const [cluster, folder] of after) {
    const shown = readFileSync(join(mesh, 'output', 'clusters', cluster, 'trust', CRL_ITEM), 'utf8')
    strictEqual(shown.replace(/^# .*\n/, ''), readFileSync(join(folder, CRL_ITEM), 'utf8'))
  }
}

function leafOf(bench: Workbench, home: string): string {
  const authority = { certificate: join(home, 'ca-cert.pem'), key: join(home, 'ca-key.pem') }
  return makeLeaf(bench, authority, 'spiffe://cluster.local/ns/foo/sa/svc-1')
}

/** As Envoy does it: a CRL of every CA of the chain that the peer shows. */
function judge(bench: Workbench, leaf: string, home: string, other: string, more: readonly string[] = []): void {
  const anchors = ['-CAfile', join(other, 'root-cert.pem'), '-untrusted', join(home, 'cert-chain.pem')]
  const crls = ['-crl_check_all', '-CRLfile', join(other, CRL_ITEM)]
  verifyChain(bench, ['-x509_strict', ...more, ...crls, ...anchors, leaf])
}

function pass(bench: Workbench, { lost, before, after }: Story): void {
  for (const [cluster, home] of before) {
    const leaf = leafOf(bench, home)
    for (const other of before.values()) judge(bench, leaf, home, other)
    // A cluster that has not synced yet goes on to be heard by those that have.
    if (cluster !== lost) for (const other of after.values()) judge(bench, leaf, home, other)
  }
  for (const home of after.values()) {
    const leaf = leafOf(bench, home)
    for (const other of after.values()) judge(bench, leaf, home, other)
  }
}

async function refused(bench: Workbench, { lost, before, after }: Story): Promise<void> {
  const home = present(before.get(lost), 'cluster')
  const leaf = leafOf(bench, home)
  for (const other of after.values()) {
    await mustRefuse('it', /certificate revoked/, () => judge(bench, leaf, home, other))
  }
}

function istiodTakes(bench: Workbench, { before, after }: Story): void {
  for (const folder of [...before.values(), ...after.values()]) {
    ok(existsSync(join(folder, CRL_ITEM)))
    verifyLikeIstiod(bench, folder, new Date())
    takenByIstio(bench, folder)
  }
}

function linters(bench: Workbench, { mesh }: Story): void {
  const { crl } = rootOf(signedBy(bench, mesh))
  zlint(bench, crl)
  pkilint(bench, 'lint_crl', '--type', 'ARL', '--profile', 'PKIX', crl)
  const text = bench.run(bench.tool('openssl'), ['crl', '-in', crl, '-noout', '-text']).toString('utf8')
  ok(/X509v3 CRL Reason Code: ?\n\s+Key Compromise/.test(text) && /X509v3 CRL Number: ?\n\s+2\n/.test(text), text)
}

async function planted(bench: Workbench, { lost, before, after }: Story): Promise<void> {
  const [home, other] = [present(after.get(lost), 'cluster'), present([...after.values()].at(-1), 'cluster')]
  const leaf = leafOf(bench, home)
  const crls = readFileSync(join(home, CRL_ITEM), 'utf8').split(/(?<=-----END X509 CRL-----\n)/)
  const own = crls.findIndex((crl) => isBy(bench, crl, join(home, 'ca-cert.pem')))
  const planted = (text: string): string => {
    const folder = bench.scratch('planted')
    cpSync(home, folder, { recursive: true })
    writeFileSync(join(folder, CRL_ITEM), text)
    return folder
  }
  const missing = planted(crls.filter((_, i) => i !== own).join(''))
  await mustRefuse('it, by openssl,', /unable to get certificate CRL/, () => judge(bench, leaf, home, missing))
  await mustRefuse('it, by istiod,', /missing CRL signed by/, () => verifyLikeIstiod(bench, missing, new Date()))
  await mustRefuse('it, by Istio,', /missing CRL signed by/, () => takenByIstio(bench, missing))
  // The CRL of the root alone is what brings key updates to a halt (istio#61075).
  const rootAlone = planted(crls[0] ?? '')
  await mustRefuse('the one of the root alone', /missing CRL/, () => verifyLikeIstiod(bench, rootAlone, new Date()))
  const old = planted(readFileSync(join(present(before.get(lost), 'cluster'), CRL_ITEM), 'utf8'))
  await mustRefuse('those of before', /unable to get certificate CRL/, () => judge(bench, leaf, home, old))
  const late = ['-attime', String(Math.floor(Date.now() / 1000) + 731 * 86_400)]
  await mustRefuse('one that has ended', /CRL has expired/, () => judge(bench, leaf, home, other, late))
}

function isBy(bench: Workbench, crl: string, issuer: string): boolean {
  const args = ['crl', '-noout', '-CAfile', issuer]
  return /verify OK/.test(bench.try(bench.tool('openssl'), args, { input: crl }).stderr)
}
