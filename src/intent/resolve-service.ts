import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Consumer, Port, Service } from '../mesh/mesh.ts'
import { HOST_LENGTH_MAX, isDnsName } from '../mesh/names.ts'
import type { Complaints } from './complaints.ts'
import { withDefaults } from './defaults.ts'
import type { ValuePath } from './document.ts'
import type { Mesh as Intent, Service as ServiceIntent } from './schema.gen.ts'
import { suggest } from '../diagnostics/suggest.ts'

interface Surroundings {
  readonly hostSuffix: string
  /** Names of all clusters of the mesh. */
  readonly clusters: readonly string[]
}

/** The service at `index` of the intent; what is missing is complained about and filled with something harmless. */
export function resolveService(intent: Intent, index: number, mesh: Surroundings, complaints: Complaints): Service {
  const said = intent.services[index] as ServiceIntent
  const service = withDefaults(said, intent.defaults?.service)
  const { name, namespace } = service
  const key = `${name}.${namespace}`
  const host = `${key}.${mesh.hostSuffix}`
  const { document } = complaints
  const at = (field: keyof ServiceIntent, ...rest: readonly (string | number)[]): ValuePath =>
    said[field] !== undefined
      ? ['services', index, field, ...rest]
      : field in (intent.defaults?.service ?? {})
        ? ['defaults', 'service', field, ...rest]
        : ['services', index, 'name']
  const origin = document.valueAt(['services', index, 'name'])

  complaints.dnsLabel('service name', name, at('name'))
  complaints.dnsLabel('namespace', namespace, at('namespace'))
  if (namespace === 'kustomization')
    complaints.add(diagnose('MESH-E222', { namespace }, document.valueAt(at('namespace'))))
  if (host.length > HOST_LENGTH_MAX) {
    complaints.add(diagnose('MESH-E206', { host, length: host.length, lengthMax: HOST_LENGTH_MAX }, origin))
  }
  const demand = (value: unknown, field: string, why: string): void => {
    if (value === undefined) complaints.add(diagnose('MESH-E208', { owner: `service ${key}`, field, why }, origin))
  }
  demand(service.clusters, 'clusters', 'name the cluster that runs it')
  demand(service.ports, 'ports', 'name the ports that other clusters call')

  for (const [i, cluster] of (service.clusters ?? []).entries())
    knownCluster(cluster, at('clusters', i), mesh, complaints)
  if ((service.clusters?.length ?? 0) > 1) {
    complaints.add(diagnose('MESH-E209', { service: key }, document.valueAt(at('clusters', 1))))
  }
  const provider = service.clusters?.[0] ?? ''
  const serviceAccounts = [...new Set(service.serviceAccounts ?? [])].sort()
  for (const [i, account] of (service.serviceAccounts ?? []).entries()) {
    if (isDnsName(account)) continue
    const args = { what: 'service account', value: account }
    complaints.add(diagnose('MESH-E216', args, document.valueAt(at('serviceAccounts', i))))
  }
  if (serviceAccounts.length === 0) complaints.add(diagnose('MESH-W214', { service: key }, origin))
  return {
    name,
    namespace,
    key,
    host,
    provider,
    ports: resolvePorts(service, key, at, complaints),
    serviceAccounts,
    consumers: resolveConsumers(service, { key, provider }, at, mesh, complaints),
    ...(service.address !== undefined && {
      pin: { address: service.address, origin: document.valueAt(at('address')) },
    }),
    origin,
  }
}

type At = (field: keyof ServiceIntent, ...rest: readonly (string | number)[]) => ValuePath

function resolvePorts(service: ServiceIntent, key: string, at: At, complaints: Complaints): Port[] {
  const ports = service.ports ?? []
  const twice = (what: string, index: number, field: string): void =>
    complaints.add(
      diagnose('MESH-E204', { service: key, port: what }, complaints.document.valueAt(at('ports', index, field))),
    )
  complaints.unique(
    ports.map((p) => p.name),
    (name, i) => twice(`port name ${name}`, i, 'name'),
  )
  complaints.unique(
    ports.map((p) => p.port),
    (port, i) => twice(`port ${port}`, i, 'port'),
  )
  for (const [i, port] of ports.entries()) {
    complaints.dnsLabel('port name', port.name, at('ports', i, 'name'))
    complaints.port('port', port.port, at('ports', i, 'port'))
  }
  return ports.map(({ name, port, protocol }) => ({ name, port, protocol })).sort((a, b) => a.port - b.port)
}

function resolveConsumers(
  service: ServiceIntent,
  { key, provider }: { readonly key: string; readonly provider: string },
  at: At,
  mesh: Surroundings,
  complaints: Complaints,
): Consumer[] {
  const said = service.consumers
  if (said === undefined) {
    return mesh.clusters
      .filter((cluster) => cluster !== provider)
      .sort()
      .map((cluster) => ({ cluster }))
  }
  const { document } = complaints
  for (const [i, { cluster, namespaces = [] }] of said.entries()) {
    knownCluster(cluster, at('consumers', i, 'cluster'), mesh, complaints)
    if (cluster === provider) {
      complaints.add(diagnose('MESH-E210', { service: key, cluster }, document.valueAt(at('consumers', i, 'cluster'))))
    }
    for (const [j, namespace] of namespaces.entries()) {
      complaints.dnsLabel('namespace', namespace, at('consumers', i, 'namespaces', j))
    }
  }
  complaints.unique(
    said.map((c) => c.cluster),
    (cluster, i) =>
      complaints.add(diagnose('MESH-E220', { service: key, cluster }, document.valueAt(at('consumers', i, 'cluster')))),
  )
  return said
    .map(({ cluster, namespaces }) => ({ cluster, ...(namespaces && { namespaces: [...new Set(namespaces)].sort() }) }))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1))
}

function knownCluster(cluster: string, path: ValuePath, mesh: Surroundings, complaints: Complaints): void {
  if (mesh.clusters.includes(cluster)) return
  const suggestion = suggest(cluster, mesh.clusters)
  const args = { cluster, ...(suggestion !== undefined && { suggestion }) }
  complaints.add(diagnose('MESH-E207', args, complaints.document.valueAt(path)))
}
