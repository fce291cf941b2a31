/**
 * How a pod's calls of a host are shared among its providers, by the intent: written apart from what is rendered, and in
 * the terms of Envoy.
 */
import { clusterNamed, servingOf, type Mesh, type Provider, type Service } from '../../../src/mesh/mesh.ts'

export interface Share {
  /** 0 is called first. */
  readonly priority: number
  readonly percent?: number
}

/** Share of each provider, by its name. @param caller the cluster of the pod, and `region/zone` of its node */
export function sharesOf(
  mesh: Mesh,
  service: Service,
  caller: { readonly cluster: string; readonly zone: string },
): Map<string, Share> {
  const serving = servingOf(service)
  const home = clusterNamed(mesh, caller.cluster)?.locality
  const isHome = serving.some(({ cluster }) => cluster === caller.cluster)
  const rank = (provider: Provider): number => {
    if (service.failover.mode === 'none' || service.failover.mode === 'weighted') return 0
    if (provider.cluster === caller.cluster) return -1
    if (service.failover.mode === 'ordered') return service.failover.order.indexOf(provider.cluster)
    return isHome ? away(home, provider.locality) : away(caller.zone, provider.locality)
  }
  const ranks = [...new Set(serving.map(rank))].sort((a, b) => a - b)
  const sum = serving.reduce((total, { weight = 0 }) => total + weight, 0)
  return new Map(
    serving.map((provider): [string, Share] => {
      const { cluster, weight } = provider
      const isShared = serving.length > 1 && weight !== undefined
      return [cluster, { priority: ranks.indexOf(rank(provider)), ...(isShared && { percent: (weight * 100) / sum }) }]
    }),
  )
}

/** The same zone, the same region, elsewhere. A zone that is not known is another one. */
function away(from = '', to = ''): number {
  if (from === to && from.includes('/')) return 0
  return from.split('/')[0] === to.split('/')[0] ? 1 : 2
}
