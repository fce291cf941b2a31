/**
 * Intent to mesh: defaults merged in, references followed, names and numbers checked. All complaints are collected in
 * one run; a mesh comes out only when there is no error.
 */
import { poolDiagnostics } from '../addresses/pool.ts'
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { placeText } from '../mesh/ip.ts'
import { isDnsName } from '../mesh/names.ts'
import type { IntentDocument } from './document.ts'
import { clustersOf, NOTHING_FURTHER, servicesOf, type Further } from './entries.ts'
import type { Locate } from './entry.ts'
import { dialectDiagnostics } from '../mesh/dialects.ts'
import { trustDomainDiagnostics } from '../mesh/trust-domains.ts'
import { legacyDiagnostics } from '../mesh/legacy.ts'
import { suffixDiagnostics } from '../mesh/suffix.ts'
import { Complaints } from './complaints.ts'
import { sharedWorkloads } from './resolve-authorization.ts'
import { judgeLegacy } from './judge-legacy.ts'
import { resolveCluster } from './resolve-cluster.ts'
import { resolveDelivery } from './resolve-delivery.ts'
import { resolvePool } from './resolve-pool.ts'
import { resolveTrust } from './resolve-trust.ts'
import { knownCluster, resolveService } from './resolve-service.ts'
import type { Mesh as Intent } from './schema.gen.ts'

export function resolveMesh(
  intent: Intent,
  document: IntentDocument,
  further: Further = NOTHING_FURTHER,
): Checked<Mesh> {
  const complaints = new Complaints()
  const at: Locate = (...path) => document.valueAt(path)
  const name = intent.metadata.name
  complaints.dnsLabel('mesh name', name, at, 'metadata', 'name')
  const hostSuffix = intent.hostSuffix ?? 'global'
  const trustDomain = intent.trustDomain ?? 'cluster.local'
  complaints.dnsName('hostSuffix', hostSuffix, at, 'hostSuffix')
  const suffixOrigin = intent.hostSuffix === undefined ? at('metadata', 'name') : at('hostSuffix')
  complaints.dnsName('trustDomain', trustDomain, at, 'trustDomain')

  const clusters = clustersOf(intent, document, further, complaints).map((entry) => {
    judgeLegacy(entry.said, entry.at, complaints)
    return resolveCluster(entry, { meshEngines: intent.delivery?.engines ?? [], trustDomain }, complaints)
  })
  for (const diagnostic of sharedGateways(clusters)) complaints.add(diagnostic)
  const surroundings = {
    hostSuffix: isDnsName(hostSuffix) ? hostSuffix : 'global',
    clusters: clusters.map((c) => c.name),
    trustDomainOf: (cluster: string) => clusters.find((c) => c.name === cluster)?.trustDomain ?? trustDomain,
    rootNamespaceOf: (cluster: string) => clusters.find((c) => c.name === cluster)?.istio.rootNamespace,
    known: clusters,
  }
  for (const [i, { cluster }] of (intent.discover ?? []).entries())
    knownCluster(cluster, surroundings, complaints, at, 'discover', i, 'cluster')
  const services = servicesOf(intent, document, further, complaints).map((entry) =>
    resolveService(entry, surroundings, complaints),
  )
  sharedWorkloads(services, complaints)
  const mesh: Mesh = {
    name,
    hostSuffix,
    trustDomain,
    pool: resolvePool(intent, at, complaints),
    trust: resolveTrust(intent, at, complaints),
    ...resolveDelivery(intent, document, clusters, complaints),
    origin: at('metadata', 'name'),
    clusters: [...clusters].sort((a, b) => (a.name < b.name ? -1 : 1)),
    services: services.sort((a, b) => {
      const [left, right] = [`${a.namespace}.${a.name}`, `${b.namespace}.${b.name}`]
      return left < right ? -1 : 1
    }),
  }
  const rules = [
    ...poolDiagnostics(mesh),
    ...suffixDiagnostics(mesh, suffixOrigin),
    ...dialectDiagnostics(mesh),
    ...trustDomainDiagnostics(mesh),
    ...legacyDiagnostics(mesh),
  ]
  for (const diagnostic of rules) complaints.add(diagnostic)
  const { diagnostics } = complaints
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: mesh, diagnostics }
}

/** Two clusters behind one address and port: the second is reached by nobody, or both by half of the calls. */
function sharedGateways(clusters: readonly Cluster[]): Diagnostic[] {
  const byAddress = new Map<string, Cluster[]>()
  for (const cluster of clusters) {
    for (const address of cluster.gateway.addresses) {
      const key = placeText(address, cluster.gateway.port)
      byAddress.set(key, [...(byAddress.get(key) ?? []), cluster])
    }
  }
  return [...byAddress].flatMap(([address, sharing]) => {
    const last = sharing.at(-1)
    const names = sharing.map((c) => c.name)
    return sharing.length > 1 && last ? [diagnose('MESH-W225', { address, clusters: names }, last.origin)] : []
  })
}
