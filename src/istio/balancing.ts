/**
 * How sidecars choose among the clusters of one host. Istio makes priorities of endpoints in two ways: by their locality,
 * seen from the calling pod, or by labels that match a list (`failoverPriority`); or it gives localities a weight
 * (`distribute`). All of it is said in each port's own settings, since these replace those of the whole rule
 * (istio: pilot/pkg/networking/core/loadbalancer).
 */
import type { Balancing } from '../mesh/failover.ts'

/**
 * A tier is told by labels, for Istio compares a list of them from left to right and gives the priority by how many
 * match. An endpoint has this label when it is among the first `count` tiers.
 */
function amongFirst(count: number): string {
  return `meshwright.dev/first-${count}`
}

/** Labels of the endpoints of a cluster that say in which tier it is. */
export function tierLabels(balancing: Balancing, cluster: string): Readonly<Record<string, string>> {
  if (balancing.kind !== 'tiers') return {}
  const { tiers } = balancing
  const tier = tiers.findIndex((names) => names.includes(cluster))
  const counts = tiers.map((_, i) => i).filter((count) => count > tier)
  return Object.fromEntries(counts.map((count) => [amongFirst(count), 'true']))
}

/**
 * One endpoint is the gateway of a whole cluster: all of them may be ejected, and that an application answers 500 is
 * no reason to leave a cluster. A gateway that cannot be reached, or has nobody behind it, is one (502, 503, 504).
 */
export const OUTLIER_DETECTION = {
  consecutive5xxErrors: 0,
  consecutiveGatewayErrors: 5,
  maxEjectionPercent: 100,
} as const

/**
 * Settings of a port beside its TLS. `enabled` is said although it is Istio's default: what stands here takes the place
 * of what meshConfig says, which might be priorities that istiod does not survive in a DNS ServiceEntry (istio#61857).
 */
export function balancingPolicy(balancing: Balancing): {
  readonly loadBalancer?: object
  readonly outlierDetection?: object
} {
  const localityLbSetting = localityPolicy(balancing)
  if (localityLbSetting === undefined) return {}
  return {
    loadBalancer: { localityLbSetting },
    // Without it Istio makes no priorities, and Envoy would go on calling who does not answer.
    ...(balancing.kind !== 'alike' && { outlierDetection: OUTLIER_DETECTION }),
  }
}

function localityPolicy(balancing: Balancing): object | undefined {
  switch (balancing.kind) {
    case 'single':
      return undefined
    case 'alike':
      return { enabled: false }
    case 'nearest':
      return { enabled: true }
    case 'tiers': {
      const counts = balancing.tiers.map((_, i) => i).slice(1)
      return { enabled: true, failoverPriority: counts.reverse().map((count) => `${amongFirst(count)}=true`) }
    }
    case 'weights':
      // From any locality, to what stands for one: weightedLocality.
      return { enabled: true, distribute: [{ from: '*', to: Object.fromEntries(balancing.percent) }] }
  }
}

/**
 * Locality of the endpoints of a cluster. Weights belong to localities, and two clusters may be in one: so each gets its
 * name for one, which makes a share independent of how many addresses a gateway has or its name resolves to.
 *
 * @param isDns whether sidecars resolve the endpoints: istiod 1.30 and 1.31 end in a panic when priorities by label meet
 * two localities there
 */
export function endpointLocality(
  balancing: Balancing,
  { name, locality }: { readonly name: string; readonly locality: string | undefined },
  isDns: boolean,
): string | undefined {
  if (balancing.kind === 'weights') return name
  return balancing.kind === 'tiers' && isDns ? undefined : locality
}
