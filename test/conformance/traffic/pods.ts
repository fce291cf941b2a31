/** The pods of a cluster: its part of the article's two services, and its east-west gateway. */
import { gatewayAddress, numberOf, podAddress, type ClusterName } from './addresses.ts'

export interface Pod {
  readonly name: string
  readonly cluster: ClusterName
  readonly role: 'sidecar' | 'router'
  /** Of Service, service account and label `app`. */
  readonly service: string
  readonly namespace: string
  readonly address: string
  readonly labels: Readonly<Record<string, string>>
  readonly ports: readonly PodPort[]
  /** First of the ports of 127.0.0.1 that its agent and Envoy have for themselves. */
  readonly adminPort: number
}

export interface PodPort {
  readonly name: string
  /** Of the Service. */
  readonly port: number
  readonly podPort: number
  readonly protocol: 'HTTP' | 'GRPC' | 'TCP' | 'TLS' | 'Mongo' | 'MySQL'
}

const APPLICATION_PORTS: readonly PodPort[] = [
  { name: 'http', port: 8000, podPort: 8080, protocol: 'HTTP' },
  { name: 'grpc', port: 9090, podPort: 9090, protocol: 'GRPC' },
  { name: 'tcp', port: 9000, podPort: 9000, protocol: 'TCP' },
  { name: 'tls', port: 443, podPort: 8443, protocol: 'TLS' },
  { name: 'mongo', port: 27_017, podPort: 27_017, protocol: 'Mongo' },
  { name: 'mysql', port: 3306, podPort: 3306, protocol: 'MySQL' },
]

interface Named {
  readonly service: string
  readonly namespace: string
}

const SERVICES: Readonly<Record<ClusterName, Named>> = {
  'cluster-1': { service: 'svc-1', namespace: 'foo' },
  'cluster-2': { service: 'svc-2', namespace: 'bar' },
}

/** The pod that calls and is called. */
export function applicationPod(cluster: ClusterName): Pod {
  return podOf(cluster, SERVICES[cluster])
}

/** The same where both clusters run one service. */
export function sharedPod(cluster: ClusterName): Pod {
  return podOf(cluster, { service: 'shared', namespace: 'shop' })
}

function podOf(cluster: ClusterName, { service, namespace }: Named): Pod {
  return {
    name: `${service}-0`,
    cluster,
    role: 'sidecar',
    service,
    namespace,
    address: podAddress(cluster),
    labels: { app: service, 'security.istio.io/tlsMode': 'istio', 'service.istio.io/canonical-name': service },
    ports: APPLICATION_PORTS,
    adminPort: 21_000 + 200 * numberOf(cluster),
  }
}

export function gatewayPod(cluster: ClusterName): Pod {
  return {
    name: 'istio-eastwestgateway-0',
    cluster,
    role: 'router',
    service: 'istio-eastwestgateway',
    namespace: 'istio-system',
    address: gatewayAddress(cluster),
    labels: { app: 'istio-eastwestgateway', istio: 'eastwestgateway' },
    ports: [{ name: 'tls', port: 15_443, podPort: 15_443, protocol: 'TLS' }],
    adminPort: 21_100 + 200 * numberOf(cluster),
  }
}

export function spiffeOf({ namespace, service }: Pod, trustDomain = 'cluster.local'): string {
  return `spiffe://${trustDomain}/ns/${namespace}/sa/${service}`
}

/** As its own cluster calls it. */
export function localNameOf({ service, namespace }: Pod): string {
  return `${service}.${namespace}.svc.cluster.local`
}

/** As other clusters call it. */
export function hostOf({ service, namespace }: Pod): string {
  return `${service}.${namespace}.global`
}

/** What the caller's Envoy must ask the provider's gateway for. */
export function sniOf(pod: Pod, port: number): string {
  return `outbound_.${port}_._.${localNameOf(pod)}`
}
