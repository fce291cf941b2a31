/** The suffix of the global hosts becomes a zone of its own in every cluster's DNS, which hides what lies below it. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Mesh } from './mesh.ts'
import { isWithin } from './names.ts'

/**
 * Zones that no mesh may take. A resolver answers from the longest zone that fits, so a suffix that holds a cluster's
 * own domain would send every name of that cluster to our block, and a suffix below it would shadow a namespace.
 */
export function suffixDiagnostics({ hostSuffix: suffix, clusters }: Mesh, origin: Span): Diagnostic[] {
  const found: Diagnostic[] = []
  const complain = (zone: string, owner: string): number =>
    found.push(diagnose('MESH-E223', { suffix, zone, owner }, origin))
  if (isWithin(suffix, 'arpa')) complain('arpa', 'the reverse zones of all addresses')
  for (const { name, domain } of clusters) {
    if (isWithin(suffix, domain) || isWithin(domain, suffix)) complain(domain, `the domain of ${name}`)
  }
  return found
}
