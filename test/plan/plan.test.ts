import { lockTree } from '../../src/lock/write.ts'
import type { Lock } from '../../src/lock/lock.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const files = twoClusters()
const text = files.get('mesh.yaml')?.toString('utf8') ?? ''

/** Plans the mesh of the fixture after edits of its text, against the fixture's lock or another one. */
async function planOf(
  edit: (text: string) => string,
  options: { lock?: Lock; release?: string[]; now?: Date } = {},
): Promise<Plan> {
  const edited = new Map([...files, ['mesh.yaml', Buffer.from(edit(text))]])
  const { checked } = await gather(memorySources(edited), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  const { lock, release, now = NOW } = options
  return plan({ ...checked.value, now, ...(lock && { lock }), ...(release && { release }) })
}

const kinds = ({ tasks }: Plan): string[] => tasks.map((t) => t.kind)
const codes = ({ diagnostics }: Plan): string[] => diagnostics.map((d) => d.code)
const same = (t: string): string => t
const withoutSvc2 = (t: string): string => t.slice(0, t.indexOf('  - name: svc-2'))
const onlyCluster1 = (t: string): string => withoutSvc2(t).replace(/ {2}- name: cluster-2\n.*\n.*\n/, '')

describe('plan', (test) => {
  test('a lock that is up to date leaves nothing to do', async () => {
    const planned = await planOf(same)
    equal(kinds(planned), [])
    equal(codes(planned), [])
    equal([...lockTree(planned.lock, 'shop')].map(([p]) => p).length, 6)
  })

  test('a service that leaves keeps its address and, until it is released, its exposure', async () => {
    const left = await planOf(withoutSvc2)
    equal(kinds(left), ['remove-host', 'retire'])
    equal(codes(left), ['MESH-W801'])
    const tree = render(left, left.lock)
    ok(tree.get('clusters/cluster-2/gateway/gateway.yaml')?.includes('svc-2.bar.svc.cluster.local'), 'still exposed')
    ok(
      ![...tree].some(([p, t]) => p.startsWith('clusters/cluster-1/services/') && t.includes('svc-2')),
      'no longer called',
    )
    ok(!tree.get('clusters/cluster-1/dns/coredns.yaml')?.includes('svc-2'), 'no longer resolved')

    const settled = await planOf(withoutSvc2, { lock: left.lock })
    equal(kinds(settled), [])
    const released = await planOf(withoutSvc2, { lock: left.lock, release: ['svc-2.bar'] })
    equal(kinds(released), ['release'])
    is(render(released, released.lock).get('clusters/cluster-2/gateway/gateway.yaml'), undefined)
    is(released.lock.hosts.get('svc-2.bar')?.address, left.lock.hosts.get('svc-2.bar')?.address)

    const back = await planOf(same, { lock: released.lock })
    equal(kinds(back), ['restore-host', 'expose'])
    is(back.lock.hosts.get('svc-2.bar')?.address, left.lock.hosts.get('svc-2.bar')?.address)
  })

  test('who may call is kept for as long as the exposure is, and changes with the intent until then', async () => {
    const policies = 'clusters/cluster-2/gateway/policies-bar.yaml'
    const rules = (from: string) => (t: string) =>
      `${t}    workload: { labels: { app: svc-2 } }\n    authorization: { from: [${from}], local: [] }\n`
    const said = await planOf(rules('{ namespaces: [foo], serviceAccounts: [a] }'))
    equal(kinds(said), ['authorize'])
    equal(said.lock.hosts.get('svc-2.bar')?.exposures[0]?.policy, {
      labels: { app: 'svc-2' },
      strict: false,
      principals: ['cluster.local/ns/foo/sa/a'],
    })
    ok(render(said, said.lock).get(policies)?.includes('cluster.local/ns/foo/sa/a'))
    equal(kinds(await planOf(rules('{ namespaces: [foo], serviceAccounts: [a] }'), { lock: said.lock })), [])

    const left = await planOf(withoutSvc2, { lock: said.lock })
    equal(kinds(left), ['remove-host', 'retire'])
    is(render(left, left.lock).get(policies), render(said, said.lock).get(policies), 'it is exposed as before')
    const released = await planOf(withoutSvc2, { lock: left.lock, release: ['svc-2.bar'] })
    is(render(released, released.lock).get(policies), undefined)

    const nobody = (t: string): string =>
      rules('{ namespaces: [foo], serviceAccounts: [b] }')(t.replace(/ {4}consumers: .*\n/, '    consumers: []\n'))
    const retiring = await planOf(nobody, { lock: said.lock })
    equal(kinds(retiring), ['retire', 'authorize'])
    ok(!render(retiring, retiring.lock).get(policies)?.includes('sa/a\n'), 'who is no longer let in is not let in')
    equal(kinds(await planOf(same, { lock: said.lock })), ['authorize'], 'everybody, since the intent says so')
  })

  test('a policy names ports of the pods when all of them are known', async () => {
    const portsIn = async (ports: string): Promise<readonly number[] | undefined> => {
      const planned = await planOf((t) =>
        t
          .replace(/ports: .*(?=\n.*svc-2)/, `ports: [${ports}]`)
          .replace(
            /$/,
            '    workload: { labels: { a: b } }\n    authorization: { from: [{ namespaces: [foo] }], local: [] }\n',
          ),
      )
      return planned.lock.hosts.get('svc-2.bar')?.exposures[0]?.policy?.ports
    }
    const [one, two] = [
      '{ name: a, port: 80, protocol: HTTP }',
      '{ name: b, port: 81, targetPort: 8080, protocol: TCP }',
    ]
    equal(await portsIn(two), [8080])
    equal(await portsIn(`${one}, ${two}`), undefined)
    equal(await portsIn(`${one.replace('port: 80', 'port: 80, targetPort: 8080')}, ${two}`), [8080])
  })

  test('what cannot be released is told', async () => {
    equal(codes(await planOf(same, { release: ['svc-2.bar'] })), ['MESH-E814'])
  })

  test('a provider that moves stays exposed where it was', async () => {
    const moved = await planOf((t) =>
      t.replace('clusters: [cluster-2]', 'clusters: [cluster-1]').replace(/ {4}consumers: .*\n/, ''),
    )
    equal(moved.lock.hosts.get('svc-2.bar')?.exposures, [
      { cluster: 'cluster-1', ports: [8000], retiring: false },
      { cluster: 'cluster-2', ports: [8000], retiring: true },
    ])
  })

  test('a new generation is issued when it is the next one', async () => {
    const planned = await planOf((t) => t.replace('    locality: eu-west-1/eu-west-1a', '    trust: { generation: 2 }'))
    equal(kinds(planned), ['issue-intermediate'])
  })

  test('what leaves in this very run is not released by it', async () => {
    const planned = await planOf(withoutSvc2, { release: ['svc-2.bar'] })
    equal(codes(planned), ['MESH-E814', 'MESH-W801'])
    equal(planned.lock.hosts.get('svc-2.bar')?.exposures, [{ cluster: 'cluster-2', ports: [8000], retiring: true }])
  })

  test('a cluster leaves when nothing is exposed from it any more, becomes a tombstone, and comes back as the next generation', async () => {
    equal(codes(await planOf(onlyCluster1)), ['MESH-W801', 'MESH-E815'])
    const retired = await planOf(withoutSvc2)
    equal(
      codes(await planOf(onlyCluster1, { lock: retired.lock })),
      ['MESH-W801', 'MESH-E815'],
      'nor while it is retiring',
    )
    const released = await planOf(withoutSvc2, { lock: retired.lock, release: ['svc-2.bar'] })
    const left = await planOf(onlyCluster1, { lock: released.lock })
    ok(kinds(left).includes('remove-cluster'))
    is(left.lock.clusters.get('cluster-2')?.removed, true)
    ok(![...render(left, left.lock).keys()].some((p) => p.includes('cluster-2')))

    const back = await planOf(same, { lock: left.lock })
    const [issue] = back.tasks
    ok(issue?.kind === 'issue-intermediate' && issue.generation === 2)
    const trust = (said: string) => (t: string) =>
      t.replace('    locality: eu-central-1/eu-central-1b', `    trust: { ${said} }`)
    equal(codes(await planOf(trust('generation: 1'), { lock: left.lock })), ['MESH-E803'])
    equal(codes(await planOf(trust('current: self-signed'), { lock: left.lock })), ['MESH-E802'])
    equal(
      codes(await planOf(trust('current: cacerts'), { lock: left.lock })),
      [],
      'they are those that it had from here',
    )
  })

  test('a service that nobody may call is not exposed, and a cluster that calls nothing gets no object', async () => {
    const planned = await planOf((t) =>
      t.replace('consumers: [{ cluster: cluster-1, namespaces: [foo] }]', 'consumers: []'),
    )
    equal(kinds(planned), ['retire'])
    const tree = render(planned, planned.lock)
    equal(
      [...tree.keys()].filter((p) => p.startsWith('clusters/cluster-1/services/')),
      ['clusters/cluster-1/services/kustomization.yaml'],
    )
    ok(tree.get('clusters/cluster-1/services/kustomization.yaml')?.endsWith('resources: []\n'))
    ok(!tree.get('clusters/cluster-1/dns/coredns.yaml')?.includes('managed by meshwright: global'), 'no empty block')
  })

  test('time changes no byte, only what is told', async () => {
    const [today, later] = [await planOf(same), await planOf(same, { now: new Date('2028-10-01T00:00:00Z') })]
    equal([...render(today, today.lock)], [...render(later, later.lock)])
    equal(codes(later), ['MESH-W809', 'MESH-W809'])
    equal([...new Set(codes(await planOf(same, { now: new Date('2030-01-01T00:00:00Z') })))], ['MESH-W813'])
    ok(codes(await planOf(same, { now: new Date('2036-01-01T00:00:00Z') })).includes('MESH-W808'))
  })

  test('what is not used is not judged: sealing certificates of clusters that are sealed', async () => {
    const edited = new Map([...files].filter(([p]) => !p.startsWith('sealing/')))
    const { checked } = await gather(memorySources(edited), 'mesh.yaml')
    ok(checked.ok)
    equal(codes(plan({ ...checked.value, now: NOW })), [])
  })

  test('where imports live in the namespace of istiod, it is created once', async () => {
    const planned = await planOf((t) =>
      t.replace('    locality: eu-west-1/eu-west-1a', '    importNamespace: { name: istio-system }'),
    )
    const tree = render(planned, planned.lock)
    is(tree.get('clusters/cluster-1/services/_namespace.yaml'), undefined)
    ok(tree.get('clusters/cluster-1/services/bar.yaml')?.includes('namespace: istio-system'))
  })
})
