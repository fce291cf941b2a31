/** How a consumer's sidecars know a host of another cluster. */
import type { Manifest } from '../kubernetes/manifest.ts'
import { isIp } from '../mesh/ip.ts'
import type { Balancing } from '../mesh/failover.ts'
import type { Mesh, Port, Service } from '../mesh/mesh.ts'
import { trustDomainsOf } from '../mesh/trust-domains.ts'
import { dialledPort } from '../mesh/ports.ts'
import { endpointLocality, tierLabels } from './balancing.ts'
import { hasSubset } from '../mesh/routing.ts'
import { exportTo, importedMetadata, subsetLabel, type Serving, type Sides } from './imported.ts'
import { localName } from './sni.ts'

/** @param address the host's virtual IP */
export function serviceEntry(mesh: Mesh, service: Service, address: string, sides: Sides): Manifest {
  const { into, consumer, balancing } = sides
  const dialled = sides.providers.map((serving) => ({ serving, places: placesOf(service, serving, sides) }))
  // STATIC endpoints must be IPs; with a DNS name among them, the sidecars resolve them all.
  const isDns = dialled.some(({ places }) => places.some((place) => !isIp(place.address)))
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      hosts: [service.host],
      addresses: [address],
      location: 'MESH_INTERNAL',
      resolution: isDns ? 'DNS' : 'STATIC',
      ports: service.ports.map(entryPort),
      endpoints: dialled.flatMap(({ serving, places }) => endpoints(service, places, serving, balancing, isDns)),
      ...(service.serviceAccounts.length > 0 && {
        subjectAltNames: identities(mesh, service, sides),
      }),
      exportTo: exportTo(consumer),
    },
  }
}

/** `targetPort` decides nothing, since each endpoint maps its ports itself: it says which port of the Service is meant. */
function entryPort(port: Port): object {
  const number = dialledPort(port)
  const { name, protocol } = port
  return { number, name, protocol, ...(number !== port.port && { targetPort: port.port }) }
}

/** Of whoever may answer: the service's accounts in each cluster that serves it. */
export function identities(mesh: Mesh, { namespace, serviceAccounts }: Service, { providers }: Sides): string[] {
  const names = providers.map(({ cluster }) => cluster.name)
  return trustDomainsOf(mesh, names).flatMap((trustDomain) =>
    serviceAccounts.map((account) => `spiffe://${trustDomain}/ns/${namespace}/sa/${account}`),
  )
}

/** Where a provider is dialled. */
interface Place {
  readonly address: string
  readonly portOf: (port: number) => number
}

/**
 * The gateway's addresses; at home, the Service itself under its own name and ports. No gateway of ours leads to a host of
 * the mesh, only to Services, so that nothing goes in a circle.
 */
function placesOf(service: Service, { cluster }: Serving, { into }: Sides): Place[] {
  if (cluster.name === into.name) return [{ address: localName(service, cluster), portOf: (port) => port }]
  const { addresses, port } = cluster.gateway
  return [...addresses].sort().map((address) => ({ address, portOf: () => port }))
}

function endpoints(
  { ports, subsets }: Service,
  places: readonly Place[],
  { cluster: { name }, provider }: Serving,
  balancing: Balancing,
  isDns: boolean,
): object[] {
  const locality = endpointLocality(balancing, { name, locality: provider.locality }, isDns)
  return places.map(({ address, portOf }) => ({
    address,
    ports: Object.fromEntries(ports.map((port) => [port.name, portOf(port.port)])),
    ...(locality !== undefined && { locality }),
    labels: {
      // Without this label a sidecar would speak plain text to an endpoint that is no pod of its own cluster.
      'security.istio.io/tlsMode': 'istio',
      'meshwright.dev/cluster': name,
      ...tierLabels(balancing, name),
      ...Object.assign({}, ...subsets.filter((s) => hasSubset(provider, s.name)).map((s) => subsetLabel(s.name))),
    },
  }))
}
