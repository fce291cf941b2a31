/** What a mesh may ask of its clusters with Istio 1.6 or 1.7. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { isLegacy } from './capabilities.ts'
import { clusterNamed, importsOf, isProvidedBy, servingOf, type Cluster, type Mesh, type Service } from './mesh.ts'
import { trustDomainsOf } from './trust-domains.ts'

/** The zone that the Corefile of istiocoredns has (istio 1.6: manifests/charts/istiocoredns). */
const ANSWERED_ZONE = 'global'

export function legacyDiagnostics(mesh: Mesh): Diagnostic[] {
  const legacy = mesh.clusters.filter(({ istio }) => isLegacy(istio.version))
  return [
    ...legacy.flatMap((cluster) => ofCluster(mesh, cluster)),
    ...mesh.services.flatMap((service) =>
      service.consumers.flatMap(({ cluster, namespaces }) => {
        const into = clusterNamed(mesh, cluster)
        return into === undefined || !isLegacy(into.istio.version) ? [] : ofImport(service, into, namespaces)
      }),
    ),
  ]
}

function ofCluster(mesh: Mesh, { name, istio, dns, origin }: Cluster): Diagnostic[] {
  const { version } = istio
  const found = [
    diagnose('MESH-W930', { cluster: name, version }, origin),
    diagnose('MESH-W931', { cluster: name, suffix: mesh.hostSuffix }, origin),
  ]
  const everywhere = mesh.clusters.map((cluster) => cluster.name)
  const foreign = trustDomainsOf(mesh, everywhere).filter((domain) => domain !== 'cluster.local')
  if (foreign.length > 0) {
    const reason = `the mesh has the trust domain ${foreign.join(' and ')}, which its installer is not told`
    const advice = 'leave trustDomain and trustDomainAliases out everywhere, or upgrade the cluster'
    found.push(diagnose('MESH-E932', { cluster: name, version, field: 'istio.version', reason, advice }, origin))
  }
  for (const service of mesh.services) {
    if (service.subsets.length === 0 || !isProvidedBy(service, name)) continue
    const reason = 'no rule is rendered by which its gateway would know them'
    const advice = 'leave them out, or upgrade the cluster'
    const args = { cluster: name, version, field: `subsets of ${service.key}`, reason, advice }
    found.push(diagnose('MESH-E932', args, service.origin))
  }
  if (importsOf(mesh, name).length === 0) return found
  if (dns.istiocoredns === undefined) {
    found.push(diagnose('MESH-E933', { cluster: name, suffix: mesh.hostSuffix }, origin))
  }
  if (mesh.hostSuffix !== ANSWERED_ZONE) {
    found.push(diagnose('MESH-E935', { cluster: name, version, suffix: mesh.hostSuffix }, origin))
  }
  return found
}

function ofImport(service: Service, { name, istio }: Cluster, namespaces: readonly string[] | undefined): Diagnostic[] {
  const args = { service: service.key, consumer: name, version: istio.version }
  const clusters = servingOf(service).map(({ cluster }) => cluster)
  return [
    ...(clusters.length > 1 ? [diagnose('MESH-E938', { ...args, clusters }, service.origin)] : []),
    ...(namespaces === undefined ? [] : [diagnose('MESH-E939', args, service.origin)]),
    ...unread(service).map((what) => diagnose('MESH-E940', { ...args, what }, service.origin)),
  ]
}

/** What later versions have been proven to carry, and nobody has looked for in these. */
function unread({ ports, settings, headless, subsets, routing }: Service): string[] {
  return [
    ...(subsets.length > 0 ? ['subsets'] : []),
    ...(routing && routing.routes.length > 0 ? ['routes'] : []),
    ...(routing?.timeout === undefined ? [] : ['traffic.timeout']),
    ...(routing?.retries ? ['traffic.retries'] : []),
    ...(ports.some(({ consumerPort }) => consumerPort !== undefined) ? ['consumerPort'] : []),
    ...(settings?.connectionPool ? ['traffic.connectionPool'] : []),
    ...(settings?.loadBalancer ? ['traffic.loadBalancer'] : []),
    ...(headless === true ? ['a headless Service'] : []),
  ]
}
