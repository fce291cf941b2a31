/** Who answers the calls from one place while clusters are down. */
import { isIp } from '../mesh/ip.ts'
import { clusterNamed, type Mesh, type Service } from '../mesh/mesh.ts'
import type { Target } from '../mesh/routing.ts'
import { loadOf } from './envoy.ts'
import { balancingFor, orderFor, type Caller, type Member, type Tier } from './order.ts'

/** `keeps-failing`: nobody gives up the cluster that is down, so its share of the calls goes on failing. */
export type Outcome = 'unaffected' | 'moves' | 'keeps-failing' | 'fails'

export interface Share {
  readonly cluster: string
  /** Percent of the calls, rounded to a tenth. */
  readonly percent: number
}

export interface Answer {
  /** Who is called by priority, while all are there. */
  readonly order: readonly Tier[]
  readonly before: readonly Share[]
  /** Of those that are left; with `keeps-failing`, the rest of the calls fails. */
  readonly after: readonly Share[]
  readonly outcome: Outcome
  /** True when a share depends on how many addresses the DNS names of gateways resolve to: each counts as one here. */
  readonly estimated: boolean
}

/** @param target the pods that are called; `{}`: all of the service, as if there was no route */
export function answerFor(
  mesh: Mesh,
  service: Service,
  caller: Caller,
  target: Target,
  down: readonly string[],
): Answer {
  const { kind } = balancingFor(service, caller.cluster, target)
  const ejects = kind !== 'single' && kind !== 'alike'
  const order = orderFor(mesh, service, caller, target)
  const [before, after] = [sharesOf(order, []), sharesOf(order, ejects ? down : [])]
  const left = after.filter((share) => !down.includes(share.cluster))
  return {
    order,
    before: rounded(before),
    after: rounded(left),
    outcome: outcomeOf(before, left, down),
    estimated: kind !== 'weights' && isEstimated(mesh, order, caller.cluster.name),
  }
}

function outcomeOf(before: readonly Share[], left: readonly Share[], down: readonly string[]): Outcome {
  if (!before.some(({ cluster }) => down.includes(cluster))) return 'unaffected'
  const answered = left.reduce((sum, { percent }) => sum + percent, 0)
  if (answered === 0) return 'fails'
  return answered > 99.9 ? 'moves' : 'keeps-failing'
}

/** Percent of each that is called. @param ejected who is given up */
function sharesOf(order: readonly Tier[], ejected: readonly string[]): Share[] {
  const healthy = (tier: Tier): Tier => tier.filter(({ cluster }) => !ejected.includes(cluster))
  const count = (tier: Tier): number => tier.reduce((sum, { addresses }) => sum + addresses, 0)
  const load = loadOf(order.map((tier) => ({ healthy: count(healthy(tier)), total: count(tier) })))
  return order.flatMap((tier, i) => {
    const left = healthy(tier)
    const sum = left.reduce((total, { weight }) => total + weight, 0)
    return left.flatMap(({ cluster, weight }) => {
      const percent = (weight * (load[i] ?? 0)) / sum
      return percent > 0 ? [{ cluster, percent }] : []
    })
  })
}

function rounded(shares: readonly Share[]): Share[] {
  return shares
    .map(({ cluster, percent }) => ({ cluster, percent: Math.round(percent * 10) / 10 }))
    .sort((a, b) => b.percent - a.percent || (a.cluster < b.cluster ? -1 : 1))
}

/** Names count by what they resolve to, where nothing else is said of those of one tier. */
function isEstimated(mesh: Mesh, order: readonly Tier[], own: string): boolean {
  const isName = ({ cluster }: Member): boolean =>
    cluster !== own && clusterNamed(mesh, cluster)?.gateway.addresses.some((address) => !isIp(address)) === true
  return order.some((tier) => tier.length > 1 && tier.some(isName))
}
