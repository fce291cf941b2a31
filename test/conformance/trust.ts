/** What is sealed opens, with the tools that clusters and people use, to a CA that istiod takes and others trust. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readTree } from '../fixture.ts'
import {
  ITEMS,
  keyOf,
  LABEL,
  openWithGo,
  openWithKubeseal,
  openWithOpenssl,
  sealedFile,
  unpacked,
  verifyLikeIstiod,
  type Bundle,
} from './cacerts.ts'
import { check, checkEach, mustRefuse, present, type Layer } from './check.ts'
import { makeAuthority, makeLeaf, publicKeyOf, verifyChain, type Authority } from './openssl.ts'
import type { Subject } from './subjects.ts'
import { foreignRootChecks } from './trust/foreign-roots.ts'
import { adoptionChecks } from './trust/adoption.ts'
import { gnutlsChecks } from './trust/gnutls.ts'
import { keyTypeChecks } from './trust/key-types.ts'
import { linterChecks } from './trust/linters.ts'
import { revocationChecks } from './trust/revocation.ts'
import { rotationChecks } from './trust/rotation.ts'
import { sealingChecks } from './trust/sealing.ts'
import type { Workbench } from './workbench.ts'

export const trust: Layer = {
  name: 'trust',
  checks: [
    ...checkEach('kubeseal, openssl and Go open the same four items', ['kubeseal', 'openssl', 'go'], threeWays),
    ...checkEach('the chain verifies as the article does it, and strictly', ['kubeseal', 'openssl'], articleChecks),
    ...checkEach('the key belongs to the certificate', ['kubeseal', 'openssl'], keyBelongs),
    ...checkEach('every cluster has the same root, and the chain that is shown', ['kubeseal'], sameRoot),
    ...checkEach('istiod would take the bundle (x509.Verify)', ['kubeseal', 'go'], istiodTakes),
    ...checkEach('the CRLs are signed by whom they are for', ['openssl'], crlsVerify),
    ...checkEach('a leaf of each cluster is trusted in every other', ['kubeseal', 'openssl'], leavesCross),
    check('age opens the root key, which is that of the root certificate', ['age', 'openssl'], ageOpens),
    check('planted: another namespace or name on the SealedSecret', ['kubeseal', 'go'], otherPlace),
    check('planted: the key of the controller of another cluster', ['kubeseal', 'go'], otherController),
    check('planted: one bit of a ciphertext', ['kubeseal', 'go'], oneBit),
    check('planted: bundles that istiod refuses', ['kubeseal', 'go', 'openssl'], refusedBundles),
    check('planted: a leaf of a stranger, and one below a CA of a cluster', ['kubeseal', 'openssl'], refusedLeaves),
    check('planted: a CRL of another root', ['openssl'], refusedCrl),
    check('planted: another age identity', ['age'], otherIdentity),
    ...gnutlsChecks((bench, subject, cluster) => unpacked(bench, opened(bench, subject, cluster))),
    ...linterChecks,
    ...rotationChecks,
    ...keyTypeChecks,
    ...foreignRootChecks,
    ...sealingChecks,
    ...revocationChecks((bench, subject, cluster) => unpacked(bench, opened(bench, subject, cluster))),
    ...adoptionChecks,
  ],
}

function sealed(subject: Subject, cluster: string): string {
  return readFileSync(sealedFile(subject, cluster), 'utf8')
}

function opened(bench: Workbench, subject: Subject, cluster: string): Bundle {
  return openWithKubeseal(bench, sealed(subject, cluster), keyOf(subject, cluster))
}

function item(bundle: Bundle, name: (typeof ITEMS)[number]): Buffer {
  return present(bundle.get(name), name)
}

function threeWays(bench: Workbench, subject: Subject): void {
  for (const cluster of subject.clusters) {
    const [text, key] = [sealed(subject, cluster), keyOf(subject, cluster)]
    const first = openWithKubeseal(bench, text, key)
    deepStrictEqual([...first.keys()].sort(), [...ITEMS])
    for (const open of [openWithOpenssl, openWithGo]) {
      const other = open(bench, text, key)
      for (const name of ITEMS) ok(item(first, name).equals(item(other, name)), `${name} of ${cluster}: ${open.name}`)
    }
  }
}

function articleChecks(bench: Workbench, subject: Subject): void {
  for (const cluster of subject.clusters) {
    const folder = unpacked(bench, opened(bench, subject, cluster))
    for (const strict of [[], ['-x509_strict']]) {
      for (const anchors of ['cert-chain.pem', 'root-cert.pem']) {
        const options = [...strict, '-attime', String(Math.floor(subject.at.getTime() / 1000))]
        verifyChain(bench, [...options, '-CAfile', join(folder, anchors), join(folder, 'ca-cert.pem')])
      }
    }
  }
}

function keyBelongs(bench: Workbench, subject: Subject): void {
  for (const cluster of subject.clusters) {
    const folder = unpacked(bench, opened(bench, subject, cluster))
    const [key, certificate] = [join(folder, 'ca-key.pem'), join(folder, 'ca-cert.pem')]
    strictEqual(publicKeyOf(bench, 'key', key), publicKeyOf(bench, 'certificate', certificate))
  }
}

function sameRoot(bench: Workbench, subject: Subject): void {
  const bundles = subject.clusters.map((cluster) => opened(bench, subject, cluster))
  const root = item(present(bundles[0], 'cluster'), 'root-cert.pem')
  strictEqual(root.toString('utf8'), lockedRoot(subject).certificate, 'the root is not that of the lock')
  const keys = new Set<string>()
  for (const [i, bundle] of bundles.entries()) {
    const cluster = subject.clusters[i] ?? ''
    ok(item(bundle, 'root-cert.pem').equals(root), `${cluster} has another root`)
    const chain = item(bundle, 'cert-chain.pem')
    const both = Buffer.concat([item(bundle, 'ca-cert.pem'), root])
    ok(chain.equals(both), `${cluster}: the chain is not the intermediate and the root`)
    const shown = readFileSync(join(subject.output, 'clusters', cluster, 'trust', 'chain.pem'), 'utf8')
    strictEqual(shown.replace(/^# .*\n/, ''), chain.toString('utf8'), `${cluster} shows another chain`)
    keys.add(item(bundle, 'ca-key.pem').toString('latin1'))
  }
  strictEqual(keys.size, bundles.length, 'two clusters have one key')
}

function lockedRoot({ mesh }: Subject): { readonly certificate: string; readonly crl: string } {
  return parse(readFileSync(join(mesh, 'mesh.lock', 'roots', 'r1.yaml'), 'utf8')) as {
    certificate: string
    crl: string
  }
}

function istiodTakes(bench: Workbench, subject: Subject): void {
  for (const cluster of subject.clusters) {
    verifyLikeIstiod(bench, unpacked(bench, opened(bench, subject, cluster)), subject.at)
  }
}

function crlsVerify(bench: Workbench, subject: Subject): void {
  for (const [path, bytes] of readTree(join(subject.mesh, 'mesh.lock'))) {
    if (!/^(roots|clusters)\//.test(path)) continue
    const { crl, certificate } = parse(bytes.toString('utf8')) as { crl: string; certificate: string }
    verifyCrl(bench, crl, certificate)
  }
}

function verifyCrl(bench: Workbench, crl: string, issuer: string): void {
  const file = join(bench.scratch('crl'), 'issuer.pem')
  writeFileSync(file, issuer)
  const { status, stderr } = bench.try(bench.tool('openssl'), ['crl', '-noout', '-CAfile', file], { input: crl })
  // A signature that is wrong is told, and the exit code is 0 all the same.
  ok(status === 0 && /verify OK/.test(stderr), `openssl crl: ${stderr.trim()}`)
}

function leavesCross(bench: Workbench, subject: Subject): void {
  const folders = subject.clusters.map((cluster) => unpacked(bench, opened(bench, subject, cluster)))
  for (const home of folders) {
    const leaf = makeLeaf(bench, authority(home), 'spiffe://cluster.local/ns/foo/sa/svc-1')
    for (const other of folders) verifyLeaf(bench, leaf, home, other)
  }
}

function authority(folder: string): Authority {
  return { certificate: join(folder, 'ca-cert.pem'), key: join(folder, 'ca-key.pem') }
}

/** As a sidecar does it: the peer shows leaf and chain, the root is one's own. */
function verifyLeaf(bench: Workbench, leaf: string, home: string, other: string): void {
  for (const purpose of ['sslserver', 'sslclient']) {
    const anchors = ['-CAfile', join(other, 'root-cert.pem'), '-untrusted', join(home, 'cert-chain.pem')]
    verifyChain(bench, ['-x509_strict', '-no_check_time', '-purpose', purpose, ...anchors, leaf])
  }
}

async function ageOpens(bench: Workbench): Promise<void> {
  const subject = await bench.subject('hostile')
  const { file, identity } = present(subject.rootKey, 'root key')
  const folder = bench.scratch('root')
  writeFileSync(join(folder, 'key'), bench.run(bench.tool('age'), ['-d', '-i', identity, file]), { mode: 0o600 })
  writeFileSync(join(folder, 'certificate'), lockedRoot(subject).certificate)
  ok(readFileSync(join(folder, 'key'), 'utf8').startsWith('-----BEGIN PRIVATE KEY-----\n'), 'it is no PKCS#8')
  const certificate = publicKeyOf(bench, 'certificate', join(folder, 'certificate'))
  strictEqual(publicKeyOf(bench, 'key', join(folder, 'key')), certificate)
}

async function otherPlace(bench: Workbench): Promise<void> {
  const { subject, cluster, text, key } = await sample(bench)
  const places: readonly (readonly [string, string])[] = [
    ['namespace: istio-system', 'namespace: istio-other'],
    ['name: cacerts', 'name: cacerts-2'],
  ]
  for (const [from, to] of places) {
    ok(text.includes(`  ${from}\n`), `no ${from} in ${sealedFile(subject, cluster)}`)
    await mustRefuse(to, /no key could decrypt|decrypt/, () =>
      openWithKubeseal(bench, text.replaceAll(`  ${from}\n`, `  ${to}\n`), key),
    )
  }
  await mustRefuse('another label', /decryption error/, () => openWithGo(bench, text, key, `${LABEL}-2`))
}

async function otherController(bench: Workbench): Promise<void> {
  const { subject, text } = await sample(bench)
  const other = keyOf(subject, present(subject.clusters[1], 'second cluster'))
  await mustRefuse('it', /no key could decrypt|decrypt/, () => openWithKubeseal(bench, text, other))
  await mustRefuse('it', /decryption error/, () => openWithGo(bench, text, other))
}

async function oneBit(bench: Workbench): Promise<void> {
  const { text, key } = await sample(bench)
  // The fourth character from the end is never padding, and belongs to the tag.
  const bent = text.replace(/(ca-key\.pem: \S+)(\S)(\S{3})$/m, (_, head, char, end) => {
    return `${String(head)}${char === 'A' ? 'B' : 'A'}${String(end)}`
  })
  ok(bent !== text, 'nothing was changed')
  await mustRefuse('it', /decrypt|message authentication failed/, () => openWithKubeseal(bench, bent, key))
  await mustRefuse('it', /message authentication failed/, () => openWithGo(bench, bent, key))
}

async function refusedBundles(bench: Workbench): Promise<void> {
  // Made just now, as the leaf below is: certificates of fixtures have ended one day.
  const subject = await bench.subject('fresh')
  const [one, two] = subject.clusters.map((cluster) => opened(bench, subject, cluster))
  const own = present(one, 'first cluster')
  const foreign = makeAuthority(bench, { subject: '/O=fresh/CN=fresh root r1' })
  const leaf = makeLeaf(bench, authority(unpacked(bench, own)), 'spiffe://cluster.local/ns/foo/sa/svc-1')
  const judge = (changed: Record<string, Buffer>, when = subject.at): void =>
    verifyLikeIstiod(bench, unpacked(bench, new Map([...own, ...Object.entries(changed)])), when)
  const key = item(present(two, 'second cluster'), 'ca-key.pem')
  await mustRefuse('the key of another cluster', /key does not belong/, () => judge({ 'ca-key.pem': key }))
  await mustRefuse('a foreign root of the same name', /chain does not verify/, () =>
    judge({ 'root-cert.pem': readFileSync(foreign.certificate) }),
  )
  await mustRefuse('an empty root', /no certificate/, () => judge({ 'root-cert.pem': Buffer.alloc(0) }))
  const late = new Date(subject.at.getTime() + 20 * 365 * 86_400_000)
  await mustRefuse('it after its last day', /expired/, () => judge({}, late))
  const leafKey = readFileSync(leaf.replace(/\.pem$/, '.key'))
  await mustRefuse('a leaf for an intermediate', /no CA/, () =>
    judge({ 'ca-cert.pem': readFileSync(leaf), 'ca-key.pem': leafKey }, new Date()),
  )
}

async function refusedLeaves(bench: Workbench): Promise<void> {
  const subject = await bench.subject('output')
  const [home, other] = subject.clusters.map((cluster) => unpacked(bench, opened(bench, subject, cluster)))
  const [own, far] = [present(home, 'first cluster'), present(other, 'second cluster')]
  const spiffe = 'spiffe://cluster.local/ns/foo/sa/svc-1'
  const stranger = makeLeaf(bench, makeAuthority(bench, { subject: '/O=shop/CN=shop root r1' }), spiffe)
  await mustRefuse('the leaf of a stranger', /verification failed|unable to get/, () =>
    verifyLeaf(bench, stranger, own, far),
  )
  const below = makeAuthority(bench, { subject: '/O=shop/CN=below', parent: authority(own) })
  const deep = makeLeaf(bench, below, spiffe)
  const chain = join(bench.scratch('deep'), 'cert-chain.pem')
  writeFileSync(chain, readFileSync(below.certificate, 'utf8') + readFileSync(join(own, 'cert-chain.pem'), 'utf8'))
  await mustRefuse('a leaf below a CA of a cluster', /path length constraint exceeded/, () =>
    verifyLeaf(bench, deep, join(chain, '..'), far),
  )
}

async function refusedCrl(bench: Workbench): Promise<void> {
  const { crl } = lockedRoot(await bench.subject('output'))
  const foreign = makeAuthority(bench, { subject: '/O=shop/CN=shop root r1' })
  await mustRefuse('it', /verify failure/, () => verifyCrl(bench, crl, readFileSync(foreign.certificate, 'utf8')))
}

async function otherIdentity(bench: Workbench): Promise<void> {
  const { rootKey } = await bench.subject('hostile')
  const { generateX25519Identity } = await import('age-encryption')
  const identity = join(bench.scratch('identity'), 'other')
  writeFileSync(identity, `${await generateX25519Identity()}\n`, { mode: 0o600 })
  const { file } = present(rootKey, 'root key')
  await mustRefuse('it', /no identity matched/, () => bench.run(bench.tool('age'), ['-d', '-i', identity, file]))
}

async function sample(
  bench: Workbench,
): Promise<{ readonly subject: Subject; readonly cluster: string; readonly text: string; readonly key: string }> {
  const subject = await bench.subject('output')
  const cluster = present(subject.clusters[0], 'cluster')
  return { subject, cluster, text: sealed(subject, cluster), key: keyOf(subject, cluster) }
}
