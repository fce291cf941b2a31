/** Which subsets of a host a provider lets in. Like ports, those that leave the intent stay until they are released. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { sorted } from '../kubernetes/manifest.ts'
import type { Exposure, LockedHost, LockedSubset } from '../lock/lock.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { hasSubset, servingTarget } from '../mesh/routing.ts'

/** All that a cluster lets in of a host, each once, sorted by name. */
export function subsetsOf(exposures: readonly Exposure[], cluster: string): LockedSubset[] {
  const all = exposures.filter((exposure) => exposure.cluster === cluster).flatMap(({ subsets = [] }) => subsets)
  return byName([...new Map([...all].reverse().map((subset) => [subset.name, subset])).values()])
}

function byName(subsets: readonly LockedSubset[]): LockedSubset[] {
  return [...subsets].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** A live exposure with the subsets that the intent wants of its cluster, and those that have left it. */
export function subsetsAfter(
  exposure: Exposure,
  service: Service,
  former: readonly Exposure[],
  released: boolean,
): Exposure {
  const { cluster } = exposure
  const provider = service.providers.find((p) => p.cluster === cluster)
  const live = service.subsets
    .filter(({ name }) => provider !== undefined && hasSubset(provider, name))
    .map(({ name, labels }): LockedSubset => ({ name, ...(labels && { labels: sorted(labels) }), retiring: false }))
  const left = subsetsOf(former, cluster)
    .filter(({ name }) => !live.some((subset) => subset.name === name))
    // What leaves in this very run has been live until now, and is not released by it.
    .filter(({ retiring }) => !(released && retiring))
    .map((subset) => ({ ...subset, retiring: true }))
  const subsets = byName([...live, ...left])
  return { ...exposure, ...(subsets.length > 0 && { subsets }) }
}

export function retiringSubsets(key: string, exposures: readonly Exposure[]): Diagnostic[] {
  return exposures.flatMap(({ cluster, subsets = [] }) => {
    const names = subsets.filter(({ retiring }) => retiring).map(({ name }) => name)
    return names.length === 0 ? [] : [diagnose('MESH-W255', { host: key, cluster, subsets: names })]
  })
}

/**
 * A rule of ours takes the place of the owners' one at the gateway, so a provider has subsets of one kind only, those that
 * are still kept among them.
 */
export function mixedSubsets(mesh: Mesh, key: string, exposures: readonly Exposure[]): Diagnostic[] {
  const origin = mesh.services.find((service) => service.key === key)?.origin ?? mesh.origin
  return [...new Set(exposures.map(({ cluster }) => cluster))].flatMap((cluster) => {
    const all = subsetsOf(exposures, cluster)
    const [ours, theirs] = [true, false].map((has) => all.filter(({ labels }) => (labels !== undefined) === has))
    if (ours?.length === 0 || theirs?.length === 0) return []
    const names = (some: readonly LockedSubset[] = []): string[] => some.map(({ name }) => name)
    return [diagnose('MESH-E872', { host: key, cluster, ours: names(ours), theirs: names(theirs) }, origin)]
  })
}

/** Of a host that is called already: subsets that requests are sent to, of which a gateway has never been told. */
export function subsetGaps(service: Service, { exposures }: LockedHost): Diagnostic[] {
  const routed = (service.routing?.routes ?? []).flatMap(({ to }) => to.filter(({ weight }) => weight > 0))
  const gaps = new Map<string, Diagnostic>()
  for (const target of routed) {
    const { subset } = target
    if (subset === undefined) continue
    for (const { cluster } of servingTarget(service, target)) {
      const isExposed = exposures.some((exposure) => exposure.cluster === cluster)
      if (!isExposed || subsetsOf(exposures, cluster).some(({ name }) => name === subset)) continue
      gaps.set(`${cluster} ${subset}`, diagnose('MESH-W256', { host: service.key, cluster, subset }, service.origin))
    }
  }
  return [...gaps.values()]
}
