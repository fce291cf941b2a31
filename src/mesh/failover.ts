/** Which of the providers of a service a consumer calls, and who is next when it fails. */
import { toPercent } from './percent.ts'
import { servingOf, type Cluster, type Provider, type Service } from './mesh.ts'

export type Balancing =
  /** Only one cluster is called. */
  | { readonly kind: 'single' }
  /** The nearest to each calling pod, by the localities of the providers. */
  | { readonly kind: 'nearest' }
  /** Clusters in tiers: all of one fail before the next is called. Two tiers at least. */
  | { readonly kind: 'tiers'; readonly tiers: readonly (readonly string[])[] }
  /** Percent by cluster; they add up to 100. */
  | { readonly kind: 'weights'; readonly percent: ReadonlyMap<string, number> }
  /** All of them, whether they answer or not. */
  | { readonly kind: 'alike' }

/**
 * A consumer that serves the service itself has its own pods in a tier before all others, by name and not by locality: a
 * cluster spans zones, and one's own pods in another zone are still nearer than another cluster. Weights and `none`
 * count for it as for everybody.
 *
 * @param into the consuming cluster
 */
export function balancingOf({ failover, ...service }: Service, into: Cluster): Balancing {
  const serving = servingOf(service)
  if (serving.length < 2) return { kind: 'single' }
  const own = serving.find(({ cluster }) => cluster === into.name)
  const others = serving.filter((provider) => provider !== own)
  switch (failover.mode) {
    case 'none':
      return { kind: 'alike' }
    case 'weighted':
      return { kind: 'weights', percent: percentOf(serving) }
    case 'ordered': {
      const order = failover.order.filter((name) => others.some(({ cluster }) => cluster === name))
      return {
        kind: 'tiers',
        tiers: tiersOf(
          own,
          order.map((name) => [name]),
        ),
      }
    }
    case 'locality':
      if (own === undefined) return { kind: 'nearest' }
      return { kind: 'tiers', tiers: tiersOf(own, byDistance(into.locality ?? own.locality, others)) }
  }
}

/**
 * The same for those calls that may go to some of the clusters only. Tiers stay as they are, since the endpoints say theirs.
 *
 * @param among of the serving ones; at least one
 */
export function balancingAmong(balancing: Balancing, among: readonly Provider[]): Balancing {
  if (among.length < 2) return { kind: 'single' }
  return balancing.kind === 'weights' ? { kind: 'weights', percent: percentOf(among) } : balancing
}

function tiersOf(own: Provider | undefined, others: readonly (readonly string[])[]): (readonly string[])[] {
  return own === undefined ? [...others] : [[own.cluster], ...others]
}

/** Same zone, same region, elsewhere; empty groups are left out. */
function byDistance(from: string | undefined, providers: readonly Provider[]): string[][] {
  const groups: string[][] = [[], [], []]
  for (const { cluster, locality } of providers) groups[distance(from, locality)]?.push(cluster)
  return groups.filter((group) => group.length > 0)
}

function distance(from = '', to = ''): 0 | 1 | 2 {
  const [[region, zone], [otherRegion, otherZone]] = [from.split('/'), to.split('/')]
  if (region === '' || region !== otherRegion) return 2
  return zone !== undefined && zone === otherZone ? 0 : 1
}

/** Weights of those that serve, scaled to 100; the earlier name wins a tie. */
function percentOf(serving: readonly Provider[]): Map<string, number> {
  const percent = toPercent(serving.map(({ weight = 1 }) => weight))
  return new Map(serving.map(({ cluster }, i) => [cluster, percent[i] ?? 0]))
}
