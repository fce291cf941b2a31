/**
 * Which hosts the lock has after this run. Make before break: an exposure that leaves the intent stays until it is
 * released, since clusters sync one by one, and a host that leaves keeps its address as a tombstone.
 */
import type { Exposure, Lock, LockedHost } from '../lock/lock.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { guarded } from './workload-policy.ts'

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
    const exposures = [
      ...serving(service),
      ...retiring(former(service.key), serving(service), release.has(service.key)),
    ]
    next.set(service.key, {
      service: service.name,
      namespace: service.namespace,
      address,
      removed: false,
      exposures: exposures
        .map((exposure) => guarded(mesh, service, exposure))
        .sort((a, b) => (a.cluster < b.cluster ? -1 : 1)),
    })
  }
  for (const [key, host] of lock.hosts) {
    if (next.has(key)) continue
    next.set(key, { ...host, removed: true, exposures: retiring(former(key), [], release.has(key)) })
  }
  return next
}

function serving(service: Service): Exposure[] {
  if (service.consumers.length === 0) return []
  return [{ cluster: service.provider, ports: service.ports.map((p) => p.port), retiring: false }]
}

function retiring(former: readonly Exposure[], serving: readonly Exposure[], released: boolean): Exposure[] {
  return (
    former
      .filter((f) => !serving.some((s) => s.cluster === f.cluster))
      // What leaves the intent in this very run has been live until now, and is not released by it.
      .filter((f) => !(released && f.retiring))
      .map((f) => ({ ...f, retiring: true }))
  )
}
