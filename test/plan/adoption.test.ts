/** Clusters that sign already come under one root without being cut off; each step is planned, sealed, rendered and read back. */
import { judgePublished } from '../../src/commands/publish-stage.ts'
import { Failure } from '../../src/diagnostics/failure.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { Invocation } from '../../src/invocation.ts'
import { CACERTS_ITEMS, emptyLock, type Lock } from '../../src/lock/lock.ts'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { controllerSealingOf } from '../../src/plan/sealing.ts'
import { render } from '../../src/plan/render.ts'
import { adopt, type AdoptRequest } from '../../src/shell/adopt.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, makeRoot, sealBundle } from '../../src/shell/fulfil-trust.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather, type Gathered } from '../../src/shell/workspace.ts'
import type { Cacerts } from '../../src/trust/bundle.ts'
import { issuersOf } from '../../src/trust/crl-file.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { judgeStage, publishedState, trustState } from '../../src/trust/stages.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { controllerKey, newIntermediate, newRoot, type Authority } from '../trust/authority.ts'
import { foundCacerts, istiodCa, strangersCa } from '../trust/found-ca.ts'
import { openSealed } from '../trust/open-sealed.ts'
import { sealedItemsOf } from './sealed-items.ts'

interface Said {
  readonly current: 'cacerts' | 'self-signed'
  readonly roots: string
  readonly generation?: number
}

const fixture = twoClusters()

async function gathered({ current, roots, generation }: Said, lock: Lock): Promise<Gathered> {
  const wanted = generation === undefined ? '' : `, generation: ${generation}`
  const text = (fixture.get('mesh.yaml')?.toString('utf8') ?? '')
    .replace('defaults:', `trust: { roots: [${roots}] }\ndefaults:`)
    .replace('current: none', `current: ${current}${wanted}`)
  const files = new Map([...fixture].filter(([path]) => !path.startsWith('mesh.lock/')))
  files.set('mesh.yaml', Buffer.from(text))
  for (const name of ['cluster-1', 'cluster-2']) {
    files.set(`sealing/${name}.pem`, Buffer.from(controllerKey().certificate))
  }
  for (const [path, content] of lockTree(lock, 'shop')) files.set(`mesh.lock/${path}`, Buffer.from(content))
  const { checked } = await gather(memorySources(files), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => JSON.stringify(d.args)).join())
  // A lock that is read is the lock that was written.
  equal(checked.value.lock.clusters, lock.clusters)
  return checked.value
}

function request(
  { mesh, lock, files }: Gathered,
  name: string,
  items: Cacerts,
  more: Partial<AdoptRequest> = {},
): AdoptRequest {
  const cluster = mesh.clusters.find((c) => c.name === name)
  if (cluster === undefined) throw new Error(name)
  const sealing = controllerSealingOf(cluster, { mesh: mesh.name, files, now: NOW })
  if (!sealing.ok) throw new Error('the sealing certificate is good')
  const as: readonly string[] = []
  const from = cluster.currentTrust.state === 'cacerts' ? 'cacerts' : 'self-signed'
  return { mesh, lock, cluster, items, from, as, sealing: sealing.value, entropy: systemEntropy, now: NOW, ...more }
}

function refusal(of: AdoptRequest): string[] {
  const { ok: good, diagnostics } = adopt(of)
  is(good, false)
  return diagnostics.map(({ code }) => code)
}

/** Of a bundle that is taken over, every item opens to the bytes that were found. */
async function taken(said: Said, lock: Lock, name: string, items: Cacerts, ...as: string[]): Promise<Lock> {
  const adoption = adopt(request(await gathered(said, lock), name, items, { as }))
  if (!adoption.ok) throw new Error(JSON.stringify(adoption.diagnostics))
  const { cluster, roots } = adoption.value
  for (const item of CACERTS_ITEMS) {
    const opened = openSealed(
      controllerKey().privateKey,
      sealedItemsOf(cluster)[item].ciphertext,
      'istio-system/cacerts',
    )
    ok(opened.equals(items[item]), item)
  }
  return {
    ...lock,
    roots: new Map([...lock.roots, ...roots.map((root) => [root.id, root] as const)]),
    clusters: new Map([...lock.clusters, [name, cluster]]),
  }
}

async function planned(said: Said, lock: Lock): Promise<Plan> {
  const inputs = await gathered(said, lock)
  return plan({ ...inputs, now: NOW })
}

const codes = ({ diagnostics }: Plan): string[] =>
  diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)
const kinds = ({ tasks }: Plan): string[] =>
  tasks.map(({ kind }) => kind).filter((kind) => !/address|expose/.test(kind))

async function fulfilled({ lock, tasks }: Plan, signer?: Authority): Promise<Lock> {
  const clusters = new Map(lock.clusters)
  for (const task of tasks) {
    if (task.kind === 'seal-bundle') {
      const locked = clusters.get(task.cluster)
      if (locked) clusters.set(task.cluster, sealBundle(task, locked, systemEntropy))
    } else if (task.kind === 'issue-intermediate' && signer) {
      const issued = await issueAndSeal(task, { root: signer.keyPair.signer, entropy: systemEntropy, now: NOW })
      if (!issued.ok) throw new Error(JSON.stringify(issued.diagnostics))
      clusters.set(task.cluster, issued.value)
    }
  }
  return { ...lock, clusters }
}

/** The lock after a run, when what it gives is sound in the eyes of `verify`. */
async function ran(
  said: Said,
  lock: Lock,
  expected: readonly string[],
  warnings: readonly string[],
  signer?: Authority,
): Promise<Lock> {
  const before = await planned(said, lock)
  equal(codes(before), [])
  equal(kinds(before), expected)
  const after = await fulfilled(before, signer)
  equal(kinds(await planned(said, after)), [])
  const { diagnostics } = verifyOutput(render(before, after), { now: NOW, lock: after })
  equal([...new Set(diagnostics.map(({ code }) => code))].sort(), warnings)
  return after
}

const read = (lock: Lock): Lock => {
  const checked = readLock(lockTree(lock, 'shop'), 'shop')
  if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics))
  return checked.value
}

describe('adoption of what is there', (test) => {
  const one: Said = { current: 'cacerts', roots: '{ id: r1, state: active }' }

  test('two clusters below one root: nothing is issued, nothing changes', async () => {
    const root = newRoot()
    let lock = emptyLock
    for (const name of ['cluster-1', 'cluster-2']) {
      const ca = strangersCa({ name, issuer: root, pathlen: 0 })
      lock = await taken(one, lock, name, foundCacerts(ca, [root]))
    }
    equal([...lock.roots.keys()], ['r1'])
    is(lock.clusters.get('cluster-1')?.crl, undefined)
    const after = await ran(one, lock, [], [])
    const readme = render(await planned(one, after), after).get('clusters/cluster-1/README.md') ?? ''
    match(readme, /sealedsecrets.bitnami.com\/managed=true/)
    equal(read(after).clusters, after.clusters)
  })

  test('a cluster that comes back remembers what it signed with, and goes on with what it had', async () => {
    const root = newRoot()
    const [old, other] = [newIntermediate(root), newIntermediate(root)]
    const lock = await taken(one, emptyLock, 'cluster-1', foundCacerts(old, [root]))
    const locked = lock.clusters.get('cluster-1')
    if (locked === undefined) throw new Error('it was taken over')
    const left = { ...lock, clusters: new Map([['cluster-1', { ...locked, crl: old.crl, removed: true }]]) }
    const changed = (await taken(one, left, 'cluster-1', foundCacerts(other, [root]))).clusters.get('cluster-1')
    equal(changed?.former, [{ generation: 1, root: 'r1', certificate: old.certificate, crl: old.crl }])
    is(changed?.crl, undefined)
    const same = (await taken(one, left, 'cluster-1', foundCacerts(old, [root]))).clusters.get('cluster-1')
    equal([same?.crl, same?.former, same?.generation], [old.crl, undefined, 2])
  })

  test('further intermediates, and files that are not just put together', async () => {
    const root = newRoot()
    const middle = strangersCa({ name: 'middle', issuer: root })
    const ca = strangersCa({ name: 'east', issuer: middle, pathlen: 0 })
    const texts = {
      'ca-cert.pem': `subject: east\n${ca.certificate}`,
      'cert-chain.pem': ca.certificate + middle.certificate,
      'root-cert.pem': `${root.certificate}\n${root.certificate}`,
    }
    let lock = await taken(one, emptyLock, 'cluster-1', foundCacerts(ca, [middle, root], texts))
    is(lock.clusters.get('cluster-1')?.chain, middle.certificate)
    equal(lock.clusters.get('cluster-1')?.texts, texts)
    const other = strangersCa({ name: 'west', issuer: root })
    lock = await taken(one, lock, 'cluster-2', foundCacerts(other, [root]))
    const after = await ran(one, lock, [], ['MESH-W442'])
    // Of a CA in between there can be no CRL from here, and then none may be shipped.
    equal(
      issuersOf(after).flatMap(({ kind, certificate, crl }) => (kind === 'above' ? [[certificate, crl]] : [])),
      [[middle.certificate, undefined]],
    )
    const { mesh, files } = await gathered(one, after)
    const shipping = { ...mesh, trust: { ...mesh.trust, crl: { ...mesh.trust.crl, enabled: true } } }
    ok(codes(plan({ mesh: shipping, lock: after, files, now: NOW })).includes('MESH-E851'))
    // A second root: what istiod has stands at the beginning of what it gets.
    const second = newRoot({ id: 'r2' })
    const more = new Map([
      ...after.roots,
      ['r2', { id: 'r2', state: 'trusted' as const, certificate: second.certificate }],
    ])
    const both = { ...one, roots: `${one.roots}, { id: r2, state: trusted }` }
    const grown = await ran(both, { ...after, roots: more }, ['seal-bundle', 'seal-bundle'], ['MESH-W442'])
    is(grown.clusters.get('cluster-1')?.texts?.['root-cert.pem'], texts['root-cert.pem'] + second.certificate)
    is(grown.clusters.get('cluster-2')?.texts, undefined)
    const dropped = await ran(one, grown, ['seal-bundle', 'seal-bundle', 'root-state'], ['MESH-W442'])
    is(dropped.clusters.get('cluster-1')?.texts?.['root-cert.pem'], undefined)
  })

  test('one Secret in two clusters is told, and works', async () => {
    const root = newRoot()
    const items = foundCacerts(newIntermediate(root), [root])
    const lock = await taken(one, await taken(one, emptyLock, 'cluster-1', items), 'cluster-2', items)
    await ran(one, lock, [], ['MESH-W444'])
  })

  test('a bundle that istiod would not take, and roots without a name', async () => {
    const root = newRoot()
    const ca = newIntermediate(root)
    const inputs = await gathered(one, emptyLock)
    const key = foundCacerts(newIntermediate(root), [root])['ca-key.pem']
    equal(refusal(request(inputs, 'cluster-1', { ...foundCacerts(ca, [root]), 'ca-key.pem': key })), ['MESH-E435'])
    const cut = foundCacerts(ca, [root], { 'root-cert.pem': root.certificate.trimEnd() })
    equal(refusal(request(inputs, 'cluster-1', cut)), ['MESH-E435'])
    const middle = strangersCa({ name: 'middle', issuer: root })
    const anchored = foundCacerts(strangersCa({ name: 'x', issuer: middle }), [middle])
    equal(refusal(request(inputs, 'cluster-1', anchored)), ['MESH-E435'])
    const two = foundCacerts(ca, [root], { 'root-cert.pem': root.certificate + newRoot({ id: 'r2' }).certificate })
    equal(refusal(request(inputs, 'cluster-1', two)), ['MESH-E437'])
    equal(refusal(request(inputs, 'cluster-1', foundCacerts(ca, [root]), { as: ['r9'] })), ['MESH-E438'])
    const told = adopt(request(inputs, 'cluster-1', two))
    equal(told.diagnostics[0]?.args['lines'], [
      '- { id: cluster-1-ca, state: trusted }',
      '- { id: cluster-1-ca-2, state: trusted }',
    ])
  })
})

const silent = (): void => undefined
const unflagged = new Invocation(
  {
    argv: [],
    env: {},
    cwd: '',
    out: silent,
    err: silent,
    paint: noPaint,
    outPaint: noPaint,
    interactive: false,
    now: () => NOW,
  },
  {},
  [],
)

/** Chains and bundles as an output shows them. */
function shownFiles({ clusters, roots }: Lock): Map<string, string> {
  const pem = (id: string): string => roots.get(id)?.certificate ?? ''
  return new Map(
    [...clusters.values()].flatMap(({ name, certificate, root, bundle }) => [
      [`clusters/${name}/trust/chain.pem`, certificate + pem(root)],
      [`clusters/${name}/trust/root-cert.pem`, bundle.map(pem).join('')],
    ]),
  )
}

function publishes(judge: () => void): boolean {
  try {
    judge()
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}

describe("adoption of istiod's own CAs", (test) => {
  const ids = ['{ id: r1, state: active }', '{ id: east, state: trusted }', '{ id: west, state: trusted }']
  const self: Said = { current: 'self-signed', roots: ids.join(', ') }

  test('it never becomes the root that signs by a guess', async () => {
    const inputs = await gathered({ current: 'self-signed', roots: ids[0] ?? '' }, emptyLock)
    equal(refusal(request(inputs, 'cluster-1', istiodCa().items)), ['MESH-E437'])
  })

  test('union of all roots first, then other signers, then the old roots go', async () => {
    const made = await makeRoot(
      { mesh: 'shop', organization: 'shop', id: 'r1', state: 'active' },
      { entropy: systemEntropy, now: NOW },
    )
    const common = { ...made.locked, crl: '', privateKey: made.privateKey, keyPair: signingKey(made.privateKey) }
    let lock: Lock = { ...emptyLock, roots: new Map([['r1', made.locked]]) }
    lock = await taken(self, lock, 'cluster-1', istiodCa().items, 'east')
    // Nothing can be rendered before everybody is known.
    equal(codes(await planned(self, lock)).sort(), ['MESH-E802', 'MESH-E805'])
    lock = await taken(self, lock, 'cluster-2', istiodCa().items, 'west')
    const live = lock

    const union = await ran(self, lock, ['seal-bundle', 'seal-bundle'], ['MESH-W442', 'MESH-W443'])
    const cluster = union.clusters.get('cluster-1')
    equal([cluster?.root, cluster?.bundle, cluster?.generation], ['east', ['east', 'r1', 'west'], 1])
    equal(sealedItemsOf(cluster)['ca-key.pem'], sealedItemsOf(lock.clusters.get('cluster-1'))['ca-key.pem'])
    // Seen from what is published, which is nothing yet: the clusters live, each by itself.
    equal(judgeStage(publishedState(trustState(emptyLock), union), trustState(union)), [])

    const next = { ...self, generation: 2 }
    const rotated = await ran(next, union, ['issue-intermediate', 'issue-intermediate'], ['MESH-W443'], common)
    equal(rotated.clusters.get('cluster-1')?.root, 'r1')
    is(rotated.clusters.get('cluster-1')?.adopted?.root, 'east')
    equal(judgeStage(publishedState(trustState(union), rotated), trustState(rotated)), [])
    // Both steps at once would be two, though no published lock has the clusters.
    const faults = judgeStage(publishedState(trustState(emptyLock), rotated), trustState(rotated)).map(
      ({ kind }) => kind,
    )
    ok(faults.includes('untrusted') && faults.includes('two-stages'), faults.join())
    // The same by the files of a branch, whether it is empty or has the other cluster only.
    const { mesh } = await gathered(next, rotated)
    const ofBranch = (published: Lock, shown: Lock): boolean => {
      const trees = { published: shownFiles(published), next: shownFiles(shown) }
      return publishes(() => judgePublished(unflagged, mesh, shown, trees))
    }
    is(ofBranch(emptyLock, union), true)
    is(ofBranch(union, rotated), true)
    is(ofBranch(emptyLock, rotated), false)
    is(ofBranch({ ...union, clusters: new Map([...union.clusters].slice(0, 1)) }, rotated), false)
    // And so would be a signer without the union.
    equal(codes(await planned(next, live)), ['MESH-E817', 'MESH-E819'])

    const last = { ...next, roots: ids.join(', ').replaceAll('trusted', 'retired') }
    const done = await ran(last, rotated, ['seal-bundle', 'seal-bundle', 'root-state', 'root-state'], [])
    equal(done.clusters.get('cluster-2')?.bundle, ['r1'])
  })
})
