/** Where the requests of each route go when clusters are down. */
import type { Mesh, Service } from '../mesh/mesh.ts'
import type { Match, Target } from '../mesh/routing.ts'
import { answerFor, type Answer, type Outcome } from './answer.ts'
import type { Caller } from './order.ts'

export interface RouteOutcome {
  /** Empty: all that no earlier route takes. */
  readonly match: readonly Match[]
  /** Without those that get no requests. */
  readonly to: readonly TargetOutcome[]
  readonly outcome: Outcome
}

/** Its shares are of the requests that the route sends to this target. */
export interface TargetOutcome extends Target, Answer {
  /** Percent of the requests of the route. */
  readonly weight: number
}

/**
 * A route decides before anybody finds out who answers, so what fails at one target never goes to another.
 *
 * @returns in the order of the routes
 */
export function routeOutcomes(mesh: Mesh, service: Service, caller: Caller, down: readonly string[]): RouteOutcome[] {
  return (service.routing?.routes ?? []).map(({ match, to }) => {
    const targets = to
      .filter(({ weight }) => weight > 0)
      .map((target) => ({ ...target, ...answerFor(mesh, service, caller, target, down) }))
    return { match, to: targets, outcome: together(targets.map(({ outcome }) => outcome)) }
  })
}

/** What is to be said of calls that go several ways. */
export function together(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.every((outcome) => outcome === 'fails')) return 'fails'
  if (outcomes.some((outcome) => outcome === 'fails' || outcome === 'keeps-failing')) return 'keeps-failing'
  return outcomes.includes('moves') ? 'moves' : 'unaffected'
}
