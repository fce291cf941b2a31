/** What trust domains of their own ask of clusters. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Mesh } from './mesh.ts'

/** Istio takes it in a policy for whatever domain its own cluster has (istio: pilot/pkg/security/trustdomain/bundle.go). */
const OWN = 'cluster.local'

/**
 * The trust domains in the identities of some clusters' workloads, former ones too; sorted, each once. The name
 * `cluster.local` in a policy needs care, since Istio takes it for whatever domain its own cluster has
 * (istio: pilot/pkg/security/trustdomain/bundle.go).
 */
export function trustDomainsOf({ clusters }: Pick<Mesh, 'clusters'>, names: readonly string[]): readonly string[] {
  const all = clusters
    .filter(({ name }) => names.includes(name))
    .flatMap(({ trustDomain, trustDomainAliases }) => [trustDomain, ...trustDomainAliases])
  return [...new Set(all)].sort()
}

export function trustDomainDiagnostics(mesh: Mesh): Diagnostic[] {
  return [...sharedAliases(mesh), ...ambiguousCallers(mesh)]
}

/** A former domain that is another cluster's now would make callers of both the same. */
function sharedAliases({ clusters }: Mesh): Diagnostic[] {
  return clusters.flatMap(({ name, trustDomainAliases, origin }) =>
    trustDomainAliases.flatMap((alias) => {
      const other = clusters.find((cluster) => cluster.trustDomain === alias)
      if (other === undefined) return []
      return [diagnose('MESH-E259', { cluster: name, alias, other: other.name }, origin)]
    }),
  )
}

/** A rule for callers of `cluster.local` would let in those of the provider's own domain instead. */
function ambiguousCallers(mesh: Mesh): Diagnostic[] {
  return mesh.services.flatMap((service) => {
    const { authorization, origin } = service
    if (authorization === undefined) return []
    const everywhere = mesh.clusters.map(({ name }) => name)
    const named = authorization.from.flatMap(({ cluster }) => (cluster === undefined ? everywhere : [cluster]))
    const callers = [...new Set(named)].filter((cluster) => trustDomainsOf(mesh, [cluster]).includes(OWN)).sort()
    const providers = service.providers
      .map(({ cluster }) => cluster)
      .filter((cluster) => !trustDomainsOf(mesh, [cluster]).includes(OWN))
    if (callers.length === 0 || providers.length === 0) return []
    return [diagnose('MESH-E269', { service: service.key, callers, providers }, origin)]
  })
}
