/** Where the calls of a mesh go when clusters are down, and what breaks. */
import { OUTLIER_DETECTION } from '../istio/balancing.ts'
import type { Lock } from '../lock/lock.ts'
import { balancingOf } from '../mesh/failover.ts'
import { isIp } from '../mesh/ip.ts'
import { clusterNamed, importsOf, type Cluster, type Failover, type Mesh, type Service } from '../mesh/mesh.ts'
import { loadOf } from './envoy.ts'
import { orderFor, placesOf, type Member, type Tier } from './order.ts'

export interface Simulation {
  readonly mesh: string
  /** Sorted. */
  readonly down: readonly string[]
  /** By host, then by calling cluster, then by place; none of a cluster that is down. */
  readonly callers: readonly CallerOutcome[]
  /** What is called from the clusters that are down: these callers are gone themselves. */
  readonly gone: readonly { readonly cluster: string; readonly hosts: readonly string[] }[]
  readonly ejection: Ejection
}

/** How a sidecar gives up an address, each sidecar for itself. */
export interface Ejection {
  /** Failures in a row: no connection, or 502, 503, 504. */
  readonly consecutiveGatewayErrors: number
  /** How long it is left alone; the n-th time in a row n times as long. */
  readonly baseSeconds: number
  readonly maxSeconds: number
  /** How often it is looked which ones are to be tried again. */
  readonly intervalSeconds: number
  /** How long a connection is tried where nobody answers at all. */
  readonly connectTimeoutSeconds: number
}

/** `keeps-failing`: nobody gives up the cluster that is down, so its share of the calls goes on failing. */
export type Outcome = 'unaffected' | 'moves' | 'keeps-failing' | 'fails'

export interface CallerOutcome {
  readonly host: string
  /** The calling cluster. */
  readonly cluster: string
  /** Places of the calling pods that share this answer, as `region/zone`, with `*` for any other; empty: wherever they are. */
  readonly places: readonly string[]
  /** Absent: all. */
  readonly namespaces?: readonly string[]
  readonly failover: Failover['mode']
  /** Who is called by priority, while all are there. */
  readonly order: readonly Tier[]
  readonly before: readonly Share[]
  /** Of those that are left; with `keeps-failing`, the rest of the calls fails. */
  readonly after: readonly Share[]
  readonly outcome: Outcome
  /** Clusters that could serve, and are not called. */
  readonly idle: readonly Idle[]
  /** True when a share depends on how many addresses the DNS names of gateways resolve to: each counts as one here. */
  readonly estimated: boolean
}

export interface Share {
  readonly cluster: string
  /** Percent of the calls, rounded to a tenth. */
  readonly percent: number
}

export interface Idle {
  readonly cluster: string
  readonly state: 'exposed' | 'draining' | 'retiring'
}

export interface SimulationRequest {
  readonly mesh: Mesh
  /** For exposures that retire. */
  readonly lock: Lock
  readonly down: readonly string[]
  /** `<service>.<namespace>`; absent: all. */
  readonly services?: readonly string[]
}

export function simulate({ mesh, lock, down, services }: SimulationRequest): Simulation {
  const isWanted = ({ key }: Service): boolean => services?.includes(key) ?? true
  const isDown = ({ name }: Cluster): boolean => down.includes(name)
  const hostsOf = (cluster: Cluster): Service[] => importsOf(mesh, cluster.name).filter(isWanted)
  const callers = mesh.clusters
    .filter((cluster) => !isDown(cluster))
    .flatMap((cluster) => hostsOf(cluster).flatMap((service) => outcomesFor(mesh, lock, service, cluster, down)))
  return {
    mesh: mesh.name,
    down: [...new Set(down)].sort(),
    callers: callers.sort((a, b) => compare(a.host, b.host) || compare(a.cluster, b.cluster)),
    gone: mesh.clusters.filter(isDown).map((cluster) => ({
      cluster: cluster.name,
      hosts: hostsOf(cluster)
        .map(({ host }) => host)
        .sort(),
    })),
    ejection: {
      consecutiveGatewayErrors: OUTLIER_DETECTION.consecutiveGatewayErrors,
      // What is not set: defaults of Envoy (outlier_detection.proto), and of Istio's meshConfig.
      baseSeconds: 30,
      maxSeconds: 300,
      intervalSeconds: 10,
      connectTimeoutSeconds: 10,
    },
  }
}

/** Whether anything fails for longer than a sidecar needs to find out. */
export function breaks({ callers }: Simulation): boolean {
  return callers.some(({ outcome }) => outcome === 'fails' || outcome === 'keeps-failing')
}

function outcomesFor(
  mesh: Mesh,
  lock: Lock,
  service: Service,
  cluster: Cluster,
  down: readonly string[],
): CallerOutcome[] {
  const balancing = balancingOf(service, cluster)
  const ejects = balancing.kind !== 'single' && balancing.kind !== 'alike'
  const { host, failover, consumers } = service
  const namespaces = consumers.find((consumer) => consumer.cluster === cluster.name)?.namespaces
  const idle = idleOf(lock, service, down)
  const places = placesOf(service, cluster)
  const byAnswer = new Map<string, CallerOutcome>()
  for (const place of places) {
    const order = orderFor(mesh, service, { cluster, ...(place !== undefined && { place }) })
    const [before, after] = [sharesOf(order, []), sharesOf(order, ejects ? down : [])]
    const left = after.filter((share) => !down.includes(share.cluster))
    const answer = {
      host,
      cluster: cluster.name,
      places: [],
      ...(namespaces && { namespaces }),
      failover: failover.mode,
      order,
      before: rounded(before),
      after: rounded(left),
      outcome: outcomeOf(before, left, down),
      idle,
      estimated: balancing.kind !== 'weights' && isEstimated(mesh, order, cluster.name),
    }
    const key = JSON.stringify(answer)
    const known = byAnswer.get(key)?.places ?? []
    byAnswer.set(key, { ...answer, places: [...known, ...(place === undefined ? [] : [place])] })
  }
  const answers = [...byAnswer.values()]
  return answers.length === 1 ? answers.map((answer) => ({ ...answer, places: [] })) : answers
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
    .sort((a, b) => b.percent - a.percent || compare(a.cluster, b.cluster))
}

/** Names count by what they resolve to, where nothing else is said of those of one tier. */
function isEstimated(mesh: Mesh, order: readonly Tier[], own: string): boolean {
  const isName = ({ cluster }: Member): boolean =>
    cluster !== own && clusterNamed(mesh, cluster)?.gateway.addresses.some((address) => !isIp(address)) === true
  return order.some((tier) => tier.length > 1 && tier.some(isName))
}

function idleOf(lock: Lock, service: Service, down: readonly string[]): Idle[] {
  const known = service.providers.flatMap(({ cluster, state }): Idle[] =>
    state === 'serving' ? [] : [{ cluster, state }],
  )
  const exposures = lock.hosts.get(service.key)?.exposures ?? []
  const retiring = exposures.flatMap(({ cluster, retiring }): Idle[] => {
    const isProvider = service.providers.some((provider) => provider.cluster === cluster)
    return retiring && !isProvider ? [{ cluster, state: 'retiring' }] : []
  })
  return [...known, ...retiring]
    .filter(({ cluster }) => !down.includes(cluster))
    .sort((a, b) => compare(a.cluster, b.cluster))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
