/** The clusters of a mesh share one trust domain: an identity of another is taken for a stranger's. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { groupsOf } from './groups.ts'
import type { ClusterOutput } from './read.ts'

export function judgeTrustDomains(clusters: readonly ClusterOutput[]): Diagnostic[] {
  const known = clusters.filter(({ settings }) => settings.trustDomain !== undefined)
  const [[others] = [], ...odd] = groupsOf(known, ({ settings }) => settings.trustDomain ?? '')
  return odd.flatMap(([found, group]) =>
    group.flatMap(({ name, values }) => {
      const args = { cluster: name, found, others: others ?? '' }
      return [diagnose('MESH-E762', args, values[0]?.at('meshConfig', 'trustDomain'))]
    }),
  )
}
