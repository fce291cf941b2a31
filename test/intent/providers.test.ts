import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { gather, readMesh } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { describe, equal, is } from '../suite.ts'

const CLUSTERS = `  - { name: a, locality: r1, gateway: { addresses: [192.0.2.1] } }
  - { name: b, locality: r2, gateway: { addresses: ["2001:db8::2", 192.0.2.2] } }
  - { name: c, locality: r3, gateway: { addresses: [c.example.com] } }
`

interface Read {
  readonly mesh: Mesh | undefined
  readonly diagnostics: readonly Diagnostic[]
}

function read(service: string, clusters = CLUSTERS): Read {
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
${clusters}services:
  - name: s
    namespace: n
    ports: [{ name: http, port: 80, protocol: HTTP }]
    serviceAccounts: [s]
${service}`
  const checked = readMesh(Buffer.from(text), 'mesh.yaml', new Map())
  return { mesh: checked.ok ? checked.value : undefined, diagnostics: checked.diagnostics }
}

const codes = ({ diagnostics }: Read): string[] => diagnostics.map(({ code }) => code)
const statesOf = ({ mesh }: Read): string[] =>
  mesh?.services[0]?.providers.map(({ cluster, state }) => `${cluster} ${state}`) ?? []
const draining = (...names: readonly string[]): string =>
  names.reduce((text, name) => text.replace(`{ name: ${name},`, `{ name: ${name}, state: draining,`), CLUSTERS)

describe('providers', (test) => {
  test('a name alone serves; locality and weight are resolved', () => {
    const found = read(`    clusters: [c, { name: a, weight: 20, locality: r1/z1 }, { name: b, weight: 30 }]
    traffic: { failover: { mode: weighted } }
    consumers: [{ cluster: a }]
`)
    equal(codes(found), [])
    equal(found.mesh?.services[0]?.providers, [
      { cluster: 'a', state: 'serving', locality: 'r1/z1', weight: 20 },
      { cluster: 'b', state: 'serving', locality: 'r2', weight: 30 },
      { cluster: 'c', state: 'serving', locality: 'r3', weight: 50 },
    ])
    equal(found.mesh?.services[0]?.consumers, [{ cluster: 'a' }], 'who runs it may call it')
  })

  test('one field drains a whole cluster, but never the last that serves', () => {
    equal(statesOf(read('    clusters: [a, b]\n', draining('a'))), ['a draining', 'b serving'])
    const last = read('    clusters: [a]\n', draining('a'))
    equal([codes(last), statesOf(last)], [['MESH-W281'], ['a serving']])
    const all = read('    clusters: [a, b]\n', draining('a', 'b'))
    equal([codes(all), statesOf(all)], [['MESH-W281'], ['a serving', 'b serving']])
    const joining = read('    clusters: [a, { name: b, state: exposed }]\n', draining('a'))
    equal([codes(joining), statesOf(joining)], [['MESH-W281'], ['a serving', 'b exposed']])
  })

  test('a service that is only exposed is told, and one that would be cut off is refused', () => {
    equal(codes(read('    clusters: [{ name: a, state: exposed }]\n')), ['MESH-W280'])
    equal(codes(read('    clusters: [{ name: a, state: draining }]\n')), ['MESH-E279'])
  })

  test('where every cluster runs it, nobody is its consumer by itself', () => {
    equal(codes(read('    clusters: [a, b, c]\n')), ['MESH-W283'])
    equal(codes(read('    clusters: [a, b, c]\n    consumers: [{ cluster: b }]\n')), [])
  })

  test('several addresses of a gateway may be of both families', () => {
    const { mesh } = read('    clusters: [b]\n')
    equal(mesh?.clusters[1]?.gateway.addresses, ['2001:db8::2', '192.0.2.2'])
  })

  test('a cluster that is not there is told once', () => {
    equal(codes(read('    clusters: [a, z]\n')), ['MESH-E207'])
    equal(codes(read('    clusters: [a, { name: z }]\n')), ['MESH-E207'])
  })
})

const manifest = (port: number, accounts = 's', target = 8080, app = 's'): Buffer =>
  Buffer.from(`apiVersion: v1
kind: Service
metadata:
  name: s
  namespace: n
  annotations: { meshwright.dev/export: "true", meshwright.dev/service-accounts: ${accounts} }
spec: { selector: { app: ${app} }, ports: [{ name: http, port: ${port}, targetPort: ${target} }] }
`)

describe('a Service in manifests of several clusters', (test) => {
  const mesh = (services: string): Buffer =>
    Buffer.from(`apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
discover:
  - { cluster: a, manifests: a/*.yaml }
  - { cluster: b, manifests: b/*.yaml }
clusters:
${CLUSTERS}services:
${services}`)
  const found = async (services: string, a: Buffer, b: Buffer): Promise<Read> => {
    const files = new Map([
      ['mesh.yaml', mesh(services)],
      ['a/s.yaml', a],
      ['b/s.yaml', b],
    ])
    const { checked } = await gather(memorySources(files), 'mesh.yaml')
    return { mesh: checked.ok ? checked.value.mesh : undefined, diagnostics: checked.diagnostics }
  }

  test('is one service that all of them run', async () => {
    const read = await found('  []\n', manifest(80), manifest(80))
    equal([codes(read), statesOf(read)], [[], ['a serving', 'b serving']])
    is(read.mesh?.services.length, 1)
  })

  test('has pods that may listen elsewhere in another cluster', async () => {
    const targets = async (target: number): Promise<(number | undefined)[]> => {
      const { mesh } = await found('  []\n', manifest(80), manifest(80, 's', target))
      return mesh?.services[0]?.ports.map(({ targetPort }) => targetPort) ?? []
    }
    equal([await targets(8080), await targets(9090)], [[8080], [undefined]])
  })

  test('that differs must be settled in services', async () => {
    equal(codes(await found('  []\n', manifest(80), manifest(81))), ['MESH-E282'])
    equal(codes(await found('  []\n', manifest(80), manifest(80, 'other'))), ['MESH-E282'])
    equal(codes(await found('  []\n', manifest(80), manifest(80, 's', 8080, 'other'))), ['MESH-E282'])
    const settled = '  - { name: s, namespace: n, serviceAccounts: [s, other] }\n'
    equal(codes(await found(settled, manifest(80), manifest(80, 'other'))), [])
  })

  test('is one of the clusters that services names', async () => {
    const listed = (clusters: string): string => `  - { name: s, namespace: n, clusters: ${clusters} }\n`
    equal(codes(await found(listed('[a]'), manifest(80), manifest(80))), ['MESH-E136'])
    const stated = await found(listed('[a, { name: b, state: exposed }]'), manifest(80), manifest(80))
    equal([codes(stated), statesOf(stated)], [[], ['a serving', 'b exposed']])
  })
})
