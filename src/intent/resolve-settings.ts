/** Connection pool and load balancer of a service, as far as they can do something. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { isIp } from '../mesh/ip.ts'
import { servingOf, type Cluster, type Service } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/ports.ts'
import type { TrafficSettings } from '../mesh/traffic-settings.ts'
import type { Complaints } from './complaints.ts'
import type { Entry, Locate } from './entry.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'

type Called = Pick<Service, 'key' | 'providers' | 'consumers' | 'ports'>

/** @param clusters all of the mesh */
export function resolveSettings(
  { said, own = said, at }: Entry<ServiceIntent>,
  service: Called,
  clusters: readonly Cluster[],
  complaints: Complaints,
): TrafficSettings | undefined {
  const { connectionPool, loadBalancer } = said.traffic ?? {}
  if (connectionPool === undefined && loadBalancer === undefined) return undefined
  judgeUse(own.traffic ?? {}, service, at, clusters, complaints)
  return { ...(connectionPool && { connectionPool }), ...(loadBalancer && { loadBalancer }) }
}

/** Of what the service says itself: defaults are for those whom they fit. */
function judgeUse(
  { connectionPool, loadBalancer }: TrafficSettings,
  service: Called,
  at: Locate,
  clusters: readonly Cluster[],
  complaints: Complaints,
): void {
  const { key, ports } = service
  if (ports.length > 0 && !ports.some(({ protocol }) => isHttp(protocol))) {
    const protocols = [...new Set(ports.map(({ protocol }) => protocol))]
    const refuse = (...path: readonly string[]): void =>
      complaints.add(
        diagnose('MESH-E228', { service: key, field: `traffic.${path.join('.')}`, protocols }, at('traffic', ...path)),
      )
    if (connectionPool?.http !== undefined) refuse('connectionPool', 'http')
    const hash = loadBalancer?.consistentHash
    if (hash !== undefined && hash.useSourceIp === undefined) {
      for (const field of Object.keys(hash)) refuse('loadBalancer', 'consistentHash', field)
    }
  }
  if (loadBalancer !== undefined && !hasChoice(service, clusters)) {
    complaints.add(diagnose('MESH-W231', { service: key }, at('traffic', 'loadBalancer')))
  }
}

/** Whether a consumer dials more than one address; a name may stand for several. */
function hasChoice(service: Called, clusters: readonly Cluster[]): boolean {
  const serving = new Set(servingOf(service).map(({ cluster }) => cluster))
  return service.consumers.some((consumer) => {
    const others = clusters.filter(({ name }) => serving.has(name) && name !== consumer.cluster)
    const addresses = others.flatMap(({ gateway }) => gateway.addresses)
    const own = serving.has(consumer.cluster) ? 1 : 0
    return addresses.length + own > 1 || addresses.some((address) => !isIp(address))
  })
}
