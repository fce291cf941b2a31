/** How Envoy shares calls among endpoints, as far as it can be told beforehand. */

/** An Envoy with no word about it in its configuration takes a group for whole down to 72 percent (140). */
const OVERPROVISIONING_PERCENT = 140

/** The endpoints that are called at the same time: a priority of Envoy. */
export interface Endpoints {
  readonly healthy: number
  readonly total: number
}

/**
 * Percent of the calls for each priority; a whole first one gets them all, and one that has lost some of its endpoints
 * passes on what it is short of. All are 0 where nobody is left: Istio sets the panic threshold to 0 with outlier
 * detection, so no ejected endpoint is called after all (envoy: source/common/upstream/load_balancer_impl.cc,
 * recalculatePerPriorityState).
 */
export function loadOf(priorities: readonly Endpoints[]): number[] {
  const health = priorities.map(({ healthy, total }) =>
    total === 0 ? 0 : Math.min(100, Math.floor((OVERPROVISIONING_PERCENT * healthy) / total)),
  )
  const whole = Math.min(
    100,
    health.reduce((sum, each) => sum + each, 0),
  )
  if (whole === 0) return health
  let left = 100
  const load = health.map((each) => {
    const given = Math.min(left, Math.floor((each * 100) / whole))
    left -= given
    return given
  })
  // What is lost by rounding goes to the first that is there at all.
  const first = load.findIndex((each) => each > 0)
  return load.map((each, i) => (i === first ? each + left : each))
}
