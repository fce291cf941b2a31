/** A key that is sealed before its certificate exists, and what a mesh is like meanwhile. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { helpOf } from '../../src/diagnostics/report.ts'
import { emptyLock, type Lock, type PendingCluster } from '../../src/lock/lock.ts'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { controllerSealingOf } from '../../src/plan/sealing.ts'
import { render } from '../../src/plan/render.ts'
import { complete, makeRequest } from '../../src/shell/csr.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather, type Gathered } from '../../src/shell/workspace.ts'
import { pendingOf } from '../../src/trust/pending.ts'
import { parsePem, pemText } from '../../src/trust/pem.ts'
import { children, readElement } from '../../src/trust/der-reader.ts'
import {
  certificationAuthority,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  sha1KeyIdentifier,
  signed,
  subjectKeyIdentifier,
  tbsCertificate,
} from '../../src/trust/x509.ts'
import { sha256 } from '../../src/trust/read.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, match, not, ok } from '../suite.ts'
import { controllerKey, later, newRoot, parsed, type Authority } from '../trust/authority.ts'
import { strangersCa } from '../trust/found-ca.ts'
import { openSealed } from '../trust/open-sealed.ts'
import { sealedItemsOf } from './sealed-items.ts'

const fixture = twoClusters()

async function gathered(lock: Lock | undefined, edit = (text: string): string => text): Promise<Gathered> {
  const files = new Map([...fixture].filter(([path]) => lock === undefined || !path.startsWith('mesh.lock/')))
  files.set('mesh.yaml', Buffer.from(edit(fixture.get('mesh.yaml')?.toString('utf8') ?? '')))
  for (const name of ['cluster-1', 'cluster-2']) {
    files.set(`sealing/${name}.pem`, Buffer.from(controllerKey().certificate))
  }
  for (const [path, content] of lockTree(lock ?? emptyLock, 'shop'))
    files.set(`mesh.lock/${path}`, Buffer.from(content))
  const { checked } = await gather(memorySources(files), 'mesh.yaml')
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics))
  return checked.value
}

async function asked({ mesh, lock, files }: Gathered, name: string, generation: number): Promise<Lock> {
  const cluster = mesh.clusters.find((c) => c.name === name)
  if (cluster === undefined) throw new Error(name)
  const sealing = controllerSealingOf(cluster, { mesh: mesh.name, files, now: NOW })
  if (!sealing.ok) throw new Error('the sealing certificate is good')
  const of = { mesh, cluster, generation, sealing: sealing.value }
  const pending = await makeRequest(of, { entropy: systemEntropy, now: NOW })
  return { ...lock, pending: new Map([...(lock.pending ?? []), [name, pending]]) }
}

interface Odd {
  readonly pathlen?: number
  readonly usage?: readonly number[]
  readonly id?: (spki: Uint8Array) => Uint8Array
  readonly spki?: Uint8Array
  readonly days?: number
}

/** What a CA makes of the request. */
function signedBy(issuer: Authority, { request }: PendingCluster, odd: Odd = {}): string {
  const [info] = children(readElement(parsePem(request)?.[0]?.der ?? Buffer.alloc(0)))
  const [, subject, key] = info === undefined ? [] : children(info)
  if (subject === undefined || key === undefined) throw new Error('no request')
  const { signer } = issuer.keyPair
  const spki = odd.spki ?? key.der
  const { usage = [keyUsageBit.keyCertSign, keyUsageBit.cRLSign], id = keyIdentifier, pathlen = 0 } = odd
  const tbs = tbsCertificate({
    serial: Uint8Array.of(7),
    algorithm: signer.algorithm,
    issuer: parsed(issuer.certificate).subjectDer,
    subject: subject.der,
    notBefore: later(-1),
    notAfter: later(odd.days ?? 700),
    spki,
    extensions: [certificationAuthority(pathlen), keyUsage(...usage), subjectKeyIdentifier(id(spki))],
  })
  return pemText('CERTIFICATE', signed(tbs, signer))
}

function completing(
  inputs: Gathered,
  name: string,
  files: { certificate: string; chain?: string },
  ...as: string[]
): ReturnType<typeof complete> {
  const { mesh, lock } = inputs
  const cluster = mesh.clusters.find((c) => c.name === name)
  const pending = cluster && pendingOf(lock, cluster)
  if (cluster === undefined || pending === undefined) throw new Error('nothing is pending')
  const sealing = controllerSealingOf(cluster, { mesh: mesh.name, files: inputs.files, now: NOW })
  if (!sealing.ok) throw new Error('the sealing certificate is good')
  return complete({ mesh, lock, cluster, pending, files, as, sealing: sealing.value, entropy: systemEntropy, now: NOW })
}

function completed(lock: Lock, result: ReturnType<typeof complete>): Lock {
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
  const { cluster, roots } = result.value
  return {
    ...lock,
    roots: new Map([...lock.roots, ...roots.map((root) => [root.id, root] as const)]),
    clusters: new Map([...lock.clusters, [cluster.name, cluster]]),
    pending: new Map([...(lock.pending ?? [])].filter(([name]) => name !== cluster.name)),
  }
}

const planned = ({ mesh, lock, files }: Gathered): Plan => plan({ mesh, lock, files, now: NOW })
const codes = ({ diagnostics }: Plan): string[] => diagnostics.map(({ code }) => code)
const pendingIn = (lock: Lock, name: string): PendingCluster => {
  const pending = lock.pending?.get(name)
  if (pending === undefined) throw new Error('nothing is pending')
  return pending
}

describe('a certificate that somebody else signs', (test) => {
  test('a new cluster is not there until it has its certificate', async () => {
    const root = strangersCa({ name: 'corporate', days: 3000 })
    const middle = strangersCa({ name: 'issuing', issuer: root })
    let lock = await asked(await gathered(emptyLock), 'cluster-1', 1)
    lock = await asked(await gathered(lock), 'cluster-2', 1)
    const pending = pendingIn(lock, 'cluster-1')
    const nobody = planned(await gathered(lock, (text) => text))
    equal(nobody.mesh.clusters, [])
    equal(codes(nobody).filter((code) => code === 'MESH-W440').length, 2)

    const files = { certificate: signedBy(middle, pending), chain: middle.certificate + root.certificate }
    const inputs = await gathered(lock)
    const first = completing(inputs, 'cluster-1', files)
    lock = completed(inputs.lock, first)
    equal(lock.roots.get('r1')?.certificate, root.certificate)
    const cluster = lock.clusters.get('cluster-1')
    is(cluster?.chain, middle.certificate)
    is(cluster?.crl, pending.crls[0])

    const half = planned(await gathered(lock))
    equal(
      half.tasks.filter(({ kind }) => kind === 'issue-intermediate'),
      [],
    )
    const tree = render(half, lock)
    ok([...tree.keys()].some((path) => path.startsWith('clusters/cluster-1/')))
    not.ok([...tree.keys()].some((path) => path.includes('cluster-2')))
    not.ok(tree.get('clusters/cluster-1/kustomization.yaml')?.includes('203.0.113.7'))
    not.ok(
      [...tree.values()].some((text) => text.includes('svc-2.bar.global')),
      'nobody calls what is not there',
    )
    equal(
      verifyOutput(tree, { now: NOW, lock }).diagnostics.map(({ code }) => code),
      [],
    )

    const rest = await gathered(lock)
    const second = signedBy(middle, pendingIn(lock, 'cluster-2'))
    lock = completed(rest.lock, completing(rest, 'cluster-2', { certificate: second + middle.certificate }))
    const whole = planned(await gathered(lock))
    equal(
      verifyOutput(render(whole, whole.lock), { now: NOW }).diagnostics.map(({ code }) => code),
      [],
    )
    const opened = openSealed(
      controllerKey().privateKey,
      sealedItemsOf(lock.clusters.get('cluster-2'))['ca-key.pem'].ciphertext,
      'istio-system/cacerts',
    )
    ok(createPublicKey(createPrivateKey(opened)).equals(parsed(second).publicKey))
    is(sha256(parsed(second).spki), pendingIn(inputs.lock, 'cluster-2').key)
  })

  test('a cluster that lives goes on until the next generation is complete', async () => {
    const before = await gathered(undefined)
    const lock = await asked(before, 'cluster-1', 2)
    const inputs = { ...before, lock }
    const meanwhile = planned(inputs)
    ok(codes(meanwhile).includes('MESH-W440'))
    equal(meanwhile.tasks, [])
    // Also where the intent asks for it already.
    const mesh = {
      ...before.mesh,
      clusters: before.mesh.clusters.map((c) =>
        c.name === 'cluster-1' ? { ...c, generation: { number: 2, origin: c.origin } } : c,
      ),
    }
    equal(planned({ ...inputs, mesh }).tasks, [])
    equal(render(meanwhile, meanwhile.lock), render(planned(before), before.lock))
  })

  test('the request asks for the names that the intent gives to intermediates', async () => {
    const inputs = await gathered(emptyLock, (text) =>
      text.replace('defaults:', 'trust: { intermediate: { san: istiod } }\ndefaults:'),
    )
    const { request } = pendingIn(await asked(inputs, 'cluster-1', 1), 'cluster-1')
    ok(parsePem(request)?.[0]?.der.includes('istiod.istio-system.svc'))
  })

  test('what is asked for while the live one is revoked can be given up, and is told how', async () => {
    const before = await gathered(undefined)
    const lock = await asked(before, 'cluster-1', 2)
    const told = planned({ ...before, lock }).diagnostics.find(({ code }) => code === 'MESH-W440')
    match((told && helpOf(told)) ?? '', /remove mesh\.lock\/pending\/cluster-1\.yaml/)
  })

  test('a request for a generation that does not come next is told, and holds nothing up', async () => {
    const before = await gathered(undefined)
    for (const generation of [1, 3]) {
      const stale = planned({ ...before, lock: await asked(before, 'cluster-1', generation) })
      ok(codes(stale).includes('MESH-W445'))
      not.ok(codes(stale).includes('MESH-W440'))
    }
    not.ok(codes(planned({ ...before, lock: await asked(before, 'cluster-1', 2) })).includes('MESH-W445'))
  })

  test('one that comes back remembers what it signed with', async () => {
    const { lock } = await gathered(undefined)
    const { mesh, files } = await gathered(emptyLock)
    const before = lock.clusters.get('cluster-1')
    if (before === undefined) throw new Error('there is one')
    const root = newRoot()
    const roots = new Map([['r1', { id: 'r1', state: 'active' as const, certificate: root.certificate }]])
    const left = { ...lock, roots, clusters: new Map([['cluster-1', { ...before, removed: true }]]) }
    const waiting = await asked({ mesh, lock: left, files }, 'cluster-1', 2)
    const certificate = signedBy(root, pendingIn(waiting, 'cluster-1'))
    const back = completing({ mesh, lock: waiting, files }, 'cluster-1', { certificate })
    equal(back.ok && back.value.cluster.former?.map((one) => one.certificate), [before.certificate])
  })

  test('with CRLs, an answer that has none or comes from below another CA is refused', async () => {
    const root = newRoot()
    const roots = new Map([['r1', { id: 'r1', state: 'active' as const, certificate: root.certificate }]])
    const { mesh, files } = await gathered(emptyLock)
    const lock = { ...(await asked(await gathered(emptyLock), 'cluster-1', 1)), roots }
    const inputs = {
      files,
      lock,
      mesh: { ...mesh, trust: { ...mesh.trust, crl: { ...mesh.trust.crl, enabled: true } } },
    }
    const pending = pendingIn(lock, 'cluster-1')
    const judged = (certificate: string, chain?: string): string[] =>
      completing(inputs, 'cluster-1', { certificate, ...(chain !== undefined && { chain }) }).diagnostics.map(
        ({ code }) => code,
      )
    equal(judged(signedBy(root, pending)), [])
    equal(judged(signedBy(root, pending, { usage: [keyUsageBit.keyCertSign] })), ['MESH-E436'])
    const middle = strangersCa({ name: 'middle', issuer: root })
    equal(judged(signedBy(middle, pending), middle.certificate), ['MESH-E436'])
  })

  test('with CRLs, a new generation tells in which order to sync', async () => {
    const { mesh, lock } = await gathered(undefined)
    const { files } = await gathered(emptyLock)
    const root = newRoot()
    const roots = new Map([['r1', { id: 'r1', state: 'active' as const, certificate: root.certificate }]])
    const enabled = { ...mesh, trust: { ...mesh.trust, crl: { ...mesh.trust.crl, enabled: true } } }
    const waiting = await asked({ mesh: enabled, lock: { ...lock, roots }, files }, 'cluster-1', 2)
    const certificate = signedBy(root, pendingIn(waiting, 'cluster-1'))
    const { diagnostics } = completing({ mesh: enabled, lock: waiting, files }, 'cluster-1', { certificate })
    equal(
      diagnostics.map(({ code }) => code),
      ['MESH-W859'],
    )
  })

  test('the lock keeps what is pending', async () => {
    const lock = await asked(await gathered(emptyLock), 'cluster-1', 1)
    const tree = lockTree(lock, 'shop')
    const again = readLock(tree, 'shop')
    equal(again.ok && again.value.pending, lock.pending)
    not.ok([...tree.values()].some((text) => text.includes('PRIVATE KEY')))
    // Of a cluster that leaves, nothing is awaited.
    const gone = plan({
      ...(await gathered(emptyLock)),
      lock: { ...lock, pending: new Map([['x', pendingIn(lock, 'cluster-1')]]) },
      now: NOW,
    })
    is(gone.lock.pending, undefined)
  })

  test('what came back is judged', async () => {
    const root = newRoot()
    const lock = { ...(await asked(await gathered(emptyLock), 'cluster-1', 1)) }
    const known = {
      ...lock,
      roots: new Map([['r1', { id: 'r1', state: 'active' as const, certificate: root.certificate }]]),
    }
    const inputs = await gathered(known)
    const pending = pendingIn(known, 'cluster-1')
    const judged = (certificate: string, chain?: string): string[] => {
      const { diagnostics } = completing(inputs, 'cluster-1', { certificate, ...(chain !== undefined && { chain }) })
      return [...new Set(diagnostics.map(({ code }) => code))]
    }
    equal(judged(signedBy(root, pending)), [])
    equal(judged(signedBy(root, pending, { spki: newRoot().keyPair.spki })), ['MESH-E436'])
    equal(judged(root.certificate, signedBy(root, pending)), ['MESH-E436'])
    equal(judged(signedBy(root, pending, { usage: [keyUsageBit.cRLSign] })), ['MESH-E436'])
    equal(judged(signedBy(root, pending, { days: -0.5 })), ['MESH-E436'])
    equal(judged('nothing'), ['MESH-E436'])
    equal(judged(signedBy(strangersCa({ name: 'x' }), pending)), ['MESH-E436'])
    const stranger = strangersCa({ name: 'x', days: 3000 })
    equal(judged(signedBy(stranger, pending), stranger.certificate), ['MESH-E437'])
    const tight = strangersCa({ name: 'tight', issuer: root, pathlen: 0 })
    equal(judged(signedBy(tight, pending), tight.certificate), ['MESH-E436'])
    equal(judged(signedBy(root, pending, { pathlen: 1 })), ['MESH-W442'])
    equal(judged(signedBy(root, pending, { usage: [keyUsageBit.keyCertSign] })), ['MESH-W441'])
    equal(judged(signedBy(root, pending, { id: () => Buffer.from('01', 'hex') })), ['MESH-W441'])
    const other = completing(inputs, 'cluster-1', { certificate: signedBy(root, pending, { id: sha1KeyIdentifier }) })
    is(other.ok && other.value.cluster.crl, pending.crls[1])
  })

  test('a key is asked for where the sealed-secrets controller brings it, and nowhere else', async () => {
    const { mesh, files } = await gathered(undefined)
    const [cluster] = mesh.clusters
    if (cluster === undefined) throw new Error('there is a cluster')
    const { origin } = cluster.sealing
    const elsewhere = {
      ...cluster,
      sealing: { backend: 'sops', recipients: [], identitySecret: 'age', origin } as const,
    }
    const { ok: sealable, diagnostics } = controllerSealingOf(elsewhere, { mesh: mesh.name, files, now: NOW })
    is(sealable, false)
    equal(
      diagnostics.map(({ code }) => code),
      ['MESH-E439'],
    )
  })
})
