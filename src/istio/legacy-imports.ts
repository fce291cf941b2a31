/**
 * How sidecars of Istio 1.6 and 1.7 know a host of another cluster. The objects are those that the documentation of these
 * versions has: a DestinationRule for `*.<suffix>`, made by the installer, brings the mutual TLS, and Istio's own SNI names the
 * host, so that a ServiceEntry is all there is. They live in the import namespace: an object without `exportTo` is seen by
 * all namespaces there as well as in the caller's own, and istiocoredns reads the ServiceEntries of all of them.
 */
import type { Manifest } from '../kubernetes/manifest.ts'
import { apiVersions, isLegacy } from '../mesh/capabilities.ts'
import type { Cluster, Mesh, Service } from '../mesh/mesh.ts'
import { importedMetadata, type Serving, type Sides } from './imported.ts'
import { GATEWAY_LISTEN_PORT } from './gateway.ts'
import { EGRESS_GATEWAY, EGRESS_NETWORK } from './operator-values.ts'
import { identities } from './service-entry.ts'
import { dialledName, sniOf } from './sni.ts'

/** @param address the host's virtual IP, bare: istiocoredns takes no network, not even one of a single address */
export function legacyImport(mesh: Mesh, service: Service, address: string, sides: Sides): readonly Manifest[] {
  const entry = legacyServiceEntry(mesh, service, address, sides)
  const foreign = sides.providers.find(({ cluster }) => !isLegacy(cluster.istio.version))
  return foreign === undefined ? [entry] : [entry, legacyRule(mesh, service, sides.into, foreign.cluster)]
}

function legacyServiceEntry(mesh: Mesh, service: Service, address: string, sides: Sides): Manifest {
  const { into, providers } = sides
  return {
    apiVersion: apiVersions(into.istio.version).networking,
    kind: 'ServiceEntry',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      hosts: [service.host],
      addresses: [address],
      location: 'MESH_INTERNAL',
      // Also for IP addresses: the view of networks, which the egress variant is made of, counts for these only.
      resolution: 'DNS',
      ports: service.ports.map(({ port, name, protocol }) => ({ number: port, name, protocol })),
      endpoints: providers.flatMap((serving) => endpoints(service, serving, into)),
      ...(service.serviceAccounts.length > 0 && {
        subjectAltNames: identities(mesh, service, sides),
      }),
    },
  }
}

/**
 * The label is what subsets of a consumer select by. With an egress gateway, a sidecar sees the local one only and that one
 * the gateways of the other cluster: both stand for the provider.
 */
function endpoints(service: Service, { cluster: { name, gateway } }: Serving, into: Cluster): object[] {
  const to = (port: number): object => Object.fromEntries(service.ports.map((p): [string, number] => [p.name, port]))
  const labels = { cluster: name }
  const egress = into.istio.egressGateway === true
  const remote = [...gateway.addresses].sort().map((address) => ({
    address,
    ...(egress && { network: EGRESS_NETWORK }),
    ports: to(gateway.port),
    labels,
  }))
  if (!egress) return remote
  const local = `${EGRESS_GATEWAY}.${into.istio.namespace}.svc.${into.domain}`
  return [...remote, { address: local, ports: to(GATEWAY_LISTEN_PORT), labels }]
}

/** A newer gateway knows no suffix: an SNI that is said is sent as it is, and TLS has to be said again beside it. */
function legacyRule(mesh: Mesh, service: Service, into: Cluster, provider: Cluster): Manifest {
  return {
    apiVersion: apiVersions(into.istio.version).networking,
    kind: 'DestinationRule',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      host: service.host,
      trafficPolicy: {
        portLevelSettings: service.ports.map(({ port }) => ({
          port: { number: port },
          tls: { mode: 'ISTIO_MUTUAL', sni: sniOf(dialledName(service, provider), port) },
        })),
      },
    },
  }
}
