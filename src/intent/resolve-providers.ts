/** Which clusters run a service, which of them are called, and in what order. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Cluster, Failover, Provider, ProviderState } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Provider as ProviderIntent, Service as ServiceIntent } from './schema.gen.ts'

type Said = Exclude<ProviderIntent, string>

interface Providers {
  readonly providers: readonly Provider[]
  readonly failover: Failover
}

/** @param clusters those that are known, and that the providers are looked up in */
export function resolveProviders(
  service: ServiceIntent,
  key: string,
  at: Locate,
  clusters: readonly Cluster[],
  complaints: Complaints,
): Providers {
  const said = (service.clusters ?? []).map((provider) =>
    typeof provider === 'string' ? { name: provider } : provider,
  )
  complaints.unique(
    said.map(({ name }) => name),
    (cluster, i) => complaints.add(diagnose('MESH-E272', { service: key, cluster }, at('clusters', i))),
  )
  for (const [i, { locality }] of said.entries()) complaints.locality(locality, at, 'clusters', i, 'locality')
  const distinct = [...new Map(said.map((provider) => [provider.name, provider])).values()]
  const failover = resolveFailover(service, key, distinct, at, complaints)
  const weights = resolveWeights(key, distinct, failover.mode, at, complaints)
  const states = resolveStates(key, distinct, clusters, at, complaints)
  const providers = distinct.map((provider): Provider => {
    const { name } = provider
    const locality = provider.locality ?? clusters.find((c) => c.name === name)?.locality
    const weight = weights.get(name)
    return {
      cluster: name,
      state: states.get(name) ?? 'serving',
      ...(locality !== undefined && { locality }),
      ...(weight !== undefined && { weight }),
    }
  })
  const lost = providers.filter(({ locality }) => locality === undefined).map(({ cluster }) => cluster)
  // What cannot be known of a cluster that there is not, is not missing.
  if (
    failover.mode === 'locality' &&
    providers.length > 1 &&
    lost.every((name) => clusters.some((c) => c.name === name))
  ) {
    if (lost.length > 0) complaints.add(diagnose('MESH-E273', { service: key, clusters: lost }, at('clusters')))
  }
  return { providers: providers.sort((a, b) => (a.cluster < b.cluster ? -1 : 1)), failover }
}

function resolveFailover(
  service: ServiceIntent,
  key: string,
  said: readonly Said[],
  at: Locate,
  complaints: Complaints,
): Failover {
  const { mode = 'locality', order } = service.traffic?.failover ?? {}
  if (mode !== 'ordered') {
    if (order !== undefined) {
      const args = { service: key, field: 'failover order', needed: 'ordered' }
      complaints.add(diagnose('MESH-E276', args, at('traffic', 'failover', 'order')))
    }
    return { mode }
  }
  const names = said.map(({ name }) => name)
  const clusters = [...names].sort()
  const wrong = (problem: string, ...path: readonly (string | number)[]): void =>
    complaints.add(diagnose('MESH-E274', { service: key, problem, clusters }, at('traffic', 'failover', ...path)))
  if (order === undefined) {
    wrong('is not said', 'mode')
    return { mode, order: clusters }
  }
  for (const [i, name] of order.entries()) {
    if (!names.includes(name)) wrong(`names ${name}, which does not run it`, 'order', i)
    else if (order.indexOf(name) < i) wrong(`names ${name} twice`, 'order', i)
  }
  const missing = clusters.filter((name) => !order.includes(name))
  if (missing.length > 0) wrong(`does not name ${missing.join(' and ')}`, 'order')
  return { mode, order }
}

/** Percent by cluster; empty with another mode than weighted. */
function resolveWeights(
  key: string,
  said: readonly Said[],
  mode: Failover['mode'],
  at: Locate,
  complaints: Complaints,
): ReadonlyMap<string, number> {
  if (mode !== 'weighted') {
    for (const [i, { weight }] of said.entries()) {
      if (weight === undefined) continue
      const args = { service: key, field: 'weight', needed: 'weighted' }
      complaints.add(diagnose('MESH-E276', args, at('clusters', i, 'weight')))
    }
    return new Map()
  }
  const silent = said.filter(({ weight }) => weight === undefined)
  const sum = said.reduce((total, { weight = 0 }) => total + weight, 0)
  const wrong = (problem: string): void =>
    complaints.add(diagnose('MESH-E275', { service: key, problem }, at('clusters')))
  if (silent.length > 1) wrong(`are not said for ${silent.map(({ name }) => name).join(' and ')}`)
  else if (silent.length === 0 && sum !== 100) wrong(`add up to ${sum}`)
  else if (silent.length === 1 && sum > 99) wrong(`leave nothing for ${silent[0]?.name}`)
  return new Map(said.map(({ name, weight = Math.max(1, 100 - sum) }) => [name, weight]))
}

/** A cluster that is drained drains what it runs, unless nobody else serves it. */
function resolveStates(
  key: string,
  said: readonly Said[],
  clusters: readonly Cluster[],
  at: Locate,
  complaints: Complaints,
): ReadonlyMap<string, ProviderState> {
  const states = new Map(said.map(({ name, state = 'serving' }): [string, ProviderState] => [name, state]))
  const serving = said.map(({ name }) => name).filter((name) => states.get(name) === 'serving')
  const drained = serving.filter((name) => clusters.some((cluster) => cluster.name === name && cluster.draining))
  if (drained.length < serving.length) {
    for (const name of drained) states.set(name, 'draining')
  } else if (drained.length > 0) {
    complaints.add(diagnose('MESH-W281', { service: key, clusters: drained }, at('clusters')))
  } else if (said.some(({ state }) => state === 'draining')) {
    complaints.add(diagnose('MESH-E279', { service: key }, at('clusters')))
  } else if (said.length > 0) {
    const exposed = said.map(({ name }) => name).sort()
    complaints.add(diagnose('MESH-W280', { service: key, clusters: exposed }, at('clusters')))
  }
  return states
}
