import type { Lock, LockedCluster, LockedRoot } from '../../src/lock/lock.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { baseDiagnostics } from '../../src/plan/base-diagnostics.ts'
import { renamedDiagnostics } from '../../src/plan/renamed.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { twoClusters } from '../fixture.ts'
import { describe, equal } from '../suite.ts'

const { checked } = await gather(memorySources(twoClusters()), 'mesh.yaml')
if (!checked.ok) throw new Error('the fixture is invalid')
const { mesh, lock } = checked.value

function withCluster(name: string, change: (cluster: LockedCluster) => Partial<LockedCluster>): Lock {
  const clusters = [...lock.clusters].map(([key, cluster]): [string, LockedCluster] => {
    return [key, key === name ? { ...cluster, ...change(cluster) } : cluster]
  })
  return { ...lock, clusters: new Map(clusters) }
}

function withRoot(id: string, change: Partial<LockedRoot>): Lock {
  const r1 = lock.roots.get('r1')
  return { ...lock, roots: new Map([...lock.roots, ...(r1 ? [[id, { ...r1, id, ...change }] as const] : [])]) }
}

const codes = (before: Lock, after: Lock): string[] => baseDiagnostics(mesh, 'main', before, after).map((d) => d.code)

describe('a lock held against an earlier one', (test) => {
  test('nothing is said of the same, and of none', () => {
    equal(codes(lock, lock), [])
    equal(codes({ ...lock, clusters: new Map(), roots: new Map() }, lock), [])
  })

  test('another certificate under one id, MESH-E821, unless nobody trusts it yet', () => {
    equal(codes(lock, withRoot('r1', { certificate: 'other' })), ['MESH-E821'])
    equal(codes(withRoot('r2', { certificate: 'one' }), withRoot('r2', { certificate: 'other' })), [])
  })

  test('a stage that is skipped, MESH-E822', () => {
    const both = withCluster('cluster-1', () => ({ bundle: ['r1', 'r2'] }))
    equal(codes(lock, both), [])
    const early = withCluster('cluster-1', () => ({ root: 'r2', bundle: ['r1', 'r2'], certificate: 'new' }))
    equal(codes(lock, early), ['MESH-E822', 'MESH-E822', 'MESH-W824'])
  })

  test('an earlier generation, and another of the same, are warnings', () => {
    const next = withCluster('cluster-2', ({ generation }) => ({ generation: generation + 1, certificate: 'next' }))
    equal(codes(lock, next), [])
    equal(codes(next, lock), ['MESH-W823'])
    equal(
      codes(
        withCluster('cluster-2', () => ({ certificate: 'theirs' })),
        lock,
      ),
      ['MESH-W824'],
    )
  })

  test('a cluster that comes while another goes may be the same one', () => {
    const [first, ...others] = mesh.clusters
    const renamed: Mesh = { ...mesh, clusters: first ? [{ ...first, name: 'east' }, ...others] : [] }
    equal(
      renamedDiagnostics(renamed, lock).map(({ code, args }) => [code, args['added'], args['leaving']]),
      [['MESH-W826', 'east', ['cluster-1']]],
    )
    equal(renamedDiagnostics({ ...mesh, clusters: others }, lock), [])
    equal(renamedDiagnostics(mesh, { ...lock, clusters: new Map() }), [])
  })
})
