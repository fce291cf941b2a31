/**
 * Meshes with gateways that are installed from here, which share the lock and the files of fixtures/two-clusters: the one
 * of fixtures/gateway-install, and others that say what it does not.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster, Mesh } from '../../../src/mesh/mesh.ts'
import { FIXTURES } from '../../fixture.ts'
import { meshIn } from '../istio/mesh-in.ts'
import { meshwright } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'

export interface Variant {
  readonly name: string
  /** The two clusters as the intent has them; absent: those of the fixture. */
  readonly clusters?: readonly [string, string]
}

export interface Place {
  readonly mesh: Mesh
  readonly folder: string
  readonly output: string
}

export const VARIANTS: readonly Variant[] = [
  { name: 'the fixture' },
  {
    name: 'ports of the nodes, by istiod and by the chart',
    clusters: [
      `istio: { version: '1.30' }
    gateway:
      addresses: [cluster-1-gw.example.com]
      port: 30443
      install: gateway-api
      workload: { serviceType: NodePort, replicas: { min: 1, max: 1 }, topologySpread: none }`,
      `gateway:
      addresses: [203.0.113.7]
      port: 31443
      install: helm-values
      selector: { app: crossing, istio: crossing, team: mesh }
      workload: { serviceType: NodePort, replicas: { min: 1 }, topologySpread: none }`,
    ],
  },
  {
    name: 'charts, one by a tag and one behind another port',
    clusters: [
      `istio: { version: '1.31', revision: canary, tag: default }
    gateway:
      addresses: [cluster-1-gw.example.com]
      port: 8443
      namespace: gateways
      install: helm-values
      workload: { cloud: azure, internal: true, externalTrafficPolicy: Cluster, topologySpread: required }`,
      `gateway:
      addresses: [203.0.113.7]
      install: helm-values
      selector: { istio: eastwestgateway, role: east-west }
      workload:
        cloud: oci
        replicas: { min: 4 }
        resources: { requests: { cpu: '1', memory: 512Mi }, limits: { cpu: '2' } }`,
    ],
  },
  {
    name: 'by istiod in a namespace of its own, and by an istiod without revision in a namespace of its own',
    clusters: [
      `istio: { version: '1.31', revision: 1-31 }
    gateway:
      addresses: [cluster-1-gw.example.com]
      namespace: gateways
      install: gateway-api
      workload: { cloud: gcp }`,
      `istio: { namespace: istio-system, rootNamespace: istio-root }
    gateway: { addresses: [203.0.113.7], namespace: gateways, install: gateway-api }`,
    ],
  },
]

export function placeOf(bench: Workbench, { clusters }: Variant): Place {
  const folder = join(bench.scratch('variant'), 'mesh')
  cpSync(join(FIXTURES, 'two-clusters'), folder, { recursive: true })
  const text = readFileSync(join(FIXTURES, 'gateway-install', 'mesh.yaml'), 'utf8')
  writeFileSync(join(folder, 'mesh.yaml'), clusters === undefined ? text : withClusters(text, clusters))
  meshwright(bench, folder, ['generate'])
  const output = join(folder, 'output')
  meshwright(bench, folder, ['verify', output])
  return { mesh: meshIn(folder), folder, output }
}

function withClusters(text: string, [one, other]: readonly [string, string]): string {
  const clusters = `clusters:
  - name: cluster-1
    locality: eu-west-1/eu-west-1a
    ${one}
  - name: cluster-2
    locality: eu-central-1/eu-central-1b
    ${other}
services:`
  return text.replace(/^clusters:[^]*^services:/m, () => clusters)
}

/** What its pods are named by, for whoever watches revisions. */
export function revisionOf({ istio }: Cluster): string | undefined {
  return istio.tag ?? istio.revision
}
