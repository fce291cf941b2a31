/** What a provider lets the other clusters call. */
import { istioAnnotations, labels, sorted, type Manifest } from '../kubernetes/manifest.ts'
import type { Lock } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { localName } from './sni.ts'

/**
 * The port on which the gateway's pods listen. `gateway.port` of the intent is what other clusters dial, which a node
 * port or load balancer may map; only this one stands in the Gateway.
 */
export const GATEWAY_LISTEN_PORT = 15_443

/** Also of the Kubernetes Gateway API, where that one exposes the hosts. */
export const GATEWAY_NAME = 'meshwright-exports'

/** Names inside the cluster of what it exposes, sorted. */
export function exposedNames(lock: Lock, cluster: Cluster): readonly string[] {
  return [...lock.hosts.values()]
    .filter((host) => host.exposures.some((e) => e.cluster === cluster.name))
    .map((host) => localName({ name: host.service, namespace: host.namespace }, cluster))
    .sort()
}

/**
 * One Gateway with one server, whatever the number of hosts: a second server on the port would be skipped or, where
 * hosts overlap, make Envoy refuse the whole listener (istio#42050). Undefined when the cluster exposes nothing, since
 * a server needs a host. Retiring exposures stay in, so that nobody is cut off who has not synced yet.
 */
export function exportGateway(mesh: Mesh, lock: Lock, cluster: Cluster): Manifest | undefined {
  const hosts = exposedNames(lock, cluster)
  if (hosts.length === 0) return undefined
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: {
      name: GATEWAY_NAME,
      namespace: cluster.gateway.namespace,
      labels: labels(mesh.name, 'gateway'),
      annotations: istioAnnotations('gateway'),
    },
    spec: {
      selector: sorted(cluster.gateway.selector),
      servers: [
        {
          port: { number: GATEWAY_LISTEN_PORT, name: 'tls', protocol: 'TLS' },
          tls: { mode: 'AUTO_PASSTHROUGH' },
          hosts,
        },
      ],
    },
  }
}
