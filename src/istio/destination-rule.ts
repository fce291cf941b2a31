/** How a consumer's sidecars speak to a host of another cluster. */
import { invariant } from '../diagnostics/failure.ts'
import type { Manifest } from '../kubernetes/manifest.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { dialledPort } from '../mesh/ports.ts'
import { exportTo, importedMetadata, type Sides } from './imported.ts'
import { portSettings, ruleSettings } from './settings.ts'
import { dialledName, sniOf } from './sni.ts'

/**
 * Mutual TLS with the SNI that the provider's gateway knows. It is set for each port: the port is part of the name, and
 * one SNI over all ports would send them all to one. Same name, namespace and visibility as the ServiceEntry, so that
 * a sidecar that sees one sees the other.
 */
export function destinationRule(
  mesh: Mesh,
  service: Service,
  { into, providers, balancing, consumer }: Sides,
): Manifest {
  const [provider] = providers
  invariant(provider !== undefined, `nobody serves ${service.key}`)
  // All providers have the same domain and dialect, so one SNI does for all endpoints.
  const name = dialledName(service, provider.cluster)
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      host: service.host,
      trafficPolicy: {
        ...ruleSettings(service),
        portLevelSettings: service.ports.map((port) => ({
          port: { number: dialledPort(port) },
          tls: { mode: 'ISTIO_MUTUAL', sni: sniOf(name, port.port) },
          ...portSettings(service, port.protocol, balancing),
        })),
      },
      exportTo: exportTo(consumer),
    },
  }
}
