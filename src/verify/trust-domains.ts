/**
 * Trust domains, from both ends of each import: the provider's sidecars must let the callers in (istio:
 * pilot/pkg/networking/plugin/authn/util.go), and the callers must know the identities of whoever answers.
 */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { SPIFFE_ID, type Import } from './imports.ts'
import type { ClusterOutput } from './read.ts'

export function judgeTrustDomains(clusters: readonly ClusterOutput[], imports: readonly Import[]): Diagnostic[] {
  const byName = new Map(clusters.map((cluster) => [cluster.name, cluster]))
  return [...judgeCallers(byName, imports), ...judgeIdentities(byName, imports)]
}

type ByName = ReadonlyMap<string, ClusterOutput>

/** Told once for each pair of clusters. */
function judgeCallers(clusters: ByName, imports: readonly Import[]): Diagnostic[] {
  const told = new Map<string, Diagnostic>()
  for (const { cluster: caller, providers } of imports) {
    for (const provider of providers) {
      const [from, to] = [clusters.get(caller), clusters.get(provider)]
      if (from?.settings.trustDomain === undefined || to?.settings.trustDomain === undefined) continue
      const refused = from.settings.ownTrustDomains.filter((d) => !to.settings.acceptedTrustDomains.includes(d))
      if (refused.length === 0) continue
      const args = { caller, provider, found: refused.join(', ') }
      told.set(`${caller} ${provider}`, diagnose('MESH-E762', args, to.values[0]?.at('meshConfig', 'trustDomain')))
    }
  }
  return [...told.values()]
}

/** Each identity is of a cluster that may answer, and each such cluster has one. */
function judgeIdentities(clusters: ByName, imports: readonly Import[]): Diagnostic[] {
  return imports.flatMap(({ host, providers, subjectAltNames, object }) => {
    const answering = providers.flatMap((name) => clusters.get(name)?.settings ?? [])
    const found = subjectAltNames.map((name) => SPIFFE_ID.exec(name)?.groups?.['trustDomain'] ?? '')
    // What cannot be read is told elsewhere.
    if (found.length === 0 || answering.length === 0 || found.includes('')) return []
    if (answering.some(({ trustDomain }) => trustDomain === undefined)) return []
    const wanted = new Set(answering.flatMap(({ ownTrustDomains }) => ownTrustDomains))
    const foreign = found.findIndex((trustDomain) => !wanted.has(trustDomain))
    const missing = answering.find(({ trustDomain }) => trustDomain !== undefined && !found.includes(trustDomain))
    if (foreign < 0 && missing === undefined) return []
    const args = { host, found: [...new Set(found)], wanted: [...wanted].sort() }
    return [diagnose('MESH-E761', args, object.at('spec', 'subjectAltNames'))]
  })
}
