import fc from 'fast-check'
import { balancingOf } from '../../src/mesh/failover.ts'
import type { Cluster, Failover, Provider, Service } from '../../src/mesh/mesh.ts'
import { describe, equal, is, ok } from '../suite.ts'
import { meshOf } from './mesh-of.ts'

const CLUSTERS = ['a', 'b', 'c', 'd']
  .map((name, i) => `  - { name: ${name}, locality: ${name}, gateway: { addresses: [192.0.2.${i + 1}] } }\n`)
  .join('')
const mesh = meshOf(
  '  - { name: s, namespace: n, clusters: [a], ports: [{ name: http, port: 80, protocol: HTTP }] }\n',
  '',
  CLUSTERS,
)
const [template] = mesh.services
if (template === undefined) throw new Error('there is a service')

function service(failover: Failover, ...providers: readonly Partial<Provider>[]): Service {
  const all = providers.map(({ cluster = '', state = 'serving', ...more }): Provider => ({ cluster, state, ...more }))
  return { ...template, failover, providers: all } as Service
}

function cluster(name: string, locality?: string): Cluster {
  const found = mesh.clusters.find((c) => c.name === name)
  if (found === undefined) throw new Error(name)
  return { ...found, ...(locality !== undefined && { locality }) }
}

const NEAREST: Failover = { mode: 'locality' }

describe('balancing', (test) => {
  test('one that serves is called, whatever the mode', () => {
    for (const mode of ['locality', 'weighted', 'none'] as const) {
      const one = service({ mode }, { cluster: 'a' }, { cluster: 'b', state: 'exposed' })
      equal(balancingOf(one, cluster('d')), { kind: 'single' })
    }
  })

  test('the nearest, but one that serves itself has its own pods before all others, by their distance', () => {
    const everywhere = service(
      NEAREST,
      { cluster: 'a', locality: 'r1/z1' },
      { cluster: 'b', locality: 'r2' },
      { cluster: 'c', locality: 'r1/z2' },
    )
    equal(balancingOf(everywhere, cluster('d', 'r1/z1')), { kind: 'nearest' })
    equal(balancingOf(everywhere, cluster('a', 'r1')), { kind: 'tiers', tiers: [['a'], ['c'], ['b']] })
    equal(balancingOf(everywhere, cluster('b', 'r2')), { kind: 'tiers', tiers: [['b'], ['a', 'c']] })
    equal(balancingOf(everywhere, cluster('c', 'r1/z1')), { kind: 'tiers', tiers: [['c'], ['a'], ['b']] })
  })

  test('a cluster that drains does not call itself', () => {
    const drained = service(NEAREST, { cluster: 'a', state: 'draining' }, { cluster: 'b' }, { cluster: 'c' })
    equal(balancingOf(drained, cluster('a')), { kind: 'nearest' })
  })

  test('an order holds for those that serve, after the own copy', () => {
    const order: Failover = { mode: 'ordered', order: ['c', 'a', 'b'] }
    const all = [{ cluster: 'a' }, { cluster: 'b' }, { cluster: 'c' }]
    equal(balancingOf(service(order, ...all), cluster('d')), { kind: 'tiers', tiers: [['c'], ['a'], ['b']] })
    equal(balancingOf(service(order, ...all), cluster('b')), { kind: 'tiers', tiers: [['b'], ['c'], ['a']] })
    const without = [{ cluster: 'a' }, { cluster: 'b' }, { cluster: 'c', state: 'draining' as const }]
    equal(balancingOf(service(order, ...without), cluster('d')), { kind: 'tiers', tiers: [['a'], ['b']] })
  })

  test('weights are those of the ones that serve, scaled to 100 with none at 0', () => {
    const percentOf = (...weights: readonly number[]): number[] => {
      const providers = weights.map((weight, i) => ({ cluster: `p${i}`, weight }))
      const balancing = balancingOf(service({ mode: 'weighted' }, ...providers), cluster('d'))
      return balancing.kind === 'weights' ? [...balancing.percent.values()] : []
    }
    equal(percentOf(80, 20), [80, 20])
    equal(percentOf(50, 30), [63, 37])
    equal(percentOf(1, 1, 1), [34, 33, 33])
    const some = fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(
        some.filter((weights) => weights.reduce((sum, w) => sum + w, 0) <= 100),
        (weights) => {
          const percent = percentOf(...weights)
          const sum = weights.reduce((total, w) => total + w, 0)
          is(
            percent.reduce((total, p) => total + p, 0),
            100,
          )
          for (const [i, weight] of weights.entries()) ok(Math.abs((percent[i] ?? 0) - (weight * 100) / sum) < 1)
          ok(percent.every((p) => p >= 1))
        },
      ),
    )
  })
})
