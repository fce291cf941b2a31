/** However a mesh is spread over files, it is the same mesh. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { textReport } from '../../src/diagnostics/report.ts'
import type { Cluster, Mesh as Intent, Port, Service } from '../../src/intent/schema.gen.ts'
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { FIXTURES, NOW, PROJECT, readTree, twoClusters } from '../fixture.ts'
import { describe, equal, fixture, is, match, ok } from '../suite.ts'

const API = 'meshwright.dev/v1'

/** The mesh that files give, without the places where they say it. */
async function meshIn(files: Readonly<Record<string, string>>): Promise<unknown> {
  const bytes = new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
  const { checked, texts } = await gather(memorySources(bytes), 'mesh.yaml')
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint) + JSON.stringify(files, null, 2))
  return JSON.parse(JSON.stringify(checked.value.mesh, (key, value: unknown) => (key === 'origin' ? undefined : value)))
}

const clusterNames = ['a', 'b', 'c'] as const

const cluster = (name: string, i: number): fc.Arbitrary<Cluster> =>
  fc.record(
    {
      name: fc.constant(name),
      gateway: fc.record(
        { addresses: fc.constant([`192.0.2.${i + 1}`] as [string]), port: fc.constantFrom(15_443, 443) },
        { requiredKeys: ['addresses'] },
      ),
      locality: fc.constantFrom('eu', 'eu/eu-1'),
      networks: fc.constant({ pods: ['10.0.0.0/8'] }),
    },
    { requiredKeys: ['name', 'gateway'] },
  )

const port = (i: number): fc.Arbitrary<Port> =>
  fc
    .tuple(
      fc.constantFrom<Port['protocol']>('HTTP', 'HTTP2', 'GRPC', 'TCP'),
      fc.constantFrom({}, { targetPort: 80 + i }),
    )
    .map(([protocol, target]) => ({ name: `${protocol.toLowerCase()}-${i}`, port: 8000 + i, protocol, ...target }))

const service = (key: string): fc.Arbitrary<Service> => {
  const [name = '', namespace = ''] = key.split('.')
  return fc.record(
    {
      name: fc.constant(name),
      namespace: fc.constant(namespace),
      clusters: fc.constantFrom<[string][]>(['a'], ['b']),
      ports: fc
        .integer({ min: 1, max: 3 })
        .chain((n) => fc.tuple(port(0), ...Array.from({ length: n - 1 }, (_, i) => port(i + 1)))),
      serviceAccounts: fc.subarray(['x', 'y'], { minLength: 1 }),
      consumers: fc.constant([{ cluster: 'c' }]),
      workload: fc.constantFrom({ labels: { app: name } }, { labels: { app: name, tier: 'x' } }),
    },
    { requiredKeys: ['name', 'namespace', 'clusters', 'ports'] },
  )
}

const intent: fc.Arbitrary<Intent> = fc.record({
  apiVersion: fc.constant(API),
  kind: fc.constant('Mesh'),
  metadata: fc.constant({ name: 'shop' }),
  clusters: fc.tuple(...clusterNames.map(cluster)),
  services: fc.subarray(['s.x', 's.y', 't.x', 'u.z', 'v.z']).chain((keys) => fc.tuple(...keys.map(service))),
  defaults: fc.record({
    cluster: fc.record({
      trust: fc.constant({ current: 'none' as const }),
      gateway: fc.constant({ install: 'none' as const }),
      locality: fc.constantFrom('us', 'us/us-1'),
    }),
    service: fc.record(
      { serviceAccounts: fc.constant(['z']), consumers: fc.constant([{ cluster: 'c', namespaces: ['n'] }]) },
      { requiredKeys: [] },
    ),
  }),
})

type Chance = () => number

function documentOf(kind: 'Cluster' | 'Service', { name, ...rest }: Cluster | Service): object {
  const { namespace, ...spec } = rest as Partial<Service>
  const metadata = { name, ...(namespace !== undefined && { namespace }) }
  return { apiVersion: API, kind, metadata, ...(Object.keys(spec).length > 0 && { spec }) }
}

/** As `kubectl` would read it; what a manifest cannot say is left to an entry of the intent. */
function manifestOf({ name, namespace, ports, serviceAccounts, workload }: Service, chance: Chance): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      ...(chance() < 0.5 && { namespace }),
      annotations: {
        'meshwright.dev/export': 'true',
        ...(serviceAccounts && { 'meshwright.dev/service-accounts': serviceAccounts.join(', ') }),
      },
    },
    spec: {
      clusterIP: '10.1.2.3',
      ...(workload && { selector: workload.labels }),
      ports: [
        ...(ports ?? []).map(({ name, port, protocol, targetPort = 'by-name' }) => ({
          name,
          port,
          targetPort,
          ...(chance() < 0.5 && { appProtocol: protocol.toLowerCase() }),
        })),
        ...(chance() < 0.3 ? [{ name: 'dns', port: 53, protocol: 'UDP' }] : []),
      ],
    },
  }
}

/** The same mesh over several files, as chance has it. */
function spread(mesh: Intent, chance: Chance): Record<string, string> {
  const documents = new Map<string, object[]>()
  const put = (path: string, document: object): void => {
    const list = documents.get(path) ?? []
    list.splice(Math.floor(chance() * (list.length + 1)), 0, document)
    documents.set(path, list)
  }
  const elsewhere = (): string | undefined =>
    [undefined, 'in/1.yaml', 'in/2.yaml', 'in/deep/3.yaml', 'more.yaml'][Math.floor(chance() * 5)]
  const clusters: Cluster[] = []
  for (const said of mesh.clusters ?? []) {
    const path = elsewhere()
    if (path === undefined) clusters.push(said)
    else put(path, documentOf('Cluster', said))
  }
  const services: Service[] = []
  for (const said of mesh.services ?? []) {
    let rest: Service | undefined = said
    if (chance() < 0.4) {
      const { ports: _ports, clusters: _clusters, serviceAccounts: _accounts, workload: _workload, ...own } = said
      const [provider = ''] = said.clusters ?? []
      const cluster = typeof provider === 'string' ? provider : provider.name
      put(`apps/${cluster}/${said.namespace}/x.yaml`, manifestOf(said, chance))
      rest = Object.keys(own).length > 2 || chance() < 0.2 ? own : undefined
    }
    if (rest === undefined) continue
    const path = elsewhere()
    if (path === undefined) services.push(rest)
    else put(path, documentOf('Service', rest))
  }
  const manifests = [...documents.keys()].filter((path) => path.startsWith('apps/'))
  const discover = manifests.map((path) => {
    const [, cluster = '', namespace = ''] = path.split('/')
    return { cluster, manifests: chance() < 0.5 ? path : `apps/${cluster}/${namespace}/**`, namespace }
  })
  const include = [...new Set([...documents.keys()].filter((path) => !path.startsWith('apps/')))].sort(
    () => chance() - 0.5,
  )
  const top: Intent = { ...mesh, include, discover: discover.sort(() => chance() - 0.5), clusters, services }
  const texts = [...documents]
    .sort(() => chance() - 0.5)
    .map(([path, list]) => [path, list.map((d) => JSON.stringify(d)).join('\n---\n')])
  return { ...Object.fromEntries(texts), 'mesh.yaml': JSON.stringify(top) }
}

describe('many files', (test) => {
  test('fixtures/many-files gives the output of the same mesh in one file', async () => {
    const files = twoClusters()
    for (const [path, bytes] of readTree(join(FIXTURES, 'many-files'))) files.set(path, bytes)
    const { checked, paths } = await gather(memorySources(files), 'mesh.yaml')
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics))
    equal(checked.diagnostics, [])
    const planned = plan({ ...checked.value, now: NOW })
    const expected = readTree(join(PROJECT, 'output'))
    const tree = render(planned, planned.lock)
    equal([...tree.keys()].sort(), [...expected.keys()].sort())
    for (const [path, text] of tree) fixture(text, expected.get(path)?.toString('utf8') ?? '', path)
    ok(
      ['apps/cluster-2/svc-2.yaml', 'services/bar/svc-2.yaml', 'clusters/clusters.yaml'].every((p) =>
        paths.includes(p),
      ),
    )
  })

  test('docs/many-files.md shows that fixture as it is', () => {
    const page = readFileSync(join(PROJECT, 'docs', 'many-files.md'), 'utf8')
    for (const [path, bytes] of readTree(join(FIXTURES, 'many-files'))) {
      // Where its schema lies is of the fixture alone.
      const shown = bytes.toString('utf8').replaceAll(/^# (yaml-language-server|The mesh of fixtures).*\n/gm, '')
      ok(page.includes(shown), path)
    }
  })

  test('spread at random, it is the same mesh', () =>
    fc.assert(
      fc.asyncProperty(
        intent,
        fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        async (mesh, stream) => {
          const chance: Chance = () => {
            const next = stream.next()
            return next.done === true ? 0 : next.value
          }
          equal(await meshIn(spread(mesh, chance)), await meshIn({ 'mesh.yaml': JSON.stringify(mesh) }))
        },
      ),
      { numRuns: 150 },
    ))

  test('the second of two is pointed at, and the first is named', async () => {
    const one = JSON.stringify(documentOf('Service', { name: 's', namespace: 'n' }))
    const files = new Map([
      ['b.yaml', Buffer.from(one)],
      ['a.yaml', Buffer.from(`# first\n${one}`)],
      [
        'mesh.yaml',
        Buffer.from(JSON.stringify({ apiVersion: API, kind: 'Mesh', metadata: { name: 'm' }, include: ['?.yaml'] })),
      ],
    ])
    const { checked, texts } = await gather(memorySources(files), 'mesh.yaml')
    const twice = checked.diagnostics.find(({ code }) => code === 'MESH-E203')
    is(twice?.span?.file, 'b.yaml')
    equal(
      twice?.related?.map(({ span }) => span.file),
      ['a.yaml'],
    )
    match(textReport(twice === undefined ? [] : [twice], texts, noPaint), /a\.yaml:2: the first one/)
  })

  test('paths of another environment are other files, own ones have one name', async () => {
    const said = JSON.stringify(documentOf('Cluster', { name: 'a' }))
    const files = new Map([
      ['../../shared/a.yaml', Buffer.from(said)],
      [
        'mesh.yaml',
        Buffer.from(
          JSON.stringify({ apiVersion: API, kind: 'Mesh', metadata: { name: 'm' }, include: ['../../*/*.yaml'] }),
        ),
      ],
    ])
    const { paths } = await gather(memorySources(files, ['envs', 'prod']), 'mesh.yaml')
    equal(paths, ['mesh.yaml', '../../shared/a.yaml'])
    const outside = await gather(memorySources(files, ['prod']), 'mesh.yaml')
    equal(
      outside.checked.diagnostics.map(({ code }) => code),
      ['MESH-E121'],
    )
  })
})
