import fc from 'fast-check'
import { loadOf } from '../../src/simulate/envoy.ts'
import { describe, equal, is, ok } from '../suite.ts'

const of = (...health: readonly (readonly [healthy: number, total: number])[]): number[] =>
  loadOf(health.map(([healthy, total]) => ({ healthy, total })))

describe('load of priorities', (test) => {
  test('as the table in the documentation of Envoy has it', () => {
    // Overprovisioning factor 1.4: "Priority levels", two and three levels.
    equal(of([100, 100], [100, 100]), [100, 0])
    equal(of([72, 100], [72, 100]), [100, 0])
    equal(of([71, 100], [71, 100]), [99, 1])
    equal(of([50, 100], [50, 100]), [70, 30])
    equal(of([25, 100], [100, 100]), [35, 65])
    equal(of([25, 100], [25, 100]), [50, 50])
    equal(of([0, 1], [0, 1]), [0, 0])
    equal(of([20, 100], [20, 100], [10, 100]), [40, 40, 20])
    equal(of([0, 100], [20, 100], [20, 100]), [0, 50, 50])
  })

  test('adds up to 100 where anybody is left', () => {
    const group = fc.tuple(fc.nat(20), fc.nat(20)).map(([healthy, others]) => ({ healthy, total: healthy + others }))
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), (groups) => {
        const load = loadOf(groups)
        is(
          load.reduce((sum, each) => sum + each, 0),
          groups.some(({ healthy }) => healthy > 0) ? 100 : 0,
        )
        ok(load.every((each, i) => each === 0 || (groups[i]?.healthy ?? 0) > 0))
      }),
    )
  })
})
