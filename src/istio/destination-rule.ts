/** How a consumer's sidecars speak to a host of another cluster. */
import { invariant } from '../diagnostics/failure.ts'
import type { Manifest } from '../kubernetes/manifest.ts'
import { balancingAmong, type Balancing } from '../mesh/failover.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { dialledPort } from '../mesh/ports.ts'
import { servingTarget, targetName, targetsOf, type Target } from '../mesh/routing.ts'
import { exportTo, importedMetadata, subsetLabel, type Sides } from './imported.ts'
import { portSettings, ruleSettings } from './settings.ts'
import { dialledName, sniOf } from './sni.ts'

/**
 * Mutual TLS with the SNI that the provider's gateway knows. It is set for each port: the port is part of the name, and
 * one SNI over all ports would send them all to one. Same name, namespace and visibility as the ServiceEntry, so that
 * a sidecar that sees one sees the other.
 */
export function destinationRule(mesh: Mesh, service: Service, sides: Sides): Manifest {
  const { into, providers, balancing, consumer } = sides
  const [provider] = providers
  invariant(provider !== undefined, `nobody serves ${service.key}`)
  // All providers have the same domain and dialect, so one SNI does for all endpoints.
  const name = dialledName(service, provider.cluster)
  const subsets = targetsOf(service).map((target) => subsetOf(service, name, balancing, target))
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: importedMetadata(mesh, service, into),
    spec: {
      host: service.host,
      trafficPolicy: { ...ruleSettings(service), ...portPolicies(service, name, balancing) },
      ...(subsets.length > 0 && { subsets }),
      exportTo: exportTo(consumer),
    },
  }
}

/**
 * All that is set for a port: its own settings take the place of those of the rule, and those of a subset that of both.
 *
 * @param name of the service inside its clusters
 */
function portPolicies(service: Service, name: string, balancing: Balancing, subset: string = ''): object {
  return {
    portLevelSettings: service.ports.map((port) => ({
      port: { number: dialledPort(port) },
      tls: { mode: 'ISTIO_MUTUAL', sni: sniOf(name, port.port, subset) },
      ...portSettings(service, port.protocol, balancing),
    })),
  }
}

/** Pods in certain clusters are told by the labels of the endpoints; which pods there, only the gateways know, by the SNI. */
function subsetOf(service: Service, name: string, balancing: Balancing, target: Target): object {
  const { subset, cluster } = target
  return {
    name: targetName(target),
    labels: {
      ...(cluster !== undefined && { 'meshwright.dev/cluster': cluster }),
      ...(subset !== undefined && subsetLabel(subset)),
    },
    trafficPolicy: portPolicies(service, name, balancingAmong(balancing, servingTarget(service, target)), subset),
  }
}
