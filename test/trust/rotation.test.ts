import { emptyLock, type Lock, type LockedCluster, type LockedRoot } from '../../src/lock/lock.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import type { RootState } from '../../src/mesh/trust.ts'
import { leavesEnd, nextRootId, rootStep } from '../../src/trust/rotation.ts'
import { endings, isDue, nextUpdate } from '../../src/trust/expiry.ts'
import { limitsOf } from '../../src/trust/status.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is } from '../suite.ts'
import { newRoot } from './authority.ts'

const { checked } = await gather(memorySources(twoClusters()), 'mesh.yaml')
if (!checked.ok) throw new Error('the fixture is invalid')
const { mesh: plain, lock: fixture, files } = checked.value

const mesh = (...roots: readonly (readonly [id: string, state: RootState])[]): Mesh => ({
  ...plain,
  trust: {
    ...plain.trust,
    roots: roots.map(([id, state]) => ({ id, state, origin: plain.origin })),
    root: roots.find(([, state]) => state === 'active')?.[0] ?? '',
  },
})

/** Clusters by signer and bundle; every root has the certificate of the fixture. */
function lock(...clusters: readonly (readonly [signer: string, bundle: string])[]): Lock {
  const [r1, cluster] = [fixture.roots.get('r1'), fixture.clusters.get('cluster-1')]
  if (!r1 || !cluster) return emptyLock
  const bundles = clusters.map(([, bundle]) => bundle.split(' '))
  return {
    ...emptyLock,
    roots: new Map([...new Set(bundles.flat())].map((id) => [id, { ...r1, id }])),
    clusters: new Map(
      clusters.map(([root], i): [string, LockedCluster] => {
        const name = `cluster-${i + 1}`
        return [name, { ...cluster, name, root, bundle: bundles[i] ?? [] }]
      }),
    ),
  }
}

/** A cluster that was taken over, with the certificate that it has. */
function found(at: Lock, name: string, root: string, bundle: readonly string[]): Lock {
  const cluster = at.clusters.get(name)
  if (cluster === undefined) return at
  // One that signs with another root since has another certificate.
  const certificate = cluster.root === root ? cluster.certificate : 'what it had'
  const adopted = { from: 'self-signed', root, bundle, certificate } as const
  return { ...at, clusters: new Map([...at.clusters, [name, { ...cluster, adopted }]]) }
}

function formerRoot(at: Lock, name: string, root: string): Lock {
  const cluster = at.clusters.get(name)
  if (cluster === undefined) return at
  const former = [{ generation: 1, root, certificate: cluster.certificate }]
  return { ...at, clusters: new Map([...at.clusters, [name, { ...cluster, former }]]) }
}

/** The same lock with these roots younger than the others, and not made here. */
function aged(at: Lock, ids: readonly string[]): Lock {
  const { certificate } = newRoot({ now: new Date(NOW.getTime() + 86_400_000) })
  const younger = ids.map((id): [string, LockedRoot] => [id, { id, state: 'trusted', certificate }])
  return { ...at, roots: new Map([...at.roots, ...younger]) }
}

const kind = (of: Mesh, at: Lock, wanted?: string): string => rootStep(of, at, wanted).kind

describe('where a rotation stands', (test) => {
  test('nothing is under way, or a new root is asked for', () => {
    const alone = lock(['r1', 'r1'], ['r1', 'r1'])
    is(kind(mesh(['r1', 'active']), alone), 'none')
    is(kind(mesh(['r1', 'active']), alone, 'r2'), 'trust')
    is(kind(mesh(['r1', 'active'], ['r2', 'trusted']), alone), 'make')
    is(nextRootId(plain, alone), 'r2')
    is(nextRootId(plain, lock(['r7', 'r1 r7'])), 'r8')
  })

  test('a root that only some have is not signed with', () => {
    const step = rootStep(mesh(['r1', 'active'], ['r2', 'trusted']), lock(['r1', 'r1 r2'], ['r1', 'r1']), 'r2')
    equal(step.kind === 'bundle' && step.clusters, ['cluster-2'])
  })

  test('of two roots of one age, whether one comes or goes is asked', () => {
    const said = mesh(['r1', 'active'], ['r2', 'trusted'])
    const both = lock(['r1', 'r1 r2'], ['r1', 'r1 r2'])
    is(kind(said, both), 'unclear')
    is(kind(said, both, 'r2'), 'sign')
    is(kind(said, both, 'r1'), 'retire')
  })

  test('clusters change over one by one, and the old root goes last', () => {
    const said = mesh(['r1', 'trusted'], ['r2', 'active'])
    const half = rootStep(said, lock(['r2', 'r1 r2'], ['r1', 'r1 r2']))
    equal(half, { kind: 'sign', root: 'r2', clusters: ['cluster-2'], begun: true })
    const step = rootStep(said, lock(['r2', 'r1 r2'], ['r2', 'r1 r2']))
    equal(step.kind === 'retire' && step.old, ['r1'])
    is(kind(mesh(['r1', 'retired'], ['r2', 'active']), lock(['r2', 'r2'])), 'none')
  })

  test('an adopted mesh: the new root is active and has signed nothing, so the bundles are to be seen first', () => {
    const said = mesh(['r1', 'active'], ['old-1', 'trusted'], ['old-2', 'trusted'])
    const step = rootStep(said, lock(['old-1', 'r1 old-1 old-2'], ['old-2', 'r1 old-1 old-2']))
    equal(step, { kind: 'sign', root: 'r1', clusters: ['cluster-1', 'cluster-2'], begun: false })
  })

  test('what a cluster was found with goes, however young it is', () => {
    const said = mesh(['r1', 'active'], ['west-ca', 'trusted'], ['west-old', 'trusted'])
    const live = ['r1', 'r1 west-ca west-old'] as const
    const at = aged(found(lock(live, live), 'cluster-1', 'west-ca', ['west-ca', 'west-old']), ['west-ca', 'west-old'])
    const step = rootStep(said, at)
    equal(step.kind === 'retire' && step.old, ['west-ca'])
    // What signed before and not any more does not come back by itself either.
    const formerly = formerRoot(aged(lock(live, live), ['west-ca']), 'cluster-1', 'west-ca')
    const next = rootStep(mesh(['r1', 'active'], ['west-ca', 'trusted']), formerly)
    equal(next.kind === 'retire' && next.old, ['west-ca'])
  })

  test('a cluster that joins with a CA of its own may lack the bundle, though others are signed already', () => {
    const said = mesh(['r1', 'active'], ['west-ca', 'trusted'])
    const at = lock(['west-ca', 'west-ca r1'], ['r1', 'r1 west-ca'])
    const joining = rootStep(said, found(at, 'cluster-1', 'west-ca', ['west-ca']))
    equal(joining, { kind: 'sign', root: 'r1', clusters: ['cluster-1'], begun: false })
    const known = rootStep(said, found(at, 'cluster-1', 'west-ca', ['west-ca', 'r1']))
    is(known.kind === 'sign' && known.begun, true)
  })

  test("a partner's root is not proposed to be dropped", () => {
    const both = lock(['r1', 'partner r1'], ['r1', 'partner r1'])
    const { crl: _, ...partner } = both.roots.get('partner') ?? { id: '', state: 'trusted', certificate: '' }
    const at = { ...both, roots: new Map([...both.roots, ['partner', partner]]) }
    is(kind(mesh(['partner', 'trusted'], ['r1', 'active']), at), 'none')
    is(kind(mesh(['partner', 'trusted'], ['r1', 'active']), formerRoot(at, 'cluster-1', 'partner')), 'retire')
  })

  test('a certificate of a workload outlives its signer by its whole lifetime', () => {
    is(leavesEnd(new Date('2026-01-01T00:00:00Z'), 24).toISOString(), '2026-01-02T01:00:00.000Z')
  })

  test('what Istio cannot do is said as soon as something is under way', () => {
    const old = { ...plain, clusters: plain.clusters.map((c) => ({ ...c, istio: { ...c.istio, version: '1.6' } })) }
    is(limitsOf(old, { kind: 'trust', root: 'r2' }).length, 2)
    is(limitsOf(old, { kind: 'none' }).length, 0)
    is(limitsOf(plain, { kind: 'trust', root: 'r2' }).length, 0)
  })
})

describe('what ends when', (test) => {
  test('each has its window', () => {
    const due = (years: number): string[] => {
      const now = new Date(NOW.getTime() + years * 365 * 86_400_000)
      return [...new Set(endings(plain, fixture, files, now).flatMap((e) => (isDue(e) ? [e.what] : [])))].sort()
    }
    equal(due(0), [])
    equal(due(1.7), ['intermediate'])
    equal(due(1.9), ['crl', 'intermediate'])
    equal(due(8.5), ['crl', 'intermediate', 'root'])
    is(nextUpdate('no CRL'), undefined)
    is(nextUpdate(fixture.clusters.get('cluster-1')?.certificate ?? ''), undefined)
  })
})
