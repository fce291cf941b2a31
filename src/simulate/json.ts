/** A simulation for programs: docs/what-if.md tells what each field is. */
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
      order: caller.order.map((tier) => tier.map(({ cluster, weight }) => ({ cluster, weight }))),
      before: caller.before,
      after: caller.after,
      estimated: caller.estimated,
      idle: caller.idle,
      message: sentenceOf(caller),
    })),
    gone,
    ejection,
  }
  return `${JSON.stringify(report, null, 2)}\n`
}
