/** A simulation for programs: docs/what-if.md tells what each field is. */
import type { Tier } from './order.ts'
import type { RouteOutcome } from './routes.ts'
import { breaks, type Simulation } from './simulate.ts'
import { sentenceOf } from './words.ts'

/** Raised when a reader of the old form could misunderstand the new one. */
const SCHEMA_VERSION = 1

export function jsonSimulation(simulation: Simulation): string {
  const { mesh, down, callers, gone, ejection } = simulation
  const report = {
    schemaVersion: SCHEMA_VERSION,
    mesh,
    down,
    breaks: breaks(simulation),
    callers: callers.map((caller) => ({
      host: caller.host,
      cluster: caller.cluster,
      places: caller.places,
      namespaces: caller.namespaces ?? null,
      failover: caller.failover,
      outcome: caller.outcome,
      order: jsonOrder(caller.order),
      before: caller.before,
      after: caller.after,
      estimated: caller.estimated,
      idle: caller.idle,
      ...(caller.routes && { routes: caller.routes.map(jsonRoute) }),
      ...(caller.connections && { connections: caller.connections }),
      message: sentenceOf(caller),
    })),
    gone,
    ejection,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}

function jsonOrder(order: readonly Tier[]): object[] {
  return order.map((tier) => tier.map(({ cluster, weight }) => ({ cluster, weight })))
}

function jsonRoute({ match, outcome, to }: RouteOutcome): object {
  return {
    match,
    outcome,
    to: to.map(({ subset, cluster, weight, order, before, after, estimated, ...target }) => ({
      subset: subset ?? null,
      cluster: cluster ?? null,
      weight,
      outcome: target.outcome,
      order: jsonOrder(order),
      before,
      after,
      estimated,
    })),
  }
}
