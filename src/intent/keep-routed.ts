/** Clusters that drain, and are called still since a route has nobody else. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Cluster, Provider, Service } from '../mesh/mesh.ts'
import { servingTarget } from '../mesh/routing.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'

/**
 * The providers, of which those that a whole cluster drains serve on where a route would lead to nobody. A provider that is
 * said to drain itself does drain: who says that has its routes in the same place.
 */
export function keepRouted(
  { key, providers }: Pick<Service, 'key' | 'providers'>,
  said: ServiceIntent,
  at: Locate,
  clusters: readonly Cluster[],
  complaints: Complaints,
): readonly Provider[] {
  const could = providers
    .filter((provider) => isDrained(provider, said, clusters))
    .map((provider): Provider => ({ ...provider, state: 'serving' }))
  const kept = new Set<string>()
  for (const [i, { to }] of (said.routes ?? []).entries()) {
    const targets = to.filter(({ weight }) => weight !== 0)
    if (targets.some((target) => servingTarget({ providers }, target).length > 0)) continue
    const serving = targets.flatMap((target) => servingTarget({ providers: could }, target))
    const own = [...new Set(serving.map(({ cluster }) => cluster))].sort()
    if (own.length === 0) continue
    for (const name of own) kept.add(name)
    complaints.add(diagnose('MESH-W281', { service: key, clusters: own, route: i + 1 }, at('routes', i, 'to')))
  }
  return providers.map((provider) => (kept.has(provider.cluster) ? { ...provider, state: 'serving' } : provider))
}

function isDrained({ cluster, state }: Provider, said: ServiceIntent, clusters: readonly Cluster[]): boolean {
  const isSaid = said.clusters?.some(
    (one) => typeof one !== 'string' && one.name === cluster && one.state === 'draining',
  )
  return state === 'draining' && isSaid !== true && clusters.some(({ name, draining }) => name === cluster && draining)
}
