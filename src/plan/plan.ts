/**
 * The mesh held against the lock: what must be done, and what the lock is afterwards, but for what needs a key. Pure,
 * and without any key, so that it runs in pull requests and hooks.
 */
import { assignAddresses } from '../addresses/assign.ts'
import { diagnose, sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { LISTENED_HOSTS_MAX } from '../istio/gateway-api.ts'
import { exposedNames } from '../istio/gateway.ts'
import type { Lock, LockedCluster } from '../lock/lock.ts'
import { clusterNamed, type Mesh } from '../mesh/mesh.ts'
import { withoutClusters } from '../mesh/without-clusters.ts'
import { day } from '../trust/days.ts'
import { readCertificate } from '../trust/read.ts'
import { exposureDiagnostics } from './exposure-diagnostics.ts'
import { nextHosts } from './exposures.ts'
import { planDns } from './plan-dns.ts'
import { planTrust } from './plan-trust.ts'
import { renamedDiagnostics } from './renamed.ts'
import { hostTasks, type Task } from './task.ts'

export interface Plan {
  /** As it is rendered: without the clusters that wait for their first certificate. */
  readonly mesh: Mesh
  /** The lock after this run, but for the clusters that wait for an intermediate. */
  readonly lock: Lock
  readonly tasks: readonly Task[]
  /** The Corefile that each cluster gets. */
  readonly corefiles: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

export interface PlanRequest {
  readonly mesh: Mesh
  readonly lock: Lock
  /** Contents of the files that the mesh names, by path; absent when there is no such file. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly now: Date
  /** Hosts (`<service>.<namespace>`) whose retiring exposures end now. */
  readonly release?: readonly string[]
}

export function plan({ mesh, lock, files, now, release = [] }: PlanRequest): Plan {
  const { addresses, diagnostics: addressDiagnostics } = assignAddresses(mesh, lock)
  const clusters = nextClusters(mesh, lock)
  const trust = planTrust(mesh, lock, files, now)
  const rendered = withoutClusters(mesh, trust.waiting)
  const hosts = nextHosts(rendered, lock, addresses, new Set(release))
  const dns = planDns(rendered, addresses, files)
  const tasks = [...trust.tasks, ...clusters.tasks, ...hostTasks(lock.hosts, hosts)]
  const diagnostics = [
    ...addressDiagnostics,
    ...trust.diagnostics,
    ...renamedDiagnostics(mesh, lock),
    ...dns.diagnostics,
  ]
  for (const host of release) {
    if (!tasks.some((t) => t.kind === 'release' && t.host === host)) diagnostics.push(diagnose('MESH-E814', { host }))
  }
  const pending = new Map([...(lock.pending ?? [])].filter(([name]) => clusterNamed(mesh, name) !== undefined))
  const next: Lock = { roots: trust.roots, clusters: clusters.next, hosts, ...(pending.size > 0 && { pending }) }
  diagnostics.push(...exposureDiagnostics(rendered, lock.hosts, hosts), ...listenerDiagnostics(rendered, next))
  return {
    mesh: rendered,
    lock: next,
    tasks,
    corefiles: dns.corefiles,
    diagnostics: sortDiagnostics(diagnostics),
  }
}

function listenerDiagnostics(mesh: Mesh, lock: Lock): Diagnostic[] {
  return mesh.clusters.flatMap((cluster) => {
    const hosts = exposedNames(lock, cluster).length
    if (cluster.gateway.install !== 'gateway-api' || hosts <= LISTENED_HOSTS_MAX) return []
    const args = { cluster: cluster.name, hosts, hostsMax: LISTENED_HOSTS_MAX }
    return [diagnose('MESH-E890', args, cluster.origin)]
  })
}

/** Clusters that left the intent become tombstones: their intermediates stay trusted until they end. */
function nextClusters(mesh: Mesh, lock: Lock): { next: Map<string, LockedCluster>; tasks: Task[] } {
  const next = new Map<string, LockedCluster>()
  const tasks: Task[] = []
  for (const [name, cluster] of lock.clusters) {
    const removed = cluster.removed || !mesh.clusters.some((c) => c.name === name)
    next.set(name, removed ? { ...cluster, removed } : cluster)
    if (removed && !cluster.removed) {
      const reading = readCertificate(cluster.certificate)
      const until = 'certificate' in reading ? day(reading.certificate.notAfter) : 'its end'
      tasks.push({ kind: 'remove-cluster', cluster: name, until })
    }
  }
  return { next, tasks }
}
