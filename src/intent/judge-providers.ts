/** What several providers of one host must have in common, and what those who call them must be able to do. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { supports } from '../mesh/capabilities.ts'
import type { Cluster, Service } from '../mesh/mesh.ts'
import { isIp } from '../mesh/ip.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'

/** @param clusters all of the mesh; providers and consumers that are not among them are told elsewhere */
export function judgeProviders(
  service: Pick<Service, 'key' | 'providers' | 'failover' | 'consumers'>,
  at: Locate,
  clusters: readonly Cluster[],
  complaints: Complaints,
): void {
  const providing = service.providers.flatMap(({ cluster }) => clusters.find(({ name }) => name === cluster) ?? [])
  judgeDomains(service.key, providing, at, complaints)
  if (service.failover.mode !== 'ordered') return
  const consuming = service.consumers.flatMap(({ cluster }) => clusters.find(({ name }) => name === cluster) ?? [])
  for (const consumer of consuming) judgeOrder(service.key, consumer, providing, at, complaints)
}

/** The SNI is that of all endpoints of a host (istio: pilot/pkg/networking/core/cluster_tls.go). */
function judgeDomains(key: string, providing: readonly Cluster[], at: Locate, complaints: Complaints): void {
  const byDomain = new Map<string, string[]>()
  for (const { domain, name } of providing) byDomain.set(domain, [...(byDomain.get(domain) ?? []), name])
  if (byDomain.size < 2) return
  const groups = [...byDomain].sort(([a, of], [b, those]) => those.length - of.length || (a < b ? -1 : 1))
  const domains = groups.map(([domain, names]) => `${names.join(' and ')} in ${domain}`)
  const others = groups.slice(1).flatMap(([, names]) => names)
  complaints.add(diagnose('MESH-E277', { service: key, domains, others }, at('clusters')))
}

/** Of an Istio that takes no priorities by label where Envoy resolves names, the order would be none. */
function judgeOrder(
  key: string,
  consumer: Cluster,
  providing: readonly Cluster[],
  at: Locate,
  complaints: Complaints,
): void {
  const { version } = consumer.istio
  const dialled = providing.filter(({ name }) => name !== consumer.name)
  const name = dialled.flatMap(({ gateway }) => gateway.addresses).find((address) => !isIp(address))
  if (dialled.length < 2 || name === undefined || supports('dns-failover', version)) return
  const args = { service: key, consumer: consumer.name, version, name }
  complaints.add(diagnose('MESH-E278', args, at('traffic', 'failover', 'mode')))
}
