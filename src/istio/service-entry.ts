/** How a consumer's sidecars know a host of another cluster. */
import type { Manifest } from '../kubernetes/manifest.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { exportTo, importedMetadata, type Sides } from './imported.ts'

/**
 * @param address the host's virtual IP
 * @param into the consuming cluster, @param provider the one that runs the service
 */
export function serviceEntry(
  mesh: Mesh,
  service: Service,
  address: string,
  { into, provider, consumer }: Sides,
): Manifest {
  const { gateway } = provider
  const ports = Object.fromEntries(service.ports.map((port) => [port.name, gateway.port]))
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'ServiceEntry',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      hosts: [service.host],
      addresses: [address],
      location: 'MESH_INTERNAL',
      // STATIC endpoints must be IPs; with a DNS name among them, the sidecars resolve them all.
      resolution: gateway.addresses.every((a) => parseIpv4(a) !== undefined) ? 'STATIC' : 'DNS',
      ports: service.ports.map(({ port, name, protocol }) => ({ number: port, name, protocol })),
      endpoints: [...gateway.addresses].sort().map((endpoint) => ({
        address: endpoint,
        ports,
        ...(provider.locality !== undefined && { locality: provider.locality }),
        labels: {
          // Without this label a sidecar would speak plain text to an endpoint that is no pod of its own cluster.
          'security.istio.io/tlsMode': 'istio',
          'meshwright.dev/cluster': provider.name,
        },
      })),
      ...(service.serviceAccounts.length > 0 && {
        subjectAltNames: service.serviceAccounts.map(
          (account) => `spiffe://${mesh.trustDomain}/ns/${service.namespace}/sa/${account}`,
        ),
      }),
      exportTo: exportTo(consumer),
    },
  }
}
