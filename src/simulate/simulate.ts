/** Where the calls of a mesh go when clusters are down, and what breaks. */
import { OUTLIER_DETECTION } from '../istio/balancing.ts'
import type { Lock } from '../lock/lock.ts'
import { importsOf, type Cluster, type Failover, type Mesh, type Service } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/ports.ts'
import { answerFor, type Answer, type Outcome } from './answer.ts'
import { placesOf, type Caller } from './order.ts'
import { routeOutcomes, together, type RouteOutcome } from './routes.ts'

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

/** Its shares are of the calls that no route decides about; its outcome is of all calls. */
export interface CallerOutcome extends Answer {
  readonly host: string
  /** The calling cluster. */
  readonly cluster: string
  /** Places of the calling pods that share this answer, as `region/zone`, with `*` for any other; empty: wherever they are. */
  readonly places: readonly string[]
  /** Absent: all. */
  readonly namespaces?: readonly string[]
  readonly failover: Failover['mode']
  /** Of a service with routes. */
  readonly routes?: readonly RouteOutcome[]
  /** Of a service with routes: of its ports that know no requests, where it has any. */
  readonly connections?: Outcome
  /** Clusters that could serve, and are not called. */
  readonly idle: readonly Idle[]
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
  const { host, failover, consumers } = service
  const namespaces = consumers.find((consumer) => consumer.cluster === cluster.name)?.namespaces
  const idle = idleOf(lock, service, down)
  const places = placesOf(service, cluster)
  const byAnswer = new Map<string, CallerOutcome>()
  for (const place of places) {
    const answer = {
      host,
      cluster: cluster.name,
      places: [],
      ...(namespaces && { namespaces }),
      failover: failover.mode,
      ...answerOf(mesh, service, { cluster, ...(place !== undefined && { place }) }, down),
      idle,
    }
    const key = JSON.stringify(answer)
    const known = byAnswer.get(key)?.places ?? []
    byAnswer.set(key, { ...answer, places: [...known, ...(place === undefined ? [] : [place])] })
  }
  const answers = [...byAnswer.values()]
  return answers.length === 1 ? answers.map((answer) => ({ ...answer, places: [] })) : answers
}

function answerOf(
  mesh: Mesh,
  service: Service,
  caller: Caller,
  down: readonly string[],
): Answer & Pick<CallerOutcome, 'routes' | 'connections'> {
  const plain = answerFor(mesh, service, caller, {}, down)
  const routes = routeOutcomes(mesh, service, caller, down)
  if (routes.length === 0) return plain
  const connections = service.ports.every(({ protocol }) => isHttp(protocol)) ? [] : [plain.outcome]
  return {
    ...plain,
    outcome: together([...routes.map(({ outcome }) => outcome), ...connections]),
    routes,
    ...(connections[0] && { connections: connections[0] }),
  }
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
