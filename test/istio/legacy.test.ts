/** What Istio 1.6 and 1.7 are given, and how they go together with later ones. */
import { parse, parseAllDocuments } from 'yaml'
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { review } from '../../src/review/review.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { FileTree } from '../../src/tree/file-tree.ts'
import { legacy, NOW } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

interface Made {
  readonly tree: FileTree
  readonly diagnostics: readonly Diagnostic[]
}

type Edit = readonly [from: string | RegExp, to: string]

/** What the fixture gives after edits of its text. */
async function made(...edits: readonly Edit[]): Promise<Made> {
  const files = legacy()
  const text = edits.reduce(
    (before, [from, to]) => {
      const after = before.replace(from, to)
      ok(after !== before, `there is ${String(from)}`)
      return after
    },
    files.get('mesh.yaml')?.toString('utf8') ?? '',
  )
  const { checked } = await gather(memorySources(files.set('mesh.yaml', Buffer.from(text))), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
  const planned = plan({ ...checked.value, now: NOW })
  return { tree: render(planned, planned.lock), diagnostics: [...checked.diagnostics, ...planned.diagnostics] }
}

type Loose = Readonly<Record<string, unknown>> & { readonly kind: string; readonly spec: Record<string, unknown> }

function objectsIn({ tree }: Made, path: string): Loose[] {
  return parseAllDocuments(tree.get(`clusters/${path}`) ?? '').map((document) => document.toJS() as Loose)
}

/** The SNI of each DestinationRule in a file, one a port. */
function snisIn(from: Made, path: string): unknown[] {
  return objectsIn(from, path)
    .filter(({ kind }) => kind === 'DestinationRule')
    .flatMap(({ spec }) => {
      const { portLevelSettings } = spec['trafficPolicy'] as { portLevelSettings: { tls: { sni: string } }[] }
      return portLevelSettings.map(({ tls }) => tls.sni)
    })
}

function errorsOf(tree: FileTree): string[] {
  return verifyOutput(tree, { now: NOW }).diagnostics.flatMap(({ code, severity }) =>
    severity === 'error' ? code : [],
  )
}

function codesOf({ diagnostics }: Made): string[] {
  return diagnostics.map(({ code }) => code)
}

const plain: Edit = [', egressGateway: true', '']
const asFixture = await made()
const both = await made(plain)

describe('Istio 1.6', (test) => {
  test('a stranger finds nothing wrong, with and without the egress gateway', () => {
    equal(errorsOf(asFixture.tree), [])
    equal(errorsOf(both.tree), [])
  })

  test('each cluster is warned about, and its gateway', () => {
    equal(
      codesOf(both).filter((code) => code.startsWith('MESH-W93')),
      ['MESH-W930', 'MESH-W931', 'MESH-W930', 'MESH-W931'],
    )
    ok(!codesOf(both).includes('MESH-W212'), 'what is more than that is not said twice')
  })

  test('nothing that the installer makes is rendered', () => {
    for (const [path, text] of both.tree) {
      for (const kind of ['Gateway', 'EnvoyFilter', 'DestinationRule']) ok(!text.includes(`kind: ${kind}\n`), path)
    }
    ok(!both.tree.has('clusters/cluster-1/istio/values.yaml'))
  })

  test('the egress gateway is installed only when it is asked for', () => {
    const operator = (from: Made): unknown => parse(from.tree.get('clusters/cluster-1/istio/istio-operator.yaml') ?? '')
    ok(JSON.stringify(operator(asFixture)).includes('istio-egressgateway'))
    ok(!JSON.stringify(operator(both)).includes('gressgateway'))
    ok(!JSON.stringify(objectsIn(both, 'cluster-1/services/bar.yaml')).includes('"network"'))
  })

  test('the domain of the cluster is what its gateway puts in the place of the suffix', async () => {
    const other = await made(plain, ['version: "1.6.14" }', 'version: "1.6.14" }\n    domain: east.example'])
    const text = other.tree.get('clusters/cluster-2/istio/istio-operator.yaml') ?? ''
    ok(text.includes('clusterDomain: east.example'))
    equal(errorsOf(other.tree), [])
  })

  test('a cluster that calls nobody needs no address of istiocoredns, and its Corefile stays as it is', async () => {
    const alone = await made(
      plain,
      ['    dns: { istiocoredns: 10.96.83.12 }\n', ''],
      ['ports: [{ name: http1', 'consumers: []\n    ports: [{ name: http1'],
    )
    ok(!(alone.tree.get('clusters/cluster-1/dns/coredns.yaml') ?? '').includes('global'))
    equal(errorsOf(alone.tree), [])
  })
})

const to130: Edit = ['version: "1.6.14"', 'version: "1.30"']
const noDns: Edit = ['    dns: { istiocoredns: 10.97.0.53 }\n', '']

describe('Istio 1.6 beside 1.30', (test) => {
  test('each side sends the name that the other knows', async () => {
    const mixed = await made(plain, to130, noDns)
    equal(snisIn(mixed, 'cluster-2/services/foo.yaml'), ['outbound_.8000_._.svc-1.foo.global'])
    equal(snisIn(mixed, 'cluster-1/services/bar.yaml'), ['outbound_.8000_._.svc-2.bar.svc.cluster.local'])
    is(codesOf(mixed).filter((code) => code === 'MESH-W937').length, 2)
    equal(errorsOf(mixed.tree), [])
  })

  test('the objects are those that the consumer serves', async () => {
    const mixed = await made(plain, to130, noDns)
    const versions = (path: string): unknown[] => objectsIn(mixed, path).map(({ apiVersion }) => apiVersion)
    equal(versions('cluster-2/services/foo.yaml'), ['networking.istio.io/v1', 'networking.istio.io/v1'])
    equal(versions('cluster-1/services/bar.yaml'), ['networking.istio.io/v1alpha3', 'networking.istio.io/v1alpha3'])
  })

  test('a stranger refuses the name of the other dialect on either side', async () => {
    const mixed = await made(plain, to130, noDns)
    const swapped = (path: string, from: string, to: string): string[] => {
      const text = mixed.tree.get(path) ?? ''
      ok(text.includes(from))
      return errorsOf(new Map(mixed.tree).set(path, text.replace(from, to)))
    }
    const [old, late] = ['clusters/cluster-1/services/bar.yaml', 'clusters/cluster-2/services/foo.yaml']
    equal(swapped(old, '_.svc-2.bar.svc.cluster.local', '_.svc-2.bar.global'), ['MESH-E738'])
    equal(swapped(late, '_.svc-1.foo.global', '_.svc-1.foo.svc.cluster.local'), ['MESH-E738'])
    // Without its rule, the older one sends the host, too.
    equal(swapped(old, /---[^]*/.exec(mixed.tree.get(old) ?? '')?.[0] ?? 'none', ''), ['MESH-E738'])
  })

  test('1.6 and 1.7 are one', async () => {
    const mixed = await made(plain, ['version: "1.6.14"', 'version: "1.7"'])
    ok(!codesOf(mixed).includes('MESH-W937'))
    equal(errorsOf(mixed.tree), [])
  })

  test('plan tells that everything is exposed, and when that ends', async () => {
    const mixed = await made(plain, to130, noDns)
    const lock = { roots: new Map(), clusters: new Map(), hosts: new Map() }
    const kinds = (before: Made, after: Made): string[] =>
      review({
        mesh: 'shop',
        against: 'main',
        before: { output: before.tree, lock },
        after: { output: after.tree, lock },
        tasks: [],
      }).consequences.map(({ kind, subject }) => `${kind} ${subject}`)
    ok(kinds(both, mixed).includes('gateway-closed cluster-2'))
    ok(kinds(mixed, both).includes('gateway-opened cluster-2'))
    ok(kinds(both, asFixture).includes('operator-changed '))
  })
})
