/** What is told about the exposures that a lock has after a run. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedHost } from '../lock/lock.ts'
import { mixedSubsets, retiringSubsets, subsetGaps } from './exposed-subsets.ts'
import { clusterNamed, servingOf, type Mesh, type Service } from '../mesh/mesh.ts'

export function exposureDiagnostics(mesh: Mesh, before: Lock['hosts'], after: Lock['hosts']): Diagnostic[] {
  const found: Diagnostic[] = []
  const orphans = new Map<string, Set<string>>()
  for (const [key, { exposures }] of after) {
    found.push(...retiringSubsets(key, exposures), ...mixedSubsets(mesh, key, exposures))
    for (const { cluster, ports, retiring } of exposures) {
      // Its Gateway would go with it, while others may still call what it exposes.
      if (clusterNamed(mesh, cluster) === undefined) {
        orphans.set(cluster, (orphans.get(cluster) ?? new Set()).add(key))
      } else if (retiring) {
        const some = exposures.some((e) => e.cluster === cluster && !e.retiring)
        found.push(diagnose('MESH-W801', { host: key, cluster, ...(some && { ports }) }))
      }
    }
  }
  for (const [cluster, keys] of orphans) {
    found.push(diagnose('MESH-E815', { cluster, hosts: [...keys].sort() }, mesh.origin))
  }
  return [...found, ...mesh.services.flatMap((service) => gaps(service, before.get(service.key)))]
}

/** Of a host that is called already: who is to serve it and has never been told to let it in. */
function gaps(service: Service, former: LockedHost | undefined): Diagnostic[] {
  if (former === undefined || former.removed || former.exposures.length === 0) return []
  const known = servingOf(service).flatMap(({ cluster }) => {
    const consumers = service.consumers.map((consumer) => consumer.cluster).filter((name) => name !== cluster)
    if (consumers.length === 0 || former.exposures.some((exposure) => exposure.cluster === cluster)) return []
    return [diagnose('MESH-W820', { host: service.key, cluster, consumers }, service.origin)]
  })
  return [...known, ...subsetGaps(service, former)]
}
