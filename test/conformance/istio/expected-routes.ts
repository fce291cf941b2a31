/** What sidecars must do with requests, by the intent alone. */
import { importsOf, type Mesh, type Service } from '../../../src/mesh/mesh.ts'
import type { Apps } from './apps.ts'
import type { Route, Routes, Verdict } from './meshcheck.ts'
import { nameOf } from './targets.ts'

/** Routes as text, by the name of the path that they are asked for. */
export type RoutePromises = ReadonlyMap<string, string>

const WITH_REQUESTS: ReadonlySet<string> = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web'])

export function routesPromised(mesh: Mesh, apps: readonly Apps[]): RoutePromises {
  const all = new Map<string, string>()
  for (const { cluster, pods } of apps) {
    for (const service of importsOf(mesh, cluster)) {
      const namespaces = service.consumers.find((consumer) => consumer.cluster === cluster)?.namespaces
      for (const { namespace, name: pod } of pods) {
        if (namespaces !== undefined && !namespaces.includes(namespace)) continue
        for (const { port, consumerPort = port, protocol } of service.ports) {
          if (!WITH_REQUESTS.has(protocol)) continue
          const { host } = service
          all.set(nameOfRoutes({ cluster, namespace, pod, host, port: consumerPort }), routesOf(service))
        }
      }
    }
  }
  return all
}

function nameOfRoutes({ cluster, namespace, pod, host, port }: Omit<Routes, 'routes'>): string {
  return `${cluster} ${namespace}/${pod} -> ${host}:${port}`
}

/** A match of several alternatives becomes one route for each in Envoy. */
function routesOf({ routing }: Service): string {
  const routes =
    routing === undefined || routing.routes.length === 0 ? [{ match: [], to: [{ weight: 100 }] }] : routing.routes
  const lines = routes.flatMap(({ match, to }) => {
    const targets = to.map((target): [string, number] => [nameOf(target.subset, target.cluster), target.weight])
    const alternatives = match.length === 0 ? [{}] : match
    return alternatives.map((one) =>
      textOf({ match: matchText(one), to: Object.fromEntries(targets), ...effort(routing) }),
    )
  })
  return lines.join('; ')
}

function matchText({
  headers = {},
  uri,
  method,
}: NonNullable<Service['routing']>['routes'][number]['match'][number]): string[] {
  const pairs = [
    ...Object.entries(headers).map(([name, text]) => [`header ${name}`, text] as const),
    ...(uri ? [['path', uri] as const] : []),
    ...(method ? [['header :method', method] as const] : []),
  ]
  return pairs.flatMap(([what, text]) => Object.entries(text).map(([kind, value]) => `${what} ${kind} ${value}`)).sort()
}

/** Istio tries twice where nothing else is said. */
function effort(routing: Service['routing']): Omit<Route, 'match' | 'to'> {
  const { attempts = 2, perTryTimeout, retryOn = [] } = routing?.retries ?? {}
  const conditions = retryOn.filter((condition) => !/^\d+$/.test(condition))
  return {
    timeout: milliseconds(routing?.timeout),
    attempts,
    perTry: milliseconds(perTryTimeout),
    retryOn: conditions.join(),
  }
}

function milliseconds(duration = ''): number {
  const units: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
  return [...duration.matchAll(/(\d+)(ms|[hms])/g)].reduce(
    (sum, [, n, unit = '']) => sum + Number(n) * (units[unit] ?? 0),
    0,
  )
}

function textOf({ match, to, timeout, attempts, perTry, retryOn }: Route): string {
  const targets = Object.entries(to).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify({ match, targets, timeout, attempts, perTry, retryOn })
}

/** A line for each host whose requests go another way. */
export function routeProblems({ routes }: Verdict, promises: RoutePromises): string[] {
  const found = new Map(routes.map((of) => [nameOfRoutes(of), of.routes]))
  return [...promises].flatMap(([name, promise]) => {
    const own = found.get(name)
    if (own === undefined) return [`missing-routes: ${name}`]
    // Conditions of Istio's own, and those that stand for status codes, are no matter of ours.
    const wanted = (promise.match(/"retryOn":"([^"]*)"/g) ?? []).map((text) => text.slice(11, -1).split(','))
    const said = own.map((route, i): Route => {
      const conditions = wanted[i] ?? []
      const has = route.retryOn.split(',').filter((condition) => conditions.includes(condition))
      return { ...route, retryOn: has.join() }
    })
    const text = said.map(textOf).join('; ')
    return text === promise ? [] : [`other-routes: ${name} has ${text}, not ${promise}`]
  })
}
