/** Which pods a service has, and who may call them. What would shut out more than was said, or less, is complained about. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import {
  providersOf,
  type Authorization,
  type Caller,
  type Consumer,
  type Service,
  type Workload,
} from '../mesh/mesh.ts'
import { isDnsName } from '../mesh/names.ts'
import type { Complaints } from './complaints.ts'
import type { Entry, Locate } from './entry.ts'
import type { Authorization as AuthorizationIntent, RemoteCaller, Service as ServiceIntent } from './schema.gen.ts'

export interface Sides {
  readonly key: string
  /** Names of the clusters that run the service. */
  readonly providers: readonly string[]
  readonly consumers: readonly Consumer[]
}

/** What of the mesh decides who is let in. */
export interface Identities {
  /** Names of all clusters. */
  readonly clusters: readonly string[]
  readonly trustDomainOf: (cluster: string) => string
  /** Namespace whose policies hold for all namespaces of a cluster. */
  readonly rootNamespaceOf: (cluster: string) => string | undefined
}

export function resolveWorkload(
  { said, at }: Entry<ServiceIntent>,
  { key, providers }: Sides,
  mesh: Identities,
  complaints: Complaints,
): Workload | undefined {
  const { labels = {}, mtls } = said.workload ?? {}
  complaints.labels(labels, at, 'workload', 'labels')
  const wants = said.authorization === undefined ? 'workload.mtls' : 'authorization'
  if (said.authorization === undefined && mtls === undefined) {
    return Object.keys(labels).length === 0 ? undefined : { labels, strict: false }
  }
  const place = wants === 'workload.mtls' ? at('workload', 'mtls') : at('authorization')
  if (Object.keys(labels).length === 0) {
    complaints.add(diagnose('MESH-E260', { service: key, namespace: said.namespace, wants }, place))
    return undefined
  }
  for (const cluster of providers) {
    if (mesh.rootNamespaceOf(cluster) !== said.namespace) continue
    complaints.add(diagnose('MESH-E263', { service: key, namespace: said.namespace, cluster }, place))
  }
  return { labels, strict: mtls === 'STRICT' }
}

export function resolveAuthorization(
  { said, at }: Entry<ServiceIntent>,
  sides: Sides,
  mesh: Identities,
  complaints: Complaints,
): Authorization | undefined {
  if (said.authorization === undefined) return undefined
  const { from, local } = said.authorization
  if (from === undefined) {
    const args = { owner: `authorization of ${sides.key}`, field: 'from', why: 'name the callers in other clusters' }
    complaints.add(diagnose('MESH-E208', args, at('authorization')))
  }
  if (local === undefined) {
    complaints.add(diagnose('MESH-E261', { service: sides.key, clusters: sides.providers }, at('authorization')))
  }
  checkNames(said.authorization, at, complaints)
  for (const [i, caller] of (from ?? []).entries()) checkCaller(caller, i, sides, mesh, at, complaints)
  const authorization = { from: (from ?? []).map(callerOf), local: (local ?? []).map(callerOf) }
  if (from !== undefined && local !== undefined) {
    const shutOut = consumersShutOut(authorization, sides, mesh)
    if (shutOut.length > 0)
      complaints.add(diagnose('MESH-W265', { service: sides.key, consumers: shutOut }, at('authorization', 'from')))
  }
  return authorization
}

function callerOf({ cluster, namespaces, serviceAccounts }: RemoteCaller): Caller {
  return {
    ...(cluster !== undefined && { cluster }),
    namespaces: [...new Set(namespaces)].sort(),
    ...(serviceAccounts && { serviceAccounts: [...new Set(serviceAccounts)].sort() }),
  }
}

function checkNames({ from, local }: AuthorizationIntent, at: Locate, complaints: Complaints): void {
  for (const [side, callers] of Object.entries({ from, local })) {
    for (const [i, { namespaces, serviceAccounts = [] }] of (callers ?? []).entries()) {
      for (const [j, namespace] of namespaces.entries())
        complaints.dnsLabel('namespace', namespace, at, 'authorization', side, i, 'namespaces', j)
      for (const [j, account] of serviceAccounts.entries()) {
        if (isDnsName(account)) continue
        const args = { what: 'service account', value: account }
        complaints.add(diagnose('MESH-E216', args, at('authorization', side, i, 'serviceAccounts', j)))
      }
    }
  }
}

/** That one who is let in is a consumer, and that a cluster that is named means something. */
function checkCaller(
  { cluster, namespaces }: RemoteCaller,
  index: number,
  { key, providers, consumers }: Sides,
  mesh: Identities,
  at: Locate,
  complaints: Complaints,
): void {
  if (cluster !== undefined && !mesh.clusters.includes(cluster)) return
  const own = cluster !== undefined && providers.includes(cluster)
  // A service that nobody consumes any more may still be exposed, to those who have not synced yet.
  if (consumers.length > 0) {
    const meant = consumers.filter((consumer) => cluster === undefined || consumer.cluster === cluster)
    for (const [j, namespace] of namespaces.entries()) {
      if (meant.some((consumer) => consumer.namespaces?.includes(namespace) !== false)) continue
      const caller = cluster === undefined ? `namespace ${namespace}` : `namespace ${namespace} of ${cluster}`
      const place = at('authorization', 'from', index, 'namespaces', j)
      complaints.add(diagnose('MESH-E262', { service: key, caller, own }, place))
    }
  }
  if (cluster === undefined || own) return
  const trustDomain = mesh.trustDomainOf(cluster)
  const alike = mesh.clusters.filter((other) => other !== cluster && mesh.trustDomainOf(other) === trustDomain)
  if (alike.length === 0) return
  const args = { service: key, cluster, namespaces, trustDomain }
  complaints.add(diagnose('MESH-W264', args, at('authorization', 'from', index, 'cluster')))
}

/** Consumers that see the host, and whom no rule lets in: a line each. */
function consumersShutOut(authorization: Authorization, { providers, consumers }: Sides, mesh: Identities): string[] {
  const letIn = (cluster: string): ReadonlySet<string> => {
    const domain = mesh.trustDomainOf(cluster)
    const same = (others: readonly string[]): boolean => others.some((other) => mesh.trustDomainOf(other) === domain)
    return new Set([
      ...authorization.from
        .filter((caller) => same(caller.cluster === undefined ? mesh.clusters : [caller.cluster]))
        .flatMap(({ namespaces }) => namespaces),
      ...authorization.local.filter(() => same(providers)).flatMap(({ namespaces }) => namespaces),
    ])
  }
  return consumers.flatMap(({ cluster, namespaces }) => {
    const welcome = letIn(cluster)
    if (namespaces === undefined) return [`${cluster}: all namespaces but ${[...welcome].sort().join(', ')}`]
    const left = namespaces.filter((namespace) => !welcome.has(namespace))
    return left.length === 0 ? [] : [`${cluster}: ${left.join(', ')}`]
  })
}

/** Services whose callers a policy shuts out, or whose pods it opens, since its labels select their pods too. */
export function sharedWorkloads(services: readonly Service[], complaints: Complaints): void {
  const byNamespace = new Map<string, Service[]>()
  for (const service of services) {
    if (service.workload === undefined) continue
    const known = byNamespace.get(service.namespace)
    if (known === undefined) byNamespace.set(service.namespace, [service])
    else known.push(service)
  }
  for (const labelled of byNamespace.values()) {
    for (const service of labelled.filter(({ authorization }) => authorization !== undefined)) {
      const others = labelled.filter((other) => other !== service && isTouched(other, service)).map(({ key }) => key)
      if (others.length === 0) continue
      complaints.add(diagnose('MESH-W266', { service: service.key, others: others.sort() }, service.origin))
    }
  }
}

function isTouched(other: Service, { workload, ports, ...service }: Service): boolean {
  const apart = other.authorization !== undefined && ports.every(({ targetPort }) => targetPort !== undefined)
  return (
    !apart &&
    providersOf(other).some((cluster) => providersOf(service).includes(cluster)) &&
    Object.entries(workload?.labels ?? {}).every(([key, value]) => other.workload?.labels[key] === value)
  )
}
