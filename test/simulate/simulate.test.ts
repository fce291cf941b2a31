import fc from 'fast-check'
import { emptyLock, type Lock } from '../../src/lock/lock.ts'
import { jsonSimulation } from '../../src/simulate/json.ts'
import { markdownSimulation } from '../../src/simulate/markdown.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { textSimulation } from '../../src/simulate/text.ts'
import { breaks, simulate, type CallerOutcome, type Simulation } from '../../src/simulate/simulate.ts'
import { meshOf } from '../mesh/mesh-of.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

const CLUSTERS = `  - { name: a, locality: r1, gateway: { addresses: [192.0.2.1] } }
  - { name: b, locality: r1/z1, gateway: { addresses: [192.0.2.2, 192.0.2.3] } }
  - { name: c, locality: r2/z1, gateway: { addresses: [192.0.2.4] } }
  - { name: d, gateway: { addresses: [d.example.com] } }
`
const service = (clusters: string, more = ''): string => `  - name: s
    namespace: n
    ports: [{ name: http, port: 80, protocol: HTTP }]
    clusters: [${clusters}]
${more}`
const run = (said: string, ...down: readonly string[]): Simulation =>
  simulate({ mesh: meshOf(said, '', CLUSTERS), lock: emptyLock, down })
const from = ({ callers }: Simulation, cluster: string): CallerOutcome[] =>
  callers.filter((caller) => caller.cluster === cluster)
const shares = (list: CallerOutcome['after']): string =>
  list.map(({ cluster, percent }) => `${cluster} ${percent}`).join(', ')
const told = (found: readonly CallerOutcome[]): string[] =>
  found.map(
    ({ places, before, after, outcome }) =>
      `${places.join(' ')}: ${outcome}, ${shares(before)}${outcome === 'unaffected' ? '' : ` -> ${shares(after)}`}`,
  )

describe('simulate', (test) => {
  test('the only one that serves: every call fails, and who could serve is named', () => {
    const found = run(service('b, { name: c, state: exposed }, { name: a, state: draining }'), 'b')
    equal(told(from(found, 'd')), [': fails, b 100 -> '])
    equal(from(found, 'd')[0]?.idle, [
      { cluster: 'a', state: 'draining' },
      { cluster: 'c', state: 'exposed' },
    ])
    is(breaks(found), true)
  })

  test('the nearest: each place of a pod that makes a difference has its answer', () => {
    const said = service('b, c', '    consumers: [{ cluster: a }, { cluster: d }]\n')
    equal(told(from(run(said, 'b'), 'a')), [': moves, b 100 -> c 100'])
    equal(told(from(run(said, 'b'), 'd')), [
      'r1/z1 r1/*: moves, b 100 -> c 100',
      'r2/z1 r2/*: unaffected, c 100',
      '*: moves, b 66.7, c 33.3 -> c 100',
    ])
  })

  test('a tier that has lost some of its addresses passes a part of its calls on to the next', () => {
    const said = service(
      '{ name: b, locality: r1/z1 }, { name: c, locality: r1/z1 }, { name: d, locality: r9/z9 }',
      '    consumers: [{ cluster: a }]\n',
    )
    // Two of three addresses are gone: 140 * 1/3 = 46 percent stay.
    equal(told(from(run(said, 'b'), 'a')), [': moves, b 66.7, c 33.3 -> d 54, c 46'])
    is(from(run(said, 'b'), 'a')[0]?.estimated, false)
    const names = service('b, c, d', '    consumers: [{ cluster: a }]\n    traffic: { failover: { mode: none } }\n')
    is(from(run(names, 'b'), 'a')[0]?.estimated, true, 'd has a DNS name')
  })

  test('the own copy first, then the order', () => {
    const said = service(
      'a, b, c',
      '    consumers: [{ cluster: a }, { cluster: d }]\n    traffic: { failover: { mode: ordered, order: [c, b, a] } }\n',
    )
    equal(told(from(run(said, 'c'), 'a')), [': unaffected, a 100'])
    equal(told(from(run(said, 'c'), 'd')), [': moves, c 100 -> b 100'])
    equal(told(from(run(said, 'c', 'b'), 'd')), [': moves, c 100 -> a 100'])
    equal(told(from(run(said, 'a', 'b', 'c'), 'd')), [': fails, c 100 -> '])
    equal(run(said, 'a').gone, [{ cluster: 'a', hosts: ['s.n.global'] }])
  })

  test('weights are shared by those that are left; without failover the share goes on failing', () => {
    const weighted = service(
      '{ name: a, weight: 50 }, { name: b, weight: 30 }, { name: c, weight: 20 }',
      '    consumers: [{ cluster: d }]\n    traffic: { failover: { mode: weighted } }\n',
    )
    equal(told(run(weighted, 'a').callers), [': moves, a 50, b 30, c 20 -> b 60, c 40'])
    const none = service('a, b, c', '    consumers: [{ cluster: d }]\n    traffic: { failover: { mode: none } }\n')
    const found = run(none, 'b')
    equal(told(found.callers), [': keeps-failing, b 50, a 25, c 25 -> a 25, c 25'])
    is(breaks(found), true)
    match(markdownSimulation(found), /- \*\*breaks\*\* `s\.n\.global` from `d`: `b` 50% of the calls/)
  })

  const routed = (routes: string, ports = ''): string =>
    service(
      'b, { name: c, subsets: [v1] }',
      `    consumers: [{ cluster: a }]
    subsets: [{ name: v1, labels: { v: v1 } }, { name: v2, labels: { v: v2 } }]
    routes: ${routes}
`,
    ).replace('protocol: HTTP }', `protocol: HTTP }${ports}`)
  const ways = (found: Simulation): string[][] =>
    found.callers.flatMap(({ routes = [] }) =>
      routes.map(({ outcome, to }) => [
        outcome,
        ...to.map((way) => `${way.outcome}, ${shares(way.before)} -> ${shares(way.after)}`),
      ]),
    )

  test('a route to a version that is in the cluster alone fails, though others serve', () => {
    const said = routed('[{ match: [{ uri: { prefix: /beta } }], to: [{ subset: v2 }] }, { to: [{ subset: v1 }] }]')
    const found = run(said, 'b')
    equal(ways(found), [
      ['fails', 'fails, b 100 -> '],
      ['moves', 'moves, b 100 -> c 100'],
    ])
    equal([found.callers[0]?.outcome, breaks(found)], ['keeps-failing', true])
    is((JSON.parse(jsonSimulation(found)) as { breaks: boolean }).breaks, true)
    match(markdownSimulation(found), /\| `s\.n\.global` route 1 to `v2` \| `a` \| `b` 100% \| nobody \|/)
    match(
      textSimulation(found, noPaint),
      /breaks: some calls.*\n.*route 1 to v2: b 100% -> nobody is left; route 2 to v1: b/,
    )
    match(textSimulation(found, noPaint), /until then/, 'a route moves')
    equal(ways(run(said, 'c')), [
      ['unaffected', 'unaffected, b 100 -> b 100'],
      ['unaffected', 'unaffected, b 100 -> b 100'],
    ])
    is(breaks(run(said, 'c')), false)
  })

  test('the share of a route that goes to one cluster has no failover', () => {
    const found = run(routed('[{ to: [{ weight: 95 }, { cluster: c, weight: 5 }, { cluster: b, weight: 0 }] }]'), 'c')
    equal(ways(found), [['keeps-failing', 'unaffected, b 100 -> b 100', 'fails, c 100 -> ']])
    is(breaks(found), true)
    is(breaks(run(routed('[{ to: [{ weight: 100 }, { cluster: c, weight: 0 }] }]'), 'c')), false)
  })

  test('where all routes fail every call does, unless there are ports without requests', () => {
    const routes = '[{ to: [{ cluster: b }] }]'
    is(run(routed(routes), 'b').callers[0]?.outcome, 'fails')
    const [caller] = run(routed(routes, ', { name: tcp, port: 81, protocol: TCP }'), 'b').callers
    equal([caller?.outcome, caller?.connections], ['keeps-failing', 'moves'])
  })

  test('a route shares among those that have the version as the service does', () => {
    const said = service(
      '{ name: b, weight: 50 }, { name: c, weight: 30 }, { name: d, weight: 20, subsets: [] }',
      `    consumers: [{ cluster: a }]
    subsets: [{ name: v1, labels: { v: v1 } }]
    routes: [{ to: [{ subset: v1 }] }]
    traffic: { failover: { mode: weighted } }
`,
    )
    equal(ways(run(said, 'b')), [['moves', 'moves, b 63, c 37 -> c 100']])
    equal(ways(run(said.replace('weighted', 'none').replaceAll(/, weight: \d+/g, ''), 'b')), [
      ['keeps-failing', 'keeps-failing, b 66.7, c 33.3 -> c 33.3'],
    ])
    ok(!jsonSimulation(run(service('b'), 'b')).includes('"routes"'))
  })

  test('a retiring exposure serves nobody', () => {
    const exposures = [{ cluster: 'c', ports: [80], retiring: true }]
    const host = { service: 's', namespace: 'n', address: '240.16.0.1', removed: false, exposures }
    const lock: Lock = { ...emptyLock, hosts: new Map([['s.n', host]]) }
    const mesh = meshOf(service('b'), '', CLUSTERS)
    const found = simulate({ mesh, lock, down: ['b'] })
    equal(from(found, 'd')[0]?.idle, [{ cluster: 'c', state: 'retiring' }])
    equal(simulate({ mesh, lock, down: ['b'], services: [] }).callers, [])
  })

  test('the order of names makes no difference, and shares add up', () => {
    const down = fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 })
    const providers = fc.subarray(['a', 'b', 'c'], { minLength: 1 })
    fc.assert(
      fc.property(down, providers, fc.constantFrom('locality', 'none'), (names, clusters, mode) => {
        const said = service(clusters.join(', '), `    traffic: { failover: { mode: ${mode} } }\n`)
        const found = run(said, ...names)
        is(jsonSimulation(found), jsonSimulation(run(said, ...[...names].reverse())))
        for (const { before, after, outcome } of found.callers) {
          const sum = (list: CallerOutcome['after']): number => list.reduce((total, { percent }) => total + percent, 0)
          ok(Math.abs(sum(before) - 100) < 0.5)
          if (outcome === 'moves') ok(Math.abs(sum(after) - 100) < 0.5)
          if (outcome === 'fails') is(after.length, 0)
        }
      }),
      { numRuns: 40 },
    )
  })
})
