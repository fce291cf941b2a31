import { diagnose } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { formatIpv6, parseIpv6 } from '../mesh/ip.ts'
import type { Cluster, Engine, FileReference } from '../mesh/mesh.ts'
import { isDnsName } from '../mesh/names.ts'
import type { Complaints } from './complaints.ts'
import type { Entry, Locate } from './entry.ts'
import { resolveIstio } from './resolve-istio.ts'
import { resolveSealing } from './resolve-sealing.ts'
import { resolveWorkload } from './resolve-workload.ts'
import type { Cluster as ClusterIntent } from './schema.gen.ts'

/** What a cluster has that says nothing of its own. */
export interface MeshWide {
  readonly meshEngines: readonly Engine[]
  readonly trustDomain: string
}

/**
 * Resolves a cluster, defaults included; what is missing is complained about and filled with something harmless.
 */
export function resolveCluster(
  { said: cluster, at }: Entry<ClusterIntent>,
  { meshEngines, trustDomain: meshTrustDomain }: MeshWide,
  complaints: Complaints,
): Cluster {
  const { name } = cluster
  const origin = at('name')

  complaints.dnsLabel('cluster name', name, at, 'name')
  const domain = cluster.domain ?? 'cluster.local'
  complaints.dnsName('domain', domain, at, 'domain')
  const { trustDomain = meshTrustDomain, trustDomainAliases = [] } = cluster
  if (cluster.trustDomain !== undefined) complaints.dnsName('trustDomain', trustDomain, at, 'trustDomain')
  for (const [i, alias] of trustDomainAliases.entries()) {
    complaints.dnsName('trustDomainAliases', alias, at, 'trustDomainAliases', i)
  }
  complaints.locality(cluster.locality, at, 'locality')
  const demand = (value: unknown, field: string, why: string): void => {
    if (value === undefined) complaints.add(diagnose('MESH-E208', { owner: `cluster ${name}`, field, why }, origin))
  }
  demand(
    cluster.trust?.current,
    'trust.current',
    'say none, self-signed or cacerts: what istiod signs with today; a wrong guess would split a live mesh',
  )
  demand(
    cluster.gateway?.install,
    'gateway.install',
    'say none when the east-west gateway is installed by other means, gateway-api when istiod shall install it, or helm-values when you install it by its chart',
  )
  demand(
    cluster.gateway?.addresses,
    'gateway.addresses',
    'say under which addresses the other clusters reach its east-west gateway',
  )

  const file = (said: string | undefined, fallback: string, ...path: readonly string[]): FileReference =>
    said === undefined ? { path: fallback, origin } : complaints.file(said, at, ...path)
  const importNamespace = { name: 'mesh-imports', labels: {}, ...cluster.importNamespace }
  complaints.dnsLabel('namespace', importNamespace.name, at, 'importNamespace', 'name')
  complaints.labels(importNamespace.labels, at, 'importNamespace', 'labels')
  if (
    importNamespace.name === (cluster.istio?.namespace ?? 'istio-system') &&
    Object.keys(importNamespace.labels).length > 0
  ) {
    const args = { cluster: name, namespace: importNamespace.name }
    complaints.add(diagnose('MESH-W224', args, at('importNamespace', 'labels')))
  }
  const locality = cluster.locality
  const generation = cluster.trust?.generation
  const networks = cluster.networks ?? {}
  const delivery = resolveEngines(cluster, meshEngines, at, complaints)
  return {
    name,
    domain,
    trustDomain,
    trustDomainAliases,
    ...(locality !== undefined && { locality }),
    draining: cluster.state === 'draining',
    currentTrust: {
      state: cluster.trust?.current ?? 'none',
      origin: at('trust', 'current'),
    },
    ...(generation !== undefined && {
      generation: { number: generation, origin: at('trust', 'generation') },
    }),
    istio: resolveIstio(cluster, at, complaints),
    importNamespace,
    gateway: resolveGateway(cluster, at, complaints),
    dns: {
      provider: 'coredns',
      corefile: file(cluster.dns?.corefile, `corefiles/${name}.Corefile`, 'dns', 'corefile'),
      ...(cluster.dns?.istiocoredns !== undefined && { istiocoredns: cluster.dns.istiocoredns }),
    },
    sealing: resolveSealing(cluster, { at, file, engines: delivery.engines }, complaints),
    delivery,
    networks: (['pods', 'services', 'nodes'] as const).flatMap((kind) =>
      complaints.blocks(networks[kind] ?? [], at, 'networks', kind),
    ),
    ...(cluster.manifests && {
      manifests: cluster.manifests.map((path, i) => ({ path, origin: at('manifests', i) })),
    }),
    origin,
  }
}

const ENGINES: readonly Engine[] = ['argocd', 'flux']

function resolveEngines(
  cluster: ClusterIntent,
  meshEngines: readonly Engine[],
  at: Locate,
  complaints: Complaints,
): Cluster['delivery'] {
  const { name = cluster.name, engines = meshEngines } = cluster.delivery ?? {}
  // An AppProject reads it as a pattern.
  if (engines.includes('argocd') && !/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,252}$/.test(name)) {
    complaints.add(diagnose('MESH-E244', { name }, at('delivery', 'name')))
  }
  return { name, engines: ENGINES.filter((engine) => engines.includes(engine)) }
}

function resolveGateway(cluster: ClusterIntent, at: Locate, complaints: Complaints): Cluster['gateway'] {
  const {
    addresses = [],
    port = 15_443,
    selector = { istio: 'eastwestgateway' },
    namespace = 'istio-system',
    network,
  } = cluster.gateway ?? {}
  complaints.port('gateway port', port, at, 'gateway', 'port')
  complaints.dnsLabel('namespace', namespace, at, 'gateway', 'namespace')
  complaints.labels(selector, at, 'gateway', 'selector')
  for (const [i, address] of addresses.entries()) {
    const problem = addressProblem(address)
    if (problem === undefined) continue
    complaints.add(diagnose('MESH-E213', { address, problem }, at('gateway', 'addresses', i)))
  }
  complaints.unique(addresses, (address, i) =>
    complaints.add(diagnose('MESH-E213', { address, problem: 'is there twice' }, at('gateway', 'addresses', i))),
  )
  return {
    addresses,
    port,
    selector,
    namespace,
    install: cluster.gateway?.install ?? 'none',
    workload: resolveWorkload(cluster, at, complaints),
    ...(network && { network: { name: network.name, peers: network.peers ?? [] } }),
  }
}

function addressProblem(address: string): string | undefined {
  if (parseIpv4(address) !== undefined) return undefined
  const groups = parseIpv6(address)
  if (groups !== undefined) {
    const text = formatIpv6(groups)
    return text === address ? undefined : `is written as ${text} (RFC 5952)`
  }
  if (/^[\d.]+$/.test(address)) return 'is not an IPv4 address'
  if (address.includes(':')) return 'is no IP address or DNS name; the port has its own field, gateway.port'
  return isDnsName(address) && address.includes('.') ? undefined : 'is neither an IP address nor a DNS name with a dot'
}
