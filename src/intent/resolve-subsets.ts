/** The subsets of a service, and which cluster has which. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { isIp } from '../mesh/ip.ts'
import { servingOf, type Cluster, type Provider, type Service } from '../mesh/mesh.ts'
import { isDnsLabel } from '../mesh/names.ts'
import { servingTarget, targetName, type Subset } from '../mesh/routing.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import { unknown } from './resolve-routing.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'

/** Sorted by name. */
export function resolveSubsets(said: ServiceIntent, key: string, at: Locate, complaints: Complaints): Subset[] {
  const subsets = said.subsets ?? []
  const names = subsets.map(({ name }) => name)
  const wrong = (index: number, problem: string, advice: string): void => {
    const args = { service: key, subset: names[index] ?? '', problem, advice }
    complaints.add(diagnose('MESH-E235', args, at('subsets', index, 'name')))
  }
  for (const [i, { name, labels = {}, existing }] of subsets.entries()) {
    complaints.dnsLabel('subset', name, at, 'subsets', i, 'name')
    complaints.labels(labels, at, 'subsets', i, 'labels')
    const count = Object.keys(labels).length
    if (names.indexOf(name) < i) wrong(i, 'is there twice', 'remove one of them')
    if (existing === undefined && count === 0) {
      wrong(
        i,
        'has no labels',
        'say which labels its pods have, or existing: true where a DestinationRule of your own has it',
      )
    }
    if (existing === true && count > 0) wrong(i, 'has labels and is existing', 'remove one of the two')
    if (existing !== subsets[0]?.existing) {
      wrong(i, 'is not as the first one', 'write existing: true at all subsets of a service, or at none')
    }
    const taken = reserved(said, names)
    if (taken.has(name)) wrong(i, `has the name of ${taken.get(name)}`, 'give it another name')
  }
  for (const name of reserved(said, names).keys()) {
    if (isDnsLabel(name)) continue
    const index = subsets.findIndex((subset) => name.startsWith(subset.name))
    if (index >= 0) wrong(index, `becomes ${name} in a route, which is too long`, 'give it a shorter name')
  }
  return subsets
    .map(({ name, labels = {}, existing }) => ({ name, ...(existing === undefined && { labels }) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Names that stand for what routes send to one cluster. */
function reserved({ routes = [] }: ServiceIntent, known: readonly string[]): Map<string, string> {
  const toOne = routes.flatMap(({ to }) => to.filter(({ cluster }) => cluster !== undefined))
  return new Map(
    toOne
      .filter(({ subset }) => subset === undefined || known.includes(subset))
      .map((to) => [targetName(to), `what routes send to ${to.cluster}`]),
  )
}

/** The providers with the subsets that each of them has. */
export function withSubsets(
  providers: readonly Provider[],
  subsets: readonly Subset[],
  said: ServiceIntent,
  key: string,
  at: Locate,
  complaints: Complaints,
): Provider[] {
  const known = subsets.map(({ name }) => name)
  const own = new Map<string, readonly string[]>()
  for (const [i, cluster] of (said.clusters ?? []).entries()) {
    if (typeof cluster === 'string' || cluster.subsets === undefined) continue
    for (const [j, name] of cluster.subsets.entries()) {
      if (!known.includes(name)) complaints.add(unknown(key, 'subset', name, known, at('clusters', i, 'subsets', j)))
    }
    own.set(cluster.name, [...new Set(cluster.subsets)].sort())
  }
  return providers.map((provider) => {
    const names = own.get(provider.cluster)
    return { ...provider, ...(names && { subsets: names }) }
  })
}

/** What consumers of a service with subsets must be able to do. */
export function judgeSubsetCallers(
  service: Pick<Service, 'key' | 'providers' | 'subsets' | 'failover' | 'consumers'>,
  at: Locate,
  clusters: readonly Cluster[],
  complaints: Complaints,
): void {
  const { key, subsets, providers } = service
  const gateways = servingOf(service).flatMap(({ cluster }) => clusters.find(({ name }) => name === cluster) ?? [])
  const name = gateways.flatMap(({ gateway }) => gateway.addresses).find((address) => !isIp(address))
  const shared = subsets.find((subset) => servingTarget(service, { subset: subset.name }).length > 1)
  for (const { cluster } of subsets.length === 0 ? [] : service.consumers) {
    // At home there is no gateway that would know a subset.
    if (providers.some((provider) => provider.cluster === cluster)) {
      complaints.add(diagnose('MESH-E238', { service: key, cluster }, at('consumers')))
    } else if (service.failover.mode === 'ordered' && shared !== undefined && name !== undefined) {
      complaints.add(diagnose('MESH-E238', { service: key, cluster, subset: shared.name, name }, at('subsets')))
    }
  }
}
