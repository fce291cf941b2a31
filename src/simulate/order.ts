/** Whom a calling pod calls first, and who comes next: the priorities that Istio gives the endpoints of a host. */
import { balancingAmong, balancingOf, type Balancing } from '../mesh/failover.ts'
import { clusterNamed, servingOf, type Cluster, type Mesh, type Provider, type Service } from '../mesh/mesh.ts'
import { servingTarget, type Target } from '../mesh/routing.ts'

/** One provider in a tier. */
export interface Member {
  readonly cluster: string
  /** What it weighs among those of its tier: percent where the intent says so, else how many addresses are dialled. */
  readonly weight: number
  /** Its gateway's; one for the pods of the calling cluster itself. */
  readonly addresses: number
}

/** Providers that are called at the same time. Never empty. */
export type Tier = readonly Member[]

/** Where a pod calls from. */
export interface Caller {
  readonly cluster: Cluster
  /** `region/zone` of its node, or `region`; absent: in none that a provider is in. */
  readonly place?: string
}

/** How the calls to some of the pods of a service are shared. @param target `{}`: all of them */
export function balancingFor(service: Service, into: Cluster, target: Target): Balancing {
  return balancingAmong(balancingOf(service, into), servingTarget(service, target))
}

/** @returns the tiers, the first to be called first */
export function orderFor(mesh: Mesh, service: Service, caller: Caller, target: Target): Tier[] {
  const serving = servingTarget(service, target)
  const balancing = balancingFor(service, caller.cluster, target)
  const member = (cluster: string): Member => {
    const own = cluster === caller.cluster.name
    const addresses = own ? 1 : (clusterNamed(mesh, cluster)?.gateway.addresses.length ?? 0)
    const weight = balancing.kind === 'weights' ? (balancing.percent.get(cluster) ?? 0) : addresses
    return { cluster, weight, addresses }
  }
  return tiersOf(balancing, serving, caller.place)
    .map((names) => names.filter((name) => serving.some(({ cluster }) => cluster === name)).map(member))
    .filter((tier) => tier.length > 0)
}

function tiersOf(balancing: Balancing, serving: readonly Provider[], place: string | undefined): (readonly string[])[] {
  if (balancing.kind === 'tiers') return [...balancing.tiers]
  if (balancing.kind !== 'nearest') return [serving.map(({ cluster }) => cluster)]
  const groups = new Map<number, string[]>()
  for (const { cluster, locality } of serving) {
    const distance = distanceOf(place, locality)
    groups.set(distance, [...(groups.get(distance) ?? []), cluster])
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, names]) => names)
}

/**
 * As Istio measures it: the same zone, the same region, elsewhere (istio: pilot/pkg/networking/util/util.go LbPriority).
 * A provider that says its region only is in another zone than every pod.
 */
function distanceOf(from: string | undefined, to: string | undefined): number {
  const [[region = '', zone = ''], [otherRegion = '', otherZone = '']] = [split(from), split(to)]
  if (region === '' || region !== otherRegion) return 3
  return zone === otherZone ? 0 : 2
}

function split(place: string | undefined): string[] {
  return place?.split('/') ?? []
}

/**
 * The places of a cluster's pods that make a difference to whom they call. Where the cluster says its zone, that one; else
 * the zones, or regions, of the providers, as far as its pods may be there, and any other.
 */
export function placesOf(service: Service, cluster: Cluster): (string | undefined)[] {
  if (balancingOf(service, cluster).kind !== 'nearest') return [cluster.locality]
  const { locality } = cluster
  if (locality?.includes('/') === true) return [locality]
  const all = servingOf(service).flatMap((provider) => provider.locality ?? [])
  const regions = [...new Set(locality === undefined ? all.map((each) => split(each)[0] ?? '') : [locality])].sort()
  const zones = all.filter((each) => each.includes('/') && regions.includes(split(each)[0] ?? ''))
  // A zone that no provider is in.
  const elsewhere = regions.map((region) => `${region}/*`)
  return [...new Set(zones)].sort().concat(elsewhere, locality === undefined ? ['*'] : [])
}
