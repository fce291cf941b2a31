import { emptyLock, type Lock, type LockedCluster } from '../../src/lock/lock.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import type { RootState } from '../../src/mesh/trust.ts'
import { leavesEnd, nextRootId, rootStep } from '../../src/trust/rotation.ts'
import { endings, isDue, nextUpdate } from '../../src/trust/expiry.ts'
import { limitsOf } from '../../src/trust/status.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is } from '../suite.ts'

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
