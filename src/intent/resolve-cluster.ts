import { diagnose } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import type { Cluster, FileReference } from '../mesh/mesh.ts'
import { isDnsName } from '../mesh/names.ts'
import { istioSupport } from '../mesh/istio-version.ts'
import type { Complaints } from './complaints.ts'
import { withDefaults } from './defaults.ts'
import type { Cluster as ClusterIntent, Mesh as Intent } from './schema.gen.ts'
import type { ValuePath } from './document.ts'

/** The cluster at `index` of the intent; what is missing is complained about and filled with something harmless. */
export function resolveCluster(intent: Intent, index: number, complaints: Complaints): Cluster {
  const said = intent.clusters[index] as ClusterIntent
  const cluster = withDefaults(said, intent.defaults?.cluster)
  const { name } = cluster
  // A value may stand in the cluster itself or in defaults.cluster; complaints point to where it really is.
  const at = (...path: readonly (string | number)[]): ValuePath =>
    has(said, path)
      ? ['clusters', index, ...path]
      : has(intent.defaults?.cluster, path)
        ? ['defaults', 'cluster', ...path]
        : ['clusters', index, 'name']
  const origin = complaints.document.valueAt(['clusters', index, 'name'])

  complaints.dnsLabel('cluster name', name, at('name'))
  const domain = cluster.domain ?? 'cluster.local'
  complaints.dnsName('domain', domain, at('domain'))
  if (cluster.locality !== undefined && !/^[a-z0-9-]+(\/[a-z0-9-]+)?$/i.test(cluster.locality)) {
    complaints.add(diagnose('MESH-E219', { value: cluster.locality }, complaints.document.valueAt(at('locality'))))
  }
  const demand = (value: unknown, field: string, why: string): void => {
    if (value === undefined) complaints.add(diagnose('MESH-E208', { owner: `cluster ${name}`, field, why }, origin))
  }
  demand(
    cluster.trust?.current,
    'trust.current',
    'say none, self-signed or cacerts: what istiod signs with today; a wrong guess would split a live mesh',
  )
  demand(cluster.gateway?.install, 'gateway.install', 'say none when the east-west gateway is installed by other means')
  demand(
    cluster.gateway?.addresses,
    'gateway.addresses',
    'say under which addresses the other clusters reach its east-west gateway',
  )

  const file = (said: string | undefined, fallback: string, path: ValuePath): FileReference =>
    said === undefined ? { path: fallback, origin } : complaints.file(said, path)
  const importNamespace = { name: 'mesh-imports', labels: {}, ...cluster.importNamespace }
  complaints.dnsLabel('namespace', importNamespace.name, at('importNamespace', 'name'))
  complaints.labels(importNamespace.labels, at('importNamespace', 'labels'))
  if (
    importNamespace.name === (cluster.istio?.namespace ?? 'istio-system') &&
    Object.keys(importNamespace.labels).length > 0
  ) {
    const args = { cluster: name, namespace: importNamespace.name }
    complaints.add(diagnose('MESH-W224', args, complaints.document.valueAt(at('importNamespace', 'labels'))))
  }
  const locality = cluster.locality
  const generation = cluster.trust?.generation
  const networks = cluster.networks ?? {}
  return {
    name,
    domain,
    ...(locality !== undefined && { locality }),
    currentTrust: {
      state: cluster.trust?.current ?? 'none',
      origin: complaints.document.valueAt(at('trust', 'current')),
    },
    ...(generation !== undefined && {
      generation: { number: generation, origin: complaints.document.valueAt(at('trust', 'generation')) },
    }),
    istio: resolveIstio(cluster, at, complaints),
    importNamespace,
    gateway: resolveGateway(cluster, at, complaints),
    dns: {
      provider: 'coredns',
      corefile: file(cluster.dns?.corefile, `corefiles/${name}.Corefile`, at('dns', 'corefile')),
    },
    sealing: {
      backend: 'sealed-secrets',
      scope: 'strict',
      certificate: file(cluster.sealing?.certificate, `sealing/${name}.pem`, at('sealing', 'certificate')),
    },
    networks: (['pods', 'services', 'nodes'] as const).flatMap((kind) =>
      complaints.blocks(networks[kind] ?? [], at('networks', kind)),
    ),
    origin,
  }
}

type At = (...path: readonly (string | number)[]) => ValuePath

function resolveIstio(cluster: ClusterIntent, at: At, complaints: Complaints): Cluster['istio'] {
  const { version = '1.30', namespace = 'istio-system' } = cluster.istio ?? {}
  complaints.dnsLabel('namespace', namespace, at('istio', 'namespace'))
  const support = istioSupport(version)
  const span = complaints.document.valueAt(at('istio', 'version'))
  if (support.kind === 'refused') complaints.add(diagnose('MESH-E211', { version, reason: support.reason }, span))
  if (support.kind === 'read') complaints.add(diagnose('MESH-W212', { cluster: cluster.name, version }, span))
  return { version, namespace }
}

function resolveGateway(cluster: ClusterIntent, at: At, complaints: Complaints): Cluster['gateway'] {
  const {
    addresses = [],
    port = 15_443,
    selector = { istio: 'eastwestgateway' },
    namespace = 'istio-system',
  } = cluster.gateway ?? {}
  complaints.port('gateway port', port, at('gateway', 'port'))
  complaints.dnsLabel('namespace', namespace, at('gateway', 'namespace'))
  complaints.labels(selector, at('gateway', 'selector'))
  for (const [i, address] of addresses.entries()) {
    const problem = addressProblem(address)
    if (problem === undefined) continue
    complaints.add(
      diagnose('MESH-E213', { address, problem }, complaints.document.valueAt(at('gateway', 'addresses', i))),
    )
  }
  complaints.unique(addresses, (address, i) =>
    complaints.add(
      diagnose(
        'MESH-E213',
        { address, problem: 'is there twice' },
        complaints.document.valueAt(at('gateway', 'addresses', i)),
      ),
    ),
  )
  return { addresses, port, selector, namespace }
}

function addressProblem(address: string): string | undefined {
  if (parseIpv4(address) !== undefined) return undefined
  if (/^[\d.]+$/.test(address)) return 'is not an IPv4 address'
  if (address.includes(':')) return 'is not an IPv4 address or DNS name; the port has its own field, gateway.port'
  return isDnsName(address) && address.includes('.')
    ? undefined
    : 'is neither an IPv4 address nor a DNS name with a dot'
}

function has(value: unknown, path: readonly (string | number)[]): boolean {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !(step in current)) return false
    current = (current as Record<string | number, unknown>)[step]
  }
  return true
}
