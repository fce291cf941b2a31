/**
 * The name that ties the two sides together: what a consumer sends as SNI, a provider's AUTO_PASSTHROUGH gateway knows
 * as the key of a local service's cluster (istio: pilot/pkg/model/service.go BuildDNSSrvSubsetKey).
 */
import { isLegacy } from '../mesh/capabilities.ts'
import type { Cluster, Service } from '../mesh/mesh.ts'

/** `<service>.<namespace>.svc.<domain>`: the service's name inside its own cluster. */
export function localName(service: { readonly name: string; readonly namespace: string }, provider: Cluster): string {
  return `${service.name}.${service.namespace}.svc.${provider.domain}`
}

/** `port` is the port of the provider's Kubernetes Service. The empty subset is written as nothing between underscores. */
export function sniOf(name: string, port: number, subset: string = ''): string {
  return `outbound_.${port}_.${subset}_.${name}`
}

/** The name by which a provider's gateway knows a service: that inside its cluster, or the host whose suffix it rewrites. */
export function dialledName(service: Service, provider: Cluster): string {
  return isLegacy(provider.istio.version) ? service.host : localName(service, provider)
}
