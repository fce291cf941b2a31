import { diagnose } from '../diagnostics/diagnostic.ts'
import { supports } from '../mesh/capabilities.ts'
import { providersOf, type Cluster, type Consumer, type Service } from '../mesh/mesh.ts'
import { HOST_LENGTH_MAX, isDnsName } from '../mesh/names.ts'
import type { Complaints } from './complaints.ts'
import type { ValuePath } from './document.ts'
import type { Entry, Locate } from './entry.ts'
import { judgeHeadlessCalls, judgeMongo } from './judge-ports.ts'
import { judgeProviders } from './judge-providers.ts'
import { keepRouted } from './keep-routed.ts'
import { resolveAuthorization, resolveWorkload, type Identities } from './resolve-authorization.ts'
import { resolvePorts } from './resolve-ports.ts'
import { resolveProviders } from './resolve-providers.ts'
import { resolveSettings } from './resolve-settings.ts'
import { resolveRouting } from './resolve-routing.ts'
import { judgeSubsetCallers, resolveSubsets, withSubsets } from './resolve-subsets.ts'
import type { Service as ServiceIntent } from './schema.gen.ts'
import { suggest } from '../diagnostics/suggest.ts'

interface Surroundings extends Identities {
  readonly hostSuffix: string
  /** The clusters themselves. */
  readonly known: readonly Cluster[]
}

/** Resolves a service, defaults included; what is missing is complained about and filled with something harmless. */
export function resolveService(entry: Entry<ServiceIntent>, mesh: Surroundings, complaints: Complaints): Service {
  const { said: service, at } = entry
  const { name, namespace } = service
  const key = `${name}.${namespace}`
  const host = `${key}.${mesh.hostSuffix}`
  const origin = at('name')

  complaints.dnsLabel('service name', name, at, 'name')
  complaints.dnsLabel('namespace', namespace, at, 'namespace')
  if (namespace === 'kustomization') complaints.add(diagnose('MESH-E222', { namespace }, at('namespace')))
  if (host.length > HOST_LENGTH_MAX) {
    complaints.add(diagnose('MESH-E206', { host, length: host.length, lengthMax: HOST_LENGTH_MAX }, origin))
  }
  const demand = (value: unknown, field: string, why: string): void => {
    if (value === undefined) complaints.add(diagnose('MESH-E208', { owner: `service ${key}`, field, why }, origin))
  }
  demand(service.clusters, 'clusters', 'name the cluster that runs it')
  demand(service.ports, 'ports', 'name the ports that other clusters call')

  for (const [i, provider] of (service.clusters ?? []).entries()) {
    if (typeof provider === 'string') knownCluster(provider, mesh, complaints, at, 'clusters', i)
    else knownCluster(provider.name, mesh, complaints, at, 'clusters', i, 'name')
  }
  const { providers: plain, failover } = resolveProviders(service, key, at, mesh.known, complaints)
  const subsets = resolveSubsets(service, key, at, complaints)
  const possible = withSubsets(plain, subsets, service, key, at, complaints)
  const providers = keepRouted({ key, providers: possible }, service, at, mesh.known, complaints)
  const consumers = resolveConsumers(service, { key, providers }, at, mesh, complaints)
  judgeProviders({ key, providers, failover, consumers }, at, mesh.known, complaints)
  judgeSubsetCallers({ key, providers, subsets, failover, consumers }, at, mesh.known, complaints)
  const routing = resolveRouting(service, { key, providers, subsets, at, complaints })
  const serviceAccounts = [...new Set(service.serviceAccounts ?? [])].sort()
  for (const [i, account] of (service.serviceAccounts ?? []).entries()) {
    if (isDnsName(account)) continue
    const args = { what: 'service account', value: account }
    complaints.add(diagnose('MESH-E216', args, at('serviceAccounts', i)))
  }
  if (serviceAccounts.length === 0) complaints.add(diagnose('MESH-W214', { service: key }, origin))
  const sides = { key, providers: providersOf({ providers }), consumers }
  const workload = resolveWorkload(entry, sides, mesh, complaints)
  const authorization = resolveAuthorization(entry, sides, mesh, complaints)
  const ports = resolvePorts(service, key, at, complaints)
  const called = { key, providers, consumers, ports, ...(service.headless === true && { headless: true }) }
  judgeHeadlessCalls(called, at, complaints)
  judgeMongo(service, called, at, complaints)
  const settings = resolveSettings(entry, called, mesh.known, complaints)
  for (const [i, { cluster }] of (service.authorization?.from ?? []).entries())
    if (cluster !== undefined) knownCluster(cluster, mesh, complaints, at, 'authorization', 'from', i, 'cluster')
  return {
    name,
    namespace,
    key,
    host,
    providers,
    failover,
    subsets,
    ...(routing && { routing }),
    ports,
    ...(service.headless === true && { headless: true }),
    serviceAccounts,
    consumers,
    ...(workload && { workload }),
    ...(authorization && { authorization }),
    ...(settings && { settings }),
    ...(service.address !== undefined && {
      pin: { address: service.address, origin: at('address') },
    }),
    origin,
  }
}

function resolveConsumers(
  service: ServiceIntent,
  { key, providers }: Pick<Service, 'key' | 'providers'>,
  at: Locate,
  mesh: Surroundings,
  complaints: Complaints,
): Consumer[] {
  const said = service.consumers
  const isProvider = (cluster: string): boolean => providers.some((provider) => provider.cluster === cluster)
  if (said === undefined) {
    const others = mesh.clusters.filter((name) => !isProvider(name))
    if (others.length === 0 && providers.length > 1) {
      complaints.add(diagnose('MESH-W283', { service: key }, at('clusters')))
    }
    return others.sort().map((cluster) => ({ cluster }))
  }
  for (const [i, { cluster, namespaces = [] }] of said.entries()) {
    knownCluster(cluster, mesh, complaints, at, 'consumers', i, 'cluster')
    if (isProvider(cluster)) {
      const { version = '' } = mesh.known.find(({ name }) => name === cluster)?.istio ?? {}
      if (version !== '' && !supports('dns-failover', version))
        complaints.add(diagnose('MESH-E210', { service: key, cluster, version }, at('consumers', i, 'cluster')))
    }
    for (const [j, namespace] of namespaces.entries()) {
      complaints.dnsLabel('namespace', namespace, at, 'consumers', i, 'namespaces', j)
    }
  }
  complaints.unique(
    said.map((c) => c.cluster),
    (cluster, i) => complaints.add(diagnose('MESH-E220', { service: key, cluster }, at('consumers', i, 'cluster'))),
  )
  return said
    .map(({ cluster, namespaces }) => ({ cluster, ...(namespaces && { namespaces: [...new Set(namespaces)].sort() }) }))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1))
}

export function knownCluster(
  cluster: string,
  mesh: Pick<Surroundings, 'clusters'>,
  complaints: Complaints,
  at: Locate,
  ...path: ValuePath
): void {
  if (mesh.clusters.includes(cluster)) return
  const suggestion = suggest(cluster, mesh.clusters)
  const args = { cluster, ...(suggestion !== undefined && { suggestion }) }
  complaints.add(diagnose('MESH-E207', args, at(...path)))
}
