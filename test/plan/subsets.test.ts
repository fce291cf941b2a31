/** What the lock keeps of the subsets that a gateway knows, and what is told on the way. */
import { describeTask } from '../../src/plan/task.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { review } from '../../src/review/review.ts'
import { gather } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { NOW, versionRouting } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const files = versionRouting()
const text = files.get('mesh.yaml')?.toString('utf8') ?? ''
/** The subset and its routes of orders are written behind each other. */
const SERVICE = `  - name: orders
    namespace: web
    clusters: [cluster-2]
    ports: [{ name: http, port: 80, protocol: HTTP }]
    serviceAccounts: [orders]
    consumers: [{ cluster: cluster-1 }]
`
const V2 = '    subsets: [{ name: v2, labels: { version: v2 } }]\n'
const ROUTE = '    routes: [{ to: [{ subset: v2 }] }]\n'

async function planned(service: string, former?: Plan, release: readonly string[] = []): Promise<Plan> {
  const mesh = text.replace(/^services:\n[^]*/m, `services:\n${service}`)
  const { checked } = await gather(memorySources(new Map(files).set('mesh.yaml', Buffer.from(mesh))), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map(({ code, args }) => code + JSON.stringify(args)).join())
  return plan({ ...checked.value, now: NOW, ...(former && { lock: former.lock }), release })
}

const codes = ({ diagnostics }: Plan): string[] => diagnostics.map(({ code }) => code)
const tasks = (made: Plan): string[] => made.tasks.map(describeTask)
const rules = (made: Plan): string => render(made, made.lock).get('clusters/cluster-2/gateway/subsets.yaml') ?? ''
const routes = (made: Plan): boolean =>
  (render(made, made.lock).get('clusters/cluster-1/services/web.yaml') ?? '').includes('VirtualService')

function told(before: Plan, after: Plan): string[] {
  const state = (made: Plan): { output: ReturnType<typeof render>; lock: Plan['lock'] } => ({
    output: render(made, made.lock),
    lock: made.lock,
  })
  return review({
    mesh: 'shop',
    against: 'main',
    before: state(before),
    after: state(after),
    tasks: [],
  }).consequences.map(({ kind, subject, detail, clusters }) => `${kind} ${subject} ${detail} ${clusters.join()}`)
}

describe('subsets in the lock', (test) => {
  test('what leaves the intent stays at the gateway until it is released', async () => {
    const first = await planned(SERVICE + V2 + ROUTE)
    is(routes(first), true)
    const second = await planned(SERVICE, first)
    equal(tasks(second), ['keep subset v2 of orders.web exposed from cluster-2 until it is released'])
    equal(codes(second), ['MESH-W255'])
    ok(rules(second).includes('version: v2'))
    is(routes(second), false)
    equal(tasks(await planned(SERVICE, second)), [])
    // It left in this very run, so others may call it still.
    equal(codes(await planned(SERVICE, first, ['orders.web'])), ['MESH-E814', 'MESH-W255'])
    const third = await planned(SERVICE, second, ['orders.web'])
    equal(tasks(third), ['stop exposing subset v2 of orders.web from cluster-2'])
    equal(codes(third), [])
    is(rules(third), '')
  })

  test('what comes back is live again, with its new labels', async () => {
    const first = await planned(SERVICE + V2)
    const gone = await planned(SERVICE, first)
    const back = await planned(SERVICE + V2.replace('version: v2', 'version: v2.1'), gone)
    equal(tasks(back), ['expose subset v2 of orders.web from cluster-2'])
    equal(codes(back), [])
    ok(rules(back).includes('version: v2.1'))
  })

  test('a cluster that leaves keeps its subsets, and so does a service', async () => {
    const both = SERVICE.replace('[cluster-2]', '[cluster-2, cluster-3]')
    const first = await planned(both + V2)
    const left = await planned(SERVICE.replace('[cluster-2]', '[cluster-3]') + V2, first)
    ok(rules(left).includes('orders.web.svc'))
    equal(codes(left), ['MESH-W801'])
    const gone = await planned('  []\n', first)
    ok(rules(gone).includes('orders.web.svc'))
    is(rules(await planned('  []\n', gone, ['orders.web'])), '')
  })

  test('a rule of the service is left alone, and nothing is rendered beside it', async () => {
    const existing = V2.replace('labels: { version: v2 }', 'existing: true')
    const made = await planned(SERVICE + existing + ROUTE)
    is(rules(made), '')
    equal(made.lock.hosts.get('orders.web')?.exposures[0]?.subsets, [{ name: 'v2', retiring: false }])
  })

  test('one kind of subset takes the place of the other in steps, since a gateway takes one rule', async () => {
    const existing = V2.replace('name: v2, labels: { version: v2 }', 'name: v1, existing: true')
    for (const [was, is2] of [
      [V2, existing],
      [existing, V2],
      [V2, V2.replace('labels: { version: v2 }', 'existing: true')],
    ] as const) {
      const first = await planned(SERVICE + was)
      const atOnce = codes(await planned(SERVICE + is2, first))
      const sameName = was === V2 && is2.includes('name: v2')
      equal(atOnce.includes('MESH-E872'), !sameName, atOnce.join())
      const without = await planned(SERVICE, first)
      const released = await planned(SERVICE, without, ['orders.web'])
      equal(codes(await planned(SERVICE + is2, released)), [])
    }
  })

  test('a mesh without subsets has none of it in its lock', async () => {
    const [exposure] = (await planned(SERVICE)).lock.hosts.get('orders.web')?.exposures ?? []
    equal(Object.keys(exposure ?? {}), ['cluster', 'ports', 'retiring'])
  })

  test('routes to a subset of which no gateway was told are a gap, and one step later they are none', async () => {
    const plain = await planned(SERVICE)
    const atOnce = await planned(SERVICE + V2 + ROUTE, plain)
    equal(codes(atOnce), ['MESH-W256'])
    ok(told(plain, atOnce).includes('gap subset v2 of orders.web.global cluster-2 cluster-1'))
    const before = await planned(SERVICE + V2, plain)
    equal(codes(before), [])
    equal(told(plain, before), ['subset-added orders.web.svc.cluster.local v2 (version=v2) cluster-2'])
    const routed = await planned(SERVICE + V2 + ROUTE, before)
    equal(codes(routed), [])
    equal(told(before, routed), ['routing-changed orders.web.global all to v2 cluster-1'])
  })

  test('a cluster that gets a version which is in use is a gap', async () => {
    const some = SERVICE.replace('[cluster-2]', '[cluster-2, { name: cluster-3, subsets: [] }]') + V2 + ROUTE
    const before = await planned(some)
    const after = await planned(some.replace('{ name: cluster-3, subsets: [] }', 'cluster-3'), before)
    equal(codes(after), ['MESH-W256'])
    ok(told(before, after).includes('gap subset v2 of orders.web.global cluster-3 cluster-1'))
  })

  test('a version that only a part of a route asks of one cluster is a gap there, whatever the version is called', async () => {
    const both = SERVICE.replace('[cluster-2]', '[cluster-2, cluster-3]')
    const plain = await planned(both)
    const [subset, route] = [
      V2.replace('name: v2', 'name: live-at-night'),
      ROUTE.replace('subset: v2', 'subset: live-at-night'),
    ]
    const gaps = (after: Plan): string[] => told(plain, after).filter((line) => line.startsWith('gap'))
    const wide = await planned(both + subset + route, plain)
    equal(gaps(wide), [
      'gap subset live-at-night of orders.web.global cluster-2 cluster-1',
      'gap subset live-at-night of orders.web.global cluster-3 cluster-1',
    ])
    const narrow = await planned(both + subset + route.replace('night', 'night, cluster: cluster-3'), plain)
    equal(gaps(narrow), ['gap subset live-at-night of orders.web.global cluster-3 cluster-1'])
  })

  test('other labels of a subset are a change, and nothing that is exposed anew', async () => {
    const first = await planned(SERVICE + V2)
    const other = V2.replace('version: v2', 'track: next').replace(' }]', ' }, { name: v3, labels: { version: v3 } }]')
    const next = await planned(SERVICE + other, first)
    equal(
      next.tasks.map(({ kind }) => kind),
      ['expose-subsets', 'change-subsets'],
    )
    equal(tasks(next), [
      'expose subset v3 of orders.web from cluster-2',
      'change which pods are subset v2 of orders.web in cluster-2',
    ])
  })

  test('what is told of routes and labels', async () => {
    const rest = `    routes:
      - { match: [{ uri: { prefix: /api }, headers: { x-team: { exact: web } } }], to: [{ subset: v2 }] }
      - { to: [{ subset: v2, weight: 5 }, { weight: 95 }] }
    traffic: { timeout: 5s, retries: { attempts: 3 } }
`
    const before = await planned(SERVICE + V2)
    const after = await planned(SERVICE + V2.replace('version: v2', 'track: next') + rest, before)
    equal(told(before, after), [
      'routing-changed orders.web.global /api with x-team: web to v2; all else to v2 5 %, the service 95 %; 5s at most; 3 retries cluster-1',
      'subset-changed orders.web.svc.cluster.local v2: version=v2 becomes track=next cluster-2',
    ])
    const gone = await planned('  []\n', after)
    ok(!told(after, gone).some((line) => line.startsWith('routing-changed')))
  })

  test('a destination that drains is left out, and the others share its requests', async () => {
    const both = SERVICE.replace('[cluster-2]', '[cluster-2, { name: cluster-3, state: draining }]')
    const made = await planned(
      `${both}    routes: [{ to: [{ weight: 60 }, { cluster: cluster-2, weight: 20 }, { cluster: cluster-3, weight: 20 }] }]\n`,
    )
    const service = made.mesh.services[0]
    equal(
      service?.routing?.routes[0]?.to.map(({ weight }) => weight),
      [75, 25],
    )
  })
})
