/** Where requests go: routes with their matches and destinations, timeouts and retries. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Provider, Service } from '../mesh/mesh.ts'
import { isHttp } from '../mesh/ports.ts'
import { toPercent } from '../mesh/percent.ts'
import {
  servingTarget,
  targetName,
  type Destination,
  type Match,
  type Retries,
  type Route,
  type Routing,
} from '../mesh/routing.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import { judgeMatch } from './judge-match.ts'
import { resolveRetries, resolveTimeout } from './resolve-retries.ts'
import type { Destination as DestinationIntent, Match as MatchIntent, Service as ServiceIntent } from './schema.gen.ts'

interface Routed extends Pick<Service, 'key' | 'providers' | 'subsets'> {
  readonly at: Locate
  readonly complaints: Complaints
}

/** Undefined where nothing is said about requests. */
export function resolveRouting(said: ServiceIntent, routed: Routed): Routing | undefined {
  const { key, at, complaints } = routed
  const { routes: saidRoutes = [], ports = [], traffic = {} } = said
  const routes = saidRoutes.map(({ match = [], to }, i): Route => {
    for (const [j, one] of match.entries())
      judgeMatch(one, key, (...path) => at('routes', i, 'match', j, ...path), complaints)
    return { match: match.map(matchOf), to: resolveDestinations(to, i, routed) }
  })
  judgeOrder(key, routes, at, complaints)
  const requests = ports.some(({ protocol }) => isHttp(protocol))
  if (routes.length > 0 && ports.length > 0 && !requests) {
    complaints.add(diagnose('MESH-E253', { service: key }, at('routes', 0)))
  }
  const timeout = resolveTimeout(traffic.timeout, key, at, complaints)
  const retries = resolveRetries(traffic, key, at, complaints)
  // What the defaults say for all services holds for those with requests.
  if (!requests || (routes.length === 0 && timeout === undefined && retries === undefined)) return undefined
  return { routes, ...(timeout !== undefined && { timeout }), ...(retries && { retries: retries satisfies Retries }) }
}

function matchOf({ headers, uri, method }: MatchIntent): Match {
  return {
    ...(headers && { headers }),
    ...(uri && { uri }),
    ...(method && { method }),
  }
}

/** A request that no route takes is answered with 404. */
function judgeOrder(key: string, routes: readonly Route[], at: Locate, complaints: Complaints): void {
  const wrong = (problem: string, index: number): void =>
    complaints.add(diagnose('MESH-E250', { service: key, problem }, at('routes', index)))
  const last = routes.length - 1
  const open = routes.findIndex(({ match }) => match.length === 0)
  if (last >= 0 && open < 0) wrong('leave requests that none of them matches', last)
  else if (open < last) wrong('go on behind one that takes all requests', open + 1)
}

function resolveDestinations(said: readonly DestinationIntent[], index: number, routed: Routed): Destination[] {
  const { key, at, complaints } = routed
  const wrong = (problem: string): void =>
    complaints.add(diagnose('MESH-E239', { service: key, problem }, at('routes', index, 'to')))
  const known = said.map((to, j) => isKnown(to, index, j, routed))
  const names = said.map((to) => targetName(to))
  const twice = names.find((name, j) => names.indexOf(name) < j)
  if (twice !== undefined) wrong(`name ${titleOf(twice)} twice`)
  const weights = said.map(({ weight }) => weight ?? (said.length === 1 ? 100 : undefined))
  const sum = weights.reduce<number>((total, weight) => total + (weight ?? 0), 0)
  const silent = names.filter((_, j) => weights[j] === undefined)
  if (silent.length > 0) wrong(`are not said for ${silent.map(titleOf).join(' and ')}`)
  else if (sum !== 100) wrong(`add up to ${sum}`)
  const all = said.map(({ subset, cluster }, j): Destination => ({
    ...(subset !== undefined && { subset }),
    ...(cluster !== undefined && { cluster }),
    weight: weights[j] ?? 0,
  }))
  return known.includes(false) || silent.length > 0 || sum !== 100 ? all : withoutTheGone(all, index, routed)
}

/** What nobody serves is left out while a cluster joins or drains, and the others share what it had. */
function withoutTheGone(all: readonly Destination[], index: number, routed: Routed): Destination[] {
  const { key, at, complaints, providers } = routed
  const isServed = (to: Destination): boolean => servingTarget({ providers }, to).length > 0
  const served = all.filter(isServed)
  const gone = all.filter((to) => !isServed(to)).map((to) => titleOf(targetName(to)))
  // Where nobody serves at all, that is told already.
  if (gone.length === 0 || !providers.some(({ state }) => state === 'serving')) return [...all]
  if (!served.some(({ weight }) => weight > 0)) {
    const wanted = all.filter(({ weight }) => weight > 0).map((to) => titleOf(targetName(to)))
    complaints.add(diagnose('MESH-E251', { service: key, target: wanted.join(' and ') }, at('routes', index, 'to')))
    return [...all]
  }
  for (const target of gone) {
    complaints.add(diagnose('MESH-W252', { service: key, target }, at('routes', index, 'to')))
  }
  const percent = toPercent(served.map(({ weight }) => weight))
  return served.map((to, i) => ({ ...to, weight: percent[i] ?? 0 }))
}

function titleOf(name: string): string {
  return name === '' ? 'the service itself' : name
}

function isKnown({ subset, cluster }: DestinationIntent, index: number, j: number, routed: Routed): boolean {
  const { key, at, complaints, providers, subsets } = routed
  const judge = (what: 'subset' | 'cluster', name: string | undefined, known: readonly string[]): boolean => {
    if (name === undefined || known.includes(name)) return true
    complaints.add(unknown(key, what, name, known, at('routes', index, 'to', j, what)))
    return false
  }
  const isSubset = judge('subset', subset, namesOf(subsets))
  return (
    judge(
      'cluster',
      cluster,
      providers.map((provider: Provider) => provider.cluster),
    ) && isSubset
  )
}

function namesOf(subsets: Service['subsets']): string[] {
  return subsets.map(({ name }) => name)
}

export function unknown(
  service: string,
  what: 'subset' | 'cluster',
  name: string,
  known: readonly string[],
  place: ReturnType<Locate>,
): ReturnType<typeof diagnose> {
  const suggestion = suggest(name, known)
  return diagnose('MESH-E236', { service, what, name, known, ...(suggestion !== undefined && { suggestion }) }, place)
}
