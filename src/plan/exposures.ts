/**
 * Which hosts the lock has after this run. Make before break: an exposure that leaves the intent stays until it is
 * released, since clusters sync one by one, and a host that leaves keeps its address as a tombstone.
 */
import type { Exposure, Lock, LockedHost, WorkloadPolicy } from '../lock/lock.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { subsetsAfter, subsetsOf } from './exposed-subsets.ts'
import { guarded, policyFor } from './workload-policy.ts'

export function nextHosts(
  mesh: Mesh,
  lock: Lock,
  addresses: ReadonlyMap<string, string>,
  release: ReadonlySet<string>,
): Map<string, LockedHost> {
  const next = new Map<string, LockedHost>()
  const former = (key: string): readonly Exposure[] => lock.hosts.get(key)?.exposures ?? []

  for (const service of mesh.services) {
    const address = addresses.get(service.key)
    if (address === undefined) continue
    const before = former(service.key)
    const live = wanted(mesh, service).map((exposure) => {
      return subsetsAfter(exposure, service, before, release.has(service.key))
    })
    const exposures = [...live, ...retiring(before, live, release.has(service.key))]
    next.set(service.key, {
      service: service.name,
      namespace: service.namespace,
      address,
      removed: false,
      // Sorting is stable: what is live comes before what retires from the same cluster.
      exposures: exposures
        .map((exposure) => guarded(mesh, service, exposure, stillCalled(before, exposures, exposure)))
        .sort((a, b) => (a.cluster < b.cluster ? -1 : a.cluster > b.cluster ? 1 : 0)),
    })
  }
  for (const [key, host] of lock.hosts) {
    if (next.has(key)) continue
    next.set(key, { ...host, removed: true, exposures: retiring(former(key), [], release.has(key)) })
  }
  return next
}

/**
 * Whoever runs it lets it in, in whatever state, where there is somebody else to call it; with a policy always, since that
 * holds for its pods whoever calls.
 */
function wanted(mesh: Mesh, service: Service): Exposure[] {
  const { providers, consumers, ports } = service
  return providers
    .filter(({ cluster }) =>
      consumers.some((consumer) => consumer.cluster !== cluster || policyFor(mesh, service, cluster) !== undefined),
    )
    .map(({ cluster }) => ({ cluster, ports: servicePorts(ports), retiring: false }))
}

/** Two ports of a host may lead to one of the Service. */
function servicePorts(ports: Service['ports']): readonly number[] {
  return [...new Set(ports.map(({ port }) => port))].sort((a, b) => a - b)
}

/** Of each cluster, the ports that were exposed and are no longer wanted; a cluster that stays keeps its own entry. */
function retiring(former: readonly Exposure[], live: readonly Exposure[], released: boolean): Exposure[] {
  const kept = new Map<string, Exposure>()
  for (const { cluster, ports, retiring, policy } of former) {
    // What leaves the intent in this very run has been live until now, and is not released by it.
    if (released && retiring) continue
    const own = live.find((exposure) => exposure.cluster === cluster)?.ports ?? []
    const known = kept.get(cluster)
    const left = [...(known?.ports ?? []), ...ports.filter((port) => !own.includes(port))]
    if (left.length === 0) continue
    // The first entry of a cluster is the one whose policy is rendered.
    const rendered = known === undefined ? policy : known.policy
    // While a cluster goes on to expose the host, its subsets are those of what is live.
    const subsets = live.some((exposure) => exposure.cluster === cluster) ? [] : subsetsOf(former, cluster)
    kept.set(cluster, {
      cluster,
      ports: left,
      retiring: true,
      ...(subsets.length > 0 && { subsets }),
      ...(rendered && { policy: rendered }),
    })
  }
  return [...kept.values()].map((exposure) => ({
    ...exposure,
    ports: [...new Set(exposure.ports)].sort((a, b) => a - b),
  }))
}

/** The former policy of a cluster where somebody may still call what has left the intent. */
function stillCalled(
  former: readonly Exposure[],
  exposures: readonly Exposure[],
  { cluster }: Exposure,
): WorkloadPolicy | undefined {
  if (!exposures.some((exposure) => exposure.cluster === cluster && exposure.retiring)) return undefined
  return former.find((exposure) => exposure.cluster === cluster)?.policy
}
