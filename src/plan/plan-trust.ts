/** What each cluster's trust needs, and whether what the lock has still fits together. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedCluster, LockedRoot, PendingCluster } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { pendingOf, stalePending } from '../trust/pending.ts'
import { nextBundle, trustState, type ClusterTrust } from '../trust/stages.ts'
import type { BundleTask, IssueTask, Sealing, TaskRoot } from '../trust/task.ts'
import { keptDiagnostics } from './kept-trust.ts'
import { intermediateSan, madeOtherwise } from './made-otherwise.ts'
import { planCrl } from './plan-crl.ts'
import { planRoots, type RootPlan, type UsableRoot } from './roots.ts'
import { keptSealing, movedSealing, rewrapTasks, sealingOf } from './sealing.ts'
import { stageDiagnostics } from './stage-diagnostics.ts'
import type { Task } from './task.ts'

export interface TrustPlan {
  /** Of the lock after this run. */
  readonly roots: ReadonlyMap<string, LockedRoot>
  readonly tasks: readonly Task[]
  readonly diagnostics: readonly Diagnostic[]
  /** Clusters whose first certificate is still asked for elsewhere. */
  readonly waiting: readonly string[]
}

export function planTrust(mesh: Mesh, lock: Lock, files: ReadonlyMap<string, Uint8Array>, now: Date): TrustPlan {
  const roots = planRoots(mesh, lock, now)
  const around = { mesh, lock, roots, files, now }
  const clusters = mesh.clusters.map((cluster) => planCluster(around, cluster))
  const after = new Map(clusters.flatMap(({ trust }) => (trust === undefined ? [] : [trust])))
  const waiting = clusters.flatMap(({ waiting: name }) => (name === undefined ? [] : [name]))
  // Where a generation is refused, nothing can be said of the step.
  const stage =
    after.size + waiting.length === mesh.clusters.length ? stageDiagnostics(mesh, trustState(lock), after) : []
  const tasks = clusters.flatMap((planned) => planned.tasks)
  const crl = planCrl({
    mesh,
    lock,
    after,
    tasks,
    seal: (cluster, task) => seal(around, cluster, lock.clusters.get(cluster.name)?.generation ?? 1, task),
    now,
  })
  return {
    roots: roots.next,
    tasks: [...tasks, ...crl.tasks, ...roots.tasks],
    diagnostics: [
      // Nobody is to make a root for a step that is refused anyhow.
      ...roots.diagnostics.filter(({ code }) => code !== 'MESH-E805' || stage.length === 0),
      ...clusters.flatMap(({ diagnostics }) => diagnostics),
      ...stage,
      ...madeOtherwise(mesh, lock),
      ...staleDiagnostics(mesh, lock),
      ...crl.diagnostics,
    ],
    waiting,
  }
}

interface Surroundings {
  readonly mesh: Mesh
  readonly lock: Lock
  readonly roots: RootPlan
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly now: Date
}

interface ClusterPlan {
  /** Absent when it cannot be told. */
  readonly trust?: readonly [cluster: string, trust: ClusterTrust]
  /** Its name, where it has nothing yet to sign with. */
  readonly waiting?: string
  readonly tasks: readonly Task[]
  readonly diagnostics: readonly Diagnostic[]
}

function planCluster(around: Surroundings, cluster: Cluster): ClusterPlan {
  const { mesh, lock, roots, now } = around
  const locked = lock.clusters.get(cluster.name)
  const wanted = wantedGeneration(cluster, locked)
  if ('refusal' in wanted) return { tasks: [], diagnostics: [wanted.refusal] }
  const live = locked?.removed === true ? undefined : locked
  const pending = pendingOf(lock, cluster)
  if (live === undefined && pending !== undefined) {
    return { waiting: cluster.name, tasks: [], diagnostics: [waitingDiagnostic(cluster, pending, undefined)] }
  }
  // The former one stays until the new one is complete.
  const generation = live !== undefined && pending !== undefined ? live.generation : wanted.generation
  const told = pending === undefined ? [] : [waitingDiagnostic(cluster, pending, live)]
  const ids = nextBundle(live?.bundle, trustedIds(mesh))
  const bundle = bundleOf(ids, roots)
  if (live !== undefined && generation === live.generation) {
    const trust = [cluster.name, { signer: live.root, intermediate: live.certificate, bundle: ids }] as const
    const signer = roots.usable.find(({ id }) => id === live.root)
    const kept = [
      ...told,
      ...keptDiagnostics(mesh, cluster, live, signer, lock, now),
      ...keptSealing(cluster, live, around.files),
    ]
    const rewrap = rewrapTasks(cluster, live)
    const unchanged = bundle === undefined || ids.join() === live.bundle.join()
    if (unchanged || live.sealed.backend !== cluster.sealing.backend) return { trust, tasks: rewrap, diagnostics: kept }
    const sealed = seal(around, cluster, generation, (sealing): BundleTask => {
      return { kind: 'seal-bundle', cluster: cluster.name, bundle, sealing }
    })
    return { trust, tasks: [...rewrap, ...sealed.tasks], diagnostics: [...kept, ...sealed.diagnostics] }
  }
  const { root: signer, organization, keyType, validityDays } = mesh.trust
  const trust = [cluster.name, { signer, intermediate: `generation ${generation}`, bundle: ids }] as const
  const root = bundle?.find(({ id }) => id === signer)
  if (bundle === undefined || root === undefined) return { trust, tasks: [], diagnostics: [] }
  const sealed = seal(around, cluster, generation, (sealing): IssueTask => {
    const identity = { cluster: cluster.name, generation, organization, mesh: mesh.name, keyType, validityDays }
    const san = intermediateSan(mesh, cluster)
    const { adopted } = locked ?? {}
    const optional = { ...(san && { san }), ...(adopted && { adopted }) }
    return { kind: 'issue-intermediate', ...identity, ...optional, root, bundle, sealing }
  })
  return { trust, tasks: sealed.tasks, diagnostics: [...movedSealing(cluster, live), ...sealed.diagnostics] }
}

function waitingDiagnostic(cluster: Cluster, pending: PendingCluster, live: LockedCluster | undefined): Diagnostic {
  const { generation } = pending
  const args = { cluster: cluster.name, generation, ...(live && { live: live.generation }) }
  return diagnose('MESH-W440', args, cluster.origin)
}

function staleDiagnostics(mesh: Mesh, lock: Lock): Diagnostic[] {
  return stalePending(lock).flatMap(({ name, generation }) => {
    const [locked, origin] = [lock.clusters.get(name), mesh.clusters.find((c) => c.name === name)?.origin]
    if (locked === undefined || origin === undefined) return []
    return [diagnose('MESH-W445', { cluster: name, generation, locked: locked.generation }, origin)]
  })
}

export function trustedIds(mesh: Mesh): string[] {
  return mesh.trust.roots.filter(({ state }) => state !== 'retired').map(({ id }) => id)
}

/** With their certificates; undefined when one of them cannot be used. */
function bundleOf(ids: readonly string[], { usable }: RootPlan): TaskRoot[] | undefined {
  const bundle = ids.flatMap((id) => usable.filter((root) => root.id === id).map(taskRoot))
  return bundle.length === ids.length ? bundle : undefined
}

function taskRoot({ id, certificate }: UsableRoot): TaskRoot {
  return { id, certificate }
}

/** The generation that the cluster must have after this run. */
export function wantedGeneration(
  cluster: Cluster,
  locked: LockedCluster | undefined,
): { readonly generation: number } | { readonly refusal: Diagnostic } {
  const { name, currentTrust, generation, origin } = cluster
  // A cluster that comes back signs with the cacerts that it got from here, which nothing prunes, and under this root.
  const ours = locked?.removed === true && currentTrust.state === 'cacerts'
  if ((locked === undefined || locked.removed) && currentTrust.state !== 'none' && !ours) {
    const args = { cluster: name, current: currentTrust.state }
    return { refusal: diagnose('MESH-E802', args, currentTrust.origin) }
  }
  if (locked === undefined) return { generation: generation?.number ?? 1 }
  // A cluster that comes back goes on where it ended: two intermediates never share a subject.
  const least = locked.removed ? locked.generation + 1 : locked.generation
  const wanted = generation?.number ?? least
  if (wanted < least || wanted > locked.generation + 1) {
    const args = { cluster: name, wanted, locked: locked.generation, removed: locked.removed }
    return { refusal: diagnose('MESH-E803', args, generation?.origin ?? origin) }
  }
  return { generation: wanted }
}

/** The task, if there is what it needs to be sealed with. */
function seal(
  { mesh, files, now }: Surroundings,
  cluster: Cluster,
  generation: number,
  task: (sealing: Sealing) => Task,
): { readonly tasks: readonly Task[]; readonly diagnostics: readonly Diagnostic[] } {
  const { sealing, diagnostics } = sealingOf({ mesh: mesh.name, files, now }, cluster, generation)
  return { tasks: sealing === undefined ? [] : [task(sealing)], diagnostics }
}
