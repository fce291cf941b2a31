/** The Kubernetes objects that a cluster has beside what was rendered. */
import { at, type KubernetesObject } from '../manifests.ts'
import { applicationPort, numberOf, type ClusterName } from './addresses.ts'
import { applicationPod, gatewayPod, type Pod } from './pods.ts'
import type { Site } from './settings.ts'

const NODE = 'node-1'

/** As the fixture's mesh.yaml has them. */
const LOCALITIES = {
  'cluster-1': { 'topology.kubernetes.io/region': 'eu-west-1', 'topology.kubernetes.io/zone': 'eu-west-1a' },
  'cluster-2': { 'topology.kubernetes.io/region': 'eu-central-1', 'topology.kubernetes.io/zone': 'eu-central-1b' },
} as const

/** What the cluster's owners have: namespaces, a node, and for each pod its Service, endpoints and account. */
export function ownersObjects({ cluster, application }: Site): KubernetesObject[] {
  return [
    core('Namespace', { name: 'istio-system' }),
    core('Namespace', { name: 'mesh-imports' }),
    core('Namespace', { name: application.namespace, labels: { 'istio-injection': 'enabled' } }),
    core('Node', { name: NODE, labels: LOCALITIES[cluster] }),
    ...podObjects(application),
    // A second Service, so that a gateway that exports only this one has a listener nevertheless.
    ...serviceObjects({ ...application, service: 'other' }, 3),
    ...podObjects(gatewayPod(cluster)),
  ]
}

/**
 * What stands for a pod's own network, which there is none of: each Envoy listens at its pod's address, the caller's
 * also at the virtual addresses of the imported hosts. STRICT, so that nothing passes without a certificate. Connections
 * end after a few requests, so that a change of certificate or policy is met by new handshakes all the time.
 */
export function standIns({ cluster, files, application, callsAt }: Site): KubernetesObject[] {
  const { namespace, address, ports } = application
  const gateway = gatewayPod(cluster)
  const ingress = ports.map(({ name, podPort, protocol }) => ({
    port: { number: podPort, name, protocol },
    bind: address,
    defaultEndpoint: `127.0.0.1:${applicationPort(cluster, podPort)}`,
    captureMode: 'NONE',
  }))
  const egress = files.objects
    .filter(({ kind }) => kind === 'ServiceEntry')
    .flatMap((entry) =>
      (at(entry, 'spec', 'ports') as readonly { readonly name: string; readonly number: number }[]).map((port) => ({
        port,
        bind: callsAt ?? at(entry, 'spec', 'addresses', 0),
        captureMode: 'NONE',
        hosts: [`*/${String(at(entry, 'spec', 'hosts', 0))}`],
      })),
    )
  return [
    networking('v1', 'Sidecar', { name: 'default', namespace }, { ingress, egress }),
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      metadata: { name: 'default', namespace: 'istio-system' },
      spec: { mtls: { mode: 'STRICT' } },
    },
    envoyFilter('gateway-address', gateway.namespace, {
      applyTo: 'LISTENER',
      match: { context: 'GATEWAY', listener: { portNumber: 15_443 } },
      patch: {
        operation: 'MERGE',
        value: { address: { socket_address: { address: gateway.address, port_value: 15_443 } } },
      },
    }),
    envoyFilter('few-requests-a-connection', namespace, {
      applyTo: 'NETWORK_FILTER',
      match: {
        context: 'SIDECAR_INBOUND',
        listener: { filterChain: { filter: { name: 'envoy.filters.network.http_connection_manager' } } },
      },
      patch: {
        operation: 'MERGE',
        value: {
          typed_config: {
            '@type':
              'type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            common_http_protocol_options: { max_requests_per_connection: 4 },
          },
        },
      },
    }),
  ]
}

/** Lets only this principal call the cluster's service. */
export function allowOnly(cluster: ClusterName, principal: string): KubernetesObject {
  const { service, namespace } = applicationPod(cluster)
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name: service, namespace },
    spec: {
      selector: { matchLabels: { app: service } },
      action: 'ALLOW',
      rules: [{ from: [{ source: { principals: [principal] } }] }],
    },
  }
}

function podObjects(pod: Pod): KubernetesObject[] {
  const { name, namespace, labels, service, address, ports } = pod
  const annotations = { 'sidecar.istio.io/status': '{"containers":["istio-proxy"]}' }
  return [
    core('ServiceAccount', { name: service, namespace }),
    ...serviceObjects(pod, pod.role === 'router' ? 2 : 1),
    {
      ...core('Pod', { name, namespace, labels, ...(pod.role === 'sidecar' && { annotations }) }),
      spec: {
        serviceAccountName: service,
        nodeName: NODE,
        containers: [
          {
            name: 'main',
            image: 'none',
            ports: ports.map(({ podPort }) => ({ containerPort: podPort, protocol: 'TCP' })),
          },
        ],
      },
      status: {
        phase: 'Running',
        podIP: address,
        podIPs: [{ ip: address }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    },
  ]
}

function serviceObjects(pod: Pod, number: number): KubernetesObject[] {
  const { name, namespace, service, cluster, address, ports, labels } = pod
  const clusterIP = `10.96.${numberOf(cluster)}.${number}`
  return [
    {
      ...core('Service', { name: service, namespace, labels }),
      spec: {
        clusterIP,
        clusterIPs: [clusterIP],
        type: pod.role === 'router' ? 'LoadBalancer' : 'ClusterIP',
        selector: labels,
        ports: ports.map(({ name, port, podPort }) => ({ name, port, targetPort: podPort, protocol: 'TCP' })),
      },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: `${service}-x`, namespace, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      ports: ports.map(({ name, podPort }) => ({ name, port: podPort, protocol: 'TCP' })),
      endpoints: [
        {
          addresses: [address],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: NODE,
          targetRef: { kind: 'Pod', name, namespace },
        },
      ],
    },
  ]
}

function core(kind: string, metadata: KubernetesObject['metadata']): KubernetesObject {
  return { apiVersion: 'v1', kind, metadata }
}

function networking(
  version: string,
  kind: string,
  metadata: KubernetesObject['metadata'],
  spec: unknown,
): KubernetesObject {
  return { apiVersion: `networking.istio.io/${version}`, kind, metadata, spec }
}

function envoyFilter(name: string, namespace: string, configPatch: unknown): KubernetesObject {
  return networking('v1alpha3', 'EnvoyFilter', { name, namespace }, { configPatches: [configPatch] })
}
