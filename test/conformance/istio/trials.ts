/**
 * Shapes that are not rendered yet, and that were tried out before they are: one that Istio's code does not survive, and
 * one in which a provider that is a consumer too reaches its own copy first. meshcheck must understand both.
 */
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { add, all, edit, type Change } from './change.ts'

/** The host of svc-1 as cluster-1, which runs it, could know it itself, with cluster-2 running it as well. */
function ownHost(endpoints: string, balancing: string): string {
  return `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: svc-1.foo, namespace: mesh-imports }
spec:
  hosts: [svc-1.foo.global]
  addresses: [240.16.0.20]
  location: MESH_INTERNAL
  resolution: DNS
  ports: [{ number: 8000, name: http, protocol: HTTP }]
  endpoints:
${endpoints}  subjectAltNames: [spiffe://cluster.local/ns/foo/sa/svc-1]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: svc-1.foo, namespace: mesh-imports }
spec:
  host: svc-1.foo.global
  trafficPolicy:
    portLevelSettings:
      - port: { number: 8000 }
${balancing}        outlierDetection: { consecutive5xxErrors: 3, maxEjectionPercent: 100 }
        tls: { mode: ISTIO_MUTUAL, sni: outbound_.8000_._.svc-1.foo.svc.cluster.local }
`
}

const PRIORITY = `        loadBalancer: { localityLbSetting: { failoverPriority: ["meshwright.dev/cluster=cluster-1"] } }
`

function endpoint(address: string, port: number, cluster: string, locality?: string): string {
  return `    - address: ${address}
      ports: { http: ${port} }
${locality === undefined ? '' : `      locality: ${locality}\n`}      labels: { security.istio.io/tlsMode: istio, meshwright.dev/cluster: ${cluster} }
`
}

const OWN = endpoint('svc-1.foo.svc.cluster.local', 8000, 'cluster-1')
const OTHER = endpoint('203.0.113.7', 15443, 'cluster-2')

const BOTH_RUN_IT = edit(
  'clusters/cluster-2/gateway/gateway.yaml',
  / +- svc-2\.bar\.svc\.cluster\.local\n/,
  '        - svc-1.foo.svc.cluster.local\n        - svc-2.bar.svc.cluster.local\n',
)

export const OWN_COPY_FIRST: Change = all(
  BOTH_RUN_IT,
  add('clusters/cluster-1/services', ownHost(OWN + OTHER, PRIORITY)),
)

/** The same without a priority: which copy answers is then left to chance. */
export const OWN_COPY_ANYHOW: Change = all(BOTH_RUN_IT, add('clusters/cluster-1/services', ownHost(OWN + OTHER, '')))

/** Ordered failover in a DNS ServiceEntry whose endpoints have two localities (istio#61857). */
export const CRASH: Change = all(
  BOTH_RUN_IT,
  add(
    'clusters/cluster-1/services',
    ownHost(
      endpoint('cluster-1-gw.example.com', 15443, 'cluster-1', 'us-east-1/us-east-1a') +
        endpoint('203.0.113.7', 15443, 'cluster-2', 'us-east-1/us-east-1b'),
      PRIORITY,
    ),
  ),
)

/** svc-1 runs in both clusters, and each of these spans several zones. */
export function meshOfTrials(mesh: Mesh): Mesh {
  const copies = mesh.services
    .filter(({ key }) => key === 'svc-1.foo')
    .map((service) => ({ ...service, providers: [{ cluster: 'cluster-2', state: 'serving' as const }], consumers: [] }))
  // A region alone, so that its zones are made up.
  const clusters = mesh.clusters.map((cluster) => ({ ...cluster, locality: 'region-1' }))
  return { ...mesh, clusters, services: [...mesh.services, ...copies] }
}
