/** What the reports of a simulation say. */
import type { Answer, Outcome, Share } from './answer.ts'
import type { TargetOutcome } from './routes.ts'
import type { CallerOutcome, Idle, Simulation } from './simulate.ts'

/** In the order in which they are told. */
export const OUTCOMES = ['fails', 'keeps-failing', 'moves', 'unaffected'] as const

export const TITLES: Readonly<Record<Outcome, string>> = {
  fails: 'breaks: every call fails',
  'keeps-failing': 'breaks: some calls go on failing',
  moves: 'moves',
  unaffected: 'stays as it is',
}

/** `mesh shop with cluster-2 down: 1 caller breaks, 3 move, 2 stay as they are` */
export function summaryOf({ mesh, down, callers }: Simulation): string {
  const count = (...outcomes: readonly Outcome[]): number =>
    callers.filter(({ outcome }) => outcomes.includes(outcome)).length
  const [broken, moving, same] = [count('fails', 'keeps-failing'), count('moves'), count('unaffected')]
  return `mesh ${mesh} with ${listed(down)} down: of ${callers.length} callers, ${broken} break, ${moving} move, ${same} stay as they are`
}

/** @param quote how a name is written */
export function sentenceOf(caller: CallerOutcome, quote: (name: string) => string = (name) => name): string {
  const who = `${quote(caller.host)} from ${callerText(caller, quote)}`
  if (caller.routes !== undefined) return `${who}: ${waysOf(caller, quote).map(wayText(quote)).join('; ')}`
  const before = sharesText(caller.before, quote)
  switch (caller.outcome) {
    case 'unaffected':
      return `${who}: ${before}`
    case 'moves':
      return `${who}: ${before} -> ${sharesText(caller.after, quote)}${caller.estimated ? ESTIMATED : ''}`
    case 'keeps-failing':
      return `${who}: ${lostText(caller, quote)} of the calls go on to who is down and fail, since failover ${caller.failover} gives up nobody; ${sharesText(caller.after, quote)} still answers`
    case 'fails':
      return `${who}: ${before} -> nobody is left${idleText(caller.idle, quote)}`
  }
}

/** Calls that share an answer: those of one target of a route, or those that no route decides about. */
export interface Way extends Answer {
  /** `route 2 to v1 in cluster-3, 90% of it`; empty where there are no routes. */
  readonly title: string
}

export function waysOf(caller: CallerOutcome, quote: (name: string) => string): Way[] {
  const { routes, connections } = caller
  if (routes === undefined) return [{ ...caller, title: '' }]
  const ways = routes.flatMap(({ to }, i) =>
    to.map((target) => ({ ...target, title: `route ${i + 1} to ${targetText(target, quote)}` })),
  )
  return connections === undefined ? ways : [...ways, { ...caller, outcome: connections, title: 'other ports' }]
}

function targetText({ subset, cluster, weight }: TargetOutcome, quote: (name: string) => string): string {
  const pods = subset === undefined ? 'the service' : quote(subset)
  const where = cluster === undefined ? '' : ` in ${quote(cluster)} alone`
  return `${pods}${where}${weight === 100 ? '' : `, ${weight}% of it`}`
}

function wayText(quote: (name: string) => string): (way: Way) => string {
  return ({ title, before, after, outcome, estimated }) => {
    const then: Readonly<Record<Outcome, string>> = {
      unaffected: '',
      moves: ` -> ${sharesText(after, quote)}${estimated ? ESTIMATED : ''}`,
      'keeps-failing': ` -> ${sharesText(after, quote)}, and the rest goes on failing`,
      fails: ' -> nobody is left',
    }
    return `${title}: ${sharesText(before, quote)}${then[outcome]}`
  }
}

const ESTIMATED = ' (each DNS name of a gateway counted as one address)'

function callerText({ cluster, places, namespaces }: CallerOutcome, quote: (name: string) => string): string {
  const where = places.length === 0 ? '' : ` in ${places.map(quote).join(', ')}`
  const whose = namespaces === undefined ? '' : ` (${namespaces.map(quote).join(', ')})`
  return `${quote(cluster)}${whose}${where}`
}

function sharesText(shares: readonly Share[], quote: (name: string) => string): string {
  return shares.map(({ cluster, percent }) => `${quote(cluster)} ${percent}%`).join(', ')
}

function lostText({ before, after }: CallerOutcome, quote: (name: string) => string): string {
  const lost = before.filter(({ cluster }) => !after.some((share) => share.cluster === cluster))
  return sharesText(lost, quote)
}

function idleText(idle: readonly Idle[], quote: (name: string) => string): string {
  if (idle.length === 0) return ', and no other cluster runs it'
  return idle
    .map(({ cluster, state }) =>
      state === 'retiring'
        ? `; ${quote(cluster)} still lets it in, and has left the intent`
        : `; ${quote(cluster)} runs it, but is ${state}: with state serving it would be called`,
    )
    .join('')
}

/** What happens until then, where anything moves; whole sentences. */
export function meanwhile({ callers, ejection }: Simulation): string[] {
  const ways = callers.flatMap((caller) => waysOf(caller, (name) => name))
  if (!ways.some(({ outcome }) => outcome === 'moves')) return []
  const { consecutiveGatewayErrors: errors, baseSeconds, maxSeconds, intervalSeconds, connectTimeoutSeconds } = ejection
  return [
    `Each sidecar finds out for itself: ${errors} calls in a row to one address must get no answer (no connection, or 502, 503, 504) before it is left alone.`,
    `These calls fail or are tried again by their caller; where nothing answers at all, each waits ${connectTimeoutSeconds} s for its connection, or the connectTimeout of the service.`,
    `An address is left alone for ${baseSeconds} s, the next time ${baseSeconds * 2} s, at most ${maxSeconds} s, and is then called again (looked at every ${intervalSeconds} s): a few calls fail again each time until it is back.`,
  ]
}

/** For a cluster that is down, what goes with it. */
export function goneText({ cluster, hosts }: Simulation['gone'][number], quote: (name: string) => string): string {
  return hosts.length === 0
    ? `${quote(cluster)} calls nothing of the mesh`
    : `callers in ${quote(cluster)} are gone themselves: ${hosts.map(quote).join(', ')}`
}

export function listed(names: readonly string[]): string {
  return names.join(' and ')
}
