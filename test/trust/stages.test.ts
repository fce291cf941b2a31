import fc from 'fast-check'
import { judgeStage, nextBundle, type ClusterTrust, type TrustState } from '../../src/trust/stages.ts'
import { describe, equal, ok } from '../suite.ts'

const state = (...clusters: [name: string, signer: string, bundle: string, generation?: number][]): TrustState =>
  new Map(
    clusters.map(([name, signer, bundle, generation = 1]): [string, ClusterTrust] => [
      name,
      { signer, intermediate: `${name} g${generation}`, bundle: bundle.split(' ') },
    ]),
  )
const kinds = (before: TrustState, after: TrustState): string[] => judgeStage(before, after).map(({ kind }) => kind)

const alone = state(['a', 'r1', 'r1'], ['b', 'r1', 'r1'])
const both = state(['a', 'r1', 'r1 r2'], ['b', 'r1', 'r1 r2'])
const halfway = state(['a', 'r2', 'r1 r2', 2], ['b', 'r1', 'r1 r2'])
const signed = state(['a', 'r2', 'r1 r2', 2], ['b', 'r2', 'r1 r2', 2])
const done = state(['a', 'r2', 'r2', 2], ['b', 'r2', 'r2', 2])

const NAMES = ['a', 'b', 'c']
const ROOTS = ['r1', 'r2', 'r3']
const clusterTrust = fc
  .record({
    bundle: fc.shuffledSubarray(ROOTS, { minLength: 1 }),
    pick: fc.nat(),
    generation: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ bundle, pick, generation }): ClusterTrust => {
    return { bundle, signer: bundle[pick % bundle.length] ?? 'r1', intermediate: `g${generation}` }
  })
const anyState = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...NAMES), clusterTrust), { selector: ([name]) => name, minLength: 1 })
  .map((entries): TrustState => new Map(entries))

/** Every pair of clusters, whichever of the two states each of them is in, knows the other's root. */
function everybodyTrusts(before: TrustState, after: TrustState): boolean {
  const versions = [...before.values(), ...after.values()]
  return versions.every(({ signer }) => versions.every(({ bundle }) => bundle.includes(signer)))
}

/** What people do to a mesh, in whatever order. */
const someClusters = fc.subarray(NAMES, { minLength: 1 })
const anyStep = fc.oneof(
  fc
    .tuple(fc.constantFrom(...ROOTS), fc.constant(NAMES))
    .map(([root, names]) =>
      changed(names, ({ bundle, ...rest }) => ({ ...rest, bundle: [...new Set([...bundle, root])] })),
    ),
  fc
    .tuple(fc.constantFrom(...ROOTS), fc.oneof(fc.constant(NAMES), someClusters))
    .map(([root, names]) =>
      changed(names, ({ bundle, ...rest }) => ({ ...rest, bundle: bundle.filter((r) => r !== root) })),
    ),
  fc
    .tuple(fc.constantFrom(...ROOTS), fc.oneof(fc.constant(NAMES), someClusters))
    .map(([signer, names]) =>
      changed(names, ({ bundle, intermediate }) => ({ bundle, signer, intermediate: `${intermediate}+` })),
    ),
  fc.constantFrom(...NAMES).map((name) => (now: TrustState) => new Map([...now].filter(([key]) => key !== name))),
  fc.tuple(fc.constantFrom(...NAMES), clusterTrust).map(([name, trust]) => (now: TrustState) => {
    return now.has(name) ? now : new Map([...now, [name, trust] as const])
  }),
)

function changed(
  names: readonly string[],
  change: (trust: ClusterTrust) => ClusterTrust,
): (now: TrustState) => TrustState {
  return (now) => new Map([...now].map(([name, trust]) => [name, names.includes(name) ? change(trust) : trust]))
}

const trusts = (one: TrustState): boolean => everybodyTrusts(one, new Map())

describe('stages of trust', (test) => {
  test('a rotation is three stages, cluster by cluster in the second', () => {
    for (const [before, after] of [
      [alone, both],
      [both, halfway],
      [halfway, signed],
      [both, signed],
      [signed, done],
    ] as const) {
      equal(kinds(before, after), [])
    }
  })

  test('no stage is skipped', () => {
    equal(kinds(alone, halfway), ['untrusted', 'two-stages'])
    equal(kinds(both, done), ['dropped', 'two-stages'])
    equal(kinds(halfway, done), ['dropped', 'two-stages'])
    equal(kinds(alone, done), ['untrusted', 'dropped', 'swapped'])
  })

  test('each can be undone, one by one', () => {
    for (const [before, after] of [
      [both, alone],
      [halfway, both],
      [signed, halfway],
      [done, signed],
    ] as const) {
      equal(kinds(before, after), [])
    }
  })

  test('a cluster that joins signs under a root that all know, and trusts theirs', () => {
    equal(kinds(new Map(), alone), [])
    equal(kinds(alone, new Map([...alone, ...state(['c', 'r1', 'r1'])])), [])
    equal(kinds(alone, new Map([...alone, ...state(['c', 'r2', 'r1 r2'])])), ['untrusted'])
    equal(kinds(alone, new Map([...alone, ...state(['c', 'r2', 'r2'])])), ['untrusted', 'dropped'])
    equal(kinds(both, new Map([...both, ...state(['c', 'r2', 'r1 r2'])])), [])
  })

  test('a cluster that leaves may still be live in the step in which its root goes', () => {
    equal(kinds(halfway, state(['b', 'r1', 'r1 r2'])), [])
    equal(kinds(state(['a', 'r1', 'r1 r2'], ['b', 'r2', 'r1 r2', 2]), state(['b', 'r2', 'r2', 2])), ['dropped'])
  })

  test('whatever is legal keeps every mixture of the two states trusting itself', () => {
    fc.assert(
      fc.property(anyState, anyState, (before, after) => {
        fc.pre(trusts(before))
        const legal = judgeStage(before, after).length === 0
        return !legal || everybodyTrusts(before, after)
      }),
      { numRuns: 2000 },
    )
  })

  test('any walk of legal steps is whole at each of them, and between each and the next', () => {
    let rotations = 0
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 40 }), (steps) => {
        let at = alone
        for (const step of steps) {
          const next = step(at)
          if (judgeStage(at, next).length > 0) continue
          if (!everybodyTrusts(at, next) || !trusts(next)) return false
          at = next
        }
        // A walk that never leaves the first root would prove nothing.
        if ([...at.values()].some(({ bundle }) => !bundle.includes('r1'))) rotations += 1
        return true
      }),
      { numRuns: 3000 },
    )
    ok(rotations > 10, `${rotations} walks dropped the first root`)
  })

  test('what is refused for its roots would break somebody, or was never whole', () => {
    fc.assert(
      fc.property(anyState, anyState, (before, after) => {
        fc.pre(trusts(before))
        const broken = judgeStage(before, after).some(({ kind }) => kind === 'untrusted' || kind === 'dropped')
        return !broken || !everybodyTrusts(before, after)
      }),
      { numRuns: 2000 },
    )
  })

  test('a bundle keeps its order, and what comes stands behind', () => {
    equal(nextBundle(undefined, ['r2', 'r1']), ['r2', 'r1'])
    equal(nextBundle(['r1'], ['r2', 'r1']), ['r1', 'r2'])
    equal(nextBundle(['r1', 'r2'], ['r2', 'r1']), ['r1', 'r2'])
    equal(nextBundle(['r1', 'r2'], ['r2']), ['r2'])
    ok(nextBundle([], ['r1']).length === 1)
  })
})
