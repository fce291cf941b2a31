import { parse, parseAllDocuments } from 'yaml'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { textReport } from '../../src/diagnostics/report.ts'
import { emitManifests } from '../../src/kubernetes/emit.ts'
import { emptyLock, type Lock } from '../../src/lock/lock.ts'
import { gatewayValues } from '../../src/istio/gateway-values.ts'
import { LISTENED_HOSTS_MAX, managedGateway } from '../../src/istio/gateway-api.ts'
import type { Cluster, Mesh } from '../../src/mesh/mesh.ts'
import { plan } from '../../src/plan/plan.ts'
import { readMesh } from '../../src/shell/workspace.ts'
import { NOW } from '../fixture.ts'
import { meshOf } from '../mesh/mesh-of.ts'
import { describe, equal, is, ok } from '../suite.ts'

/** Cluster a with this `istio` and `gateway`, b with none of its own. */
function meshWith(istio: string, gateway: string, services = ''): Mesh {
  return meshOf(
    services,
    '',
    `  - { name: a, istio: { ${istio} }, gateway: { addresses: [192.0.2.1], ${gateway} } }
  - { name: b, gateway: { addresses: [192.0.2.2] } }
`,
  )
}

function clusterWith(istio: string, gateway: string): Cluster {
  const [cluster] = meshWith(istio, gateway).clusters
  if (cluster === undefined) throw new Error('there is no cluster')
  return cluster
}

const values = (istio: string, gateway: string): Record<string, unknown> =>
  gatewayValues(clusterWith(istio, `install: helm-values, ${gateway}`)) as Record<string, unknown>

interface Loose {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Record<string, string> }
  readonly spec: Record<string, unknown> & { readonly listeners: readonly { readonly hostname: string }[] }
  readonly data: Record<string, string>
}

function made(mesh: Mesh, lock: Lock = emptyLock): readonly Loose[] {
  const [cluster] = mesh.clusters
  const text = cluster ? emitManifests(managedGateway(mesh, lock, cluster)) : ''
  return parseAllDocuments(text).map((document) => document.toJS() as Loose)
}

/** Warnings and errors of an intent. */
function codesOf(cluster: string): string[] {
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults: { cluster: { trust: { current: none } } }
clusters:
  - { name: a, ${cluster} }
`
  const texts = new Map<string, string>()
  const { diagnostics } = readMesh(Buffer.from(text), 'mesh.yaml', texts)
  ok(!/undefined|\[object/.test(textReport(diagnostics, texts, noPaint)))
  return diagnostics.map(({ code }) => code)
}

const services = (count: number): string =>
  Array.from(
    { length: count },
    (_, i) => `  - { name: s${i}, namespace: n, clusters: [a], ports: [{ name: tcp, port: 80, protocol: TCP }] }\n`,
  ).join('')

describe('values of the gateway chart', (test) => {
  test('one port is open, whatever the others dial', () => {
    const port = { name: 'tls', port: 15443, targetPort: 15443, protocol: 'TCP' }
    equal(values('', '')['service'], { type: 'LoadBalancer', annotations: {}, ports: [port] })
    equal((values('', 'port: 8443')['service'] as { ports: unknown }).ports, [{ ...port, port: 8443 }])
    const ported = values('', 'port: 31443, workload: { serviceType: NodePort }')['service']
    equal(ported, { type: 'NodePort', annotations: {}, ports: [{ ...port, nodePort: 31443 }] })
  })

  test('labels are those that are selected, in any order of the intent', () => {
    const one = values('', 'selector: { b: x, a: y }')
    equal(Object.keys(one['labels'] as object), ['a', 'b'])
    equal(JSON.stringify(one), JSON.stringify(values('', 'selector: { a: y, b: x }')))
  })

  test('a tag goes before a revision, and neither is made up', () => {
    is(values('', '')['revision'], undefined)
    is(values('revision: r', '')['revision'], 'r')
    is(values('revision: r, tag: t', '')['revision'], 't')
  })

  test('a single pod has no budget, and what the user annotates goes before what the cloud needs', () => {
    const key = 'oci.oraclecloud.com/load-balancer-type'
    const found = values('', `workload: { cloud: oci, replicas: { min: 1 }, annotations: { ${key}: lb } }`)
    is(found['podDisruptionBudget'], undefined)
    equal((found['service'] as { annotations: unknown }).annotations, {
      'oci-network-load-balancer.oraclecloud.com/internal': 'false',
      [key]: 'lb',
    })
  })
})

describe('a Gateway of the Kubernetes Gateway API', (test) => {
  test('there is one that leads nowhere, even when nothing is exposed', () => {
    const [map, gateway] = made(meshWith('', 'install: gateway-api'))
    equal([map?.kind, gateway?.kind], ['ConfigMap', 'Gateway'])
    equal(
      gateway?.spec.listeners.map(({ hostname }) => hostname),
      ['nothing.invalid'],
    )
    is('istio.io/rev' in (gateway?.metadata.labels ?? {}), false)
  })

  test('no ConfigMap for an istiod that takes none, a namespace where it is its own', () => {
    equal(
      made(meshWith("version: '1.25'", 'install: gateway-api, namespace: gateways')).map(({ kind }) => kind),
      ['Namespace', 'Gateway'],
    )
    const [, map] = made(meshWith("version: '1.26'", 'install: gateway-api, namespace: gateways'))
    equal(Object.keys(map?.data ?? {}), ['deployment', 'horizontalPodAutoscaler', 'podDisruptionBudget'])
    equal((parse(map?.data['horizontalPodAutoscaler'] ?? '') as { spec: object }).spec, {
      minReplicas: 2,
      maxReplicas: 5,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ],
    })
  })

  test('64 listeners are all there are: 63 hosts are planned, one more is MESH-E890', () => {
    const codes = (count: number): string[] => {
      const mesh = meshWith('', 'install: gateway-api', services(count))
      const { diagnostics, lock } = plan({ mesh, lock: emptyLock, files: new Map(), now: NOW })
      is(made(mesh, lock).at(-1)?.spec.listeners.length, count + 1)
      return diagnostics.map(({ code }) => code).filter((code) => code === 'MESH-E890')
    }
    equal(codes(LISTENED_HOSTS_MAX), [])
    equal(codes(LISTENED_HOSTS_MAX + 1), ['MESH-E890'])
  })
})

describe('settings of a gateway', (test) => {
  const own = (gateway: string): string => `gateway: { addresses: [192.0.2.1], ${gateway} }`

  test('what nobody reads is warned about', () => {
    equal(codesOf(own('install: none, workload: { cloud: aws }')), ['MESH-W292'])
    equal(codesOf(own('install: gateway-api, selector: { a: b }')), ['MESH-W292'])
    equal(codesOf(own('install: helm-values, selector: { a: b }')), [])
  })

  test('a chart that newer Helms refuse is warned about until the patch is named', () => {
    const chart = (version: string): string[] =>
      codesOf(`istio: { version: '${version}' }, ${own('install: helm-values')}`).filter((c) => c !== 'MESH-W212')
    for (const version of ['1.22', '1.24.6', '1.25', '1.25.4', '1.26.3', '1.27', '1.27.0']) {
      equal(chart(version), ['MESH-W297'], version)
    }
    for (const version of ['1.25.5', '1.26.4', '1.27.1', '1.28', '1.30']) equal(chart(version), [], version)
  })

  test('defaults of the mesh hold for each cluster', () => {
    const mesh = meshOf(
      '',
      '',
      '  - { name: a, gateway: { addresses: [192.0.2.1], workload: { replicas: { min: 7 } } } }\n',
    )
    equal(mesh.clusters[0]?.gateway.workload.replicas, { min: 7, max: 7 })
  })
})
