/** Where the replacement of a root stands, by intent and lock, and what the next stage of it is. */
import type { Lock, LockedCluster } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { BACKDATED_MS } from './profile.ts'
import { readCertificate } from './read.ts'

export type RootStep =
  /** Nothing is under way. */
  | { readonly kind: 'none' }
  /** A trusted root could be one that comes or one that goes; only the user knows. */
  | { readonly kind: 'unclear'; readonly root: string; readonly active: string }
  /** The intent names no such root yet: stage 1 begins. */
  | { readonly kind: 'trust'; readonly root: string }
  /** It is named, and has no certificate. */
  | { readonly kind: 'make'; readonly root: string }
  /** Not all clusters have it in their bundles: the lock is behind the intent. */
  | { readonly kind: 'bundle'; readonly root: string; readonly clusters: readonly string[] }
  /** Everybody trusts it, and these clusters are signed by another one: stage 2, whole or in parts. */
  | { readonly kind: 'sign'; readonly root: string; readonly clusters: readonly string[]; readonly begun: boolean }
  /** It signs everything, and the others wait to be dropped: stage 3. */
  | { readonly kind: 'retire'; readonly root: string; readonly old: readonly string[]; readonly since: Date }

/**
 * @param wanted id of the root that is to come; absent: a trusted root that the intent lists behind the active one, that
 * is younger and has never signed is about to come; of the others, those that have signed are about to go
 */
export function rootStep(mesh: Mesh, lock: Lock, wanted?: string): RootStep {
  const { roots, root: active } = mesh.trust
  const coming = wanted === undefined ? comingRoot(mesh, lock) : undefined
  if (coming?.clear === false) return { kind: 'unclear', root: coming.root, active }
  const root = wanted ?? coming?.root ?? active
  const state = roots.find(({ id }) => id === root)?.state
  if (state === undefined) return { kind: 'trust', root }
  if (state === 'retired') return { kind: 'none' }
  if (!lock.roots.has(root)) return { kind: 'make', root }
  const live = liveClusters(lock)
  const lacking = named(live.filter(({ bundle }) => !bundle.includes(root)))
  if (lacking.length > 0) return { kind: 'bundle', root, clusters: lacking }
  const others = named(live.filter((cluster) => cluster.root !== root))
  if (state === 'trusted' || others.length > 0) {
    const begun = others.length < live.length && !live.some((cluster) => isNewcomer(cluster, root))
    return { kind: 'sign', root, clusters: others, begun }
  }
  const ours = everSigned(lock)
  const old = roots.filter((r) => r.state === 'trusted' && ours.has(r.id)).map(({ id }) => id)
  return old.length > 0 ? { kind: 'retire', root, old, since: newestOf(live) } : { kind: 'none' }
}

/** One that still signs with what it was found with, and did not trust the root then: it may not have synced since. */
function isNewcomer({ adopted, certificate }: LockedCluster, root: string): boolean {
  return adopted !== undefined && adopted.certificate === certificate && !adopted.bundle.includes(root)
}

/**
 * Roots that an intermediate of the mesh is or was below, and those that were made here. Another one, such as a partner's,
 * is trusted for reasons of its own. One that was made here has a CRL from the start, also where the lock has forgotten
 * what it signed.
 */
function everSigned(lock: Lock): ReadonlySet<string> {
  return new Set([
    ...[...lock.clusters.values()].flatMap(({ root, adopted, former }) => {
      return [root, ...(adopted ? [adopted.root] : []), ...(former ?? []).map((f) => f.root)]
    }),
    ...[...lock.roots.values()].flatMap(({ id, crl }) => (crl === undefined ? [] : [id])),
  ])
}

function comingRoot({ trust }: Mesh, lock: Lock): { root: string; clear: boolean } | undefined {
  const ids = trust.roots.map(({ id }) => id)
  const past = pastRoots(trust.root, lock)
  const behind = trust.roots.find(({ id, state }) => {
    return state === 'trusted' && !past.has(id) && ids.indexOf(id) > ids.indexOf(trust.root)
  })
  if (behind === undefined) return undefined
  const [its, active] = [begin(lock, behind.id), begin(lock, trust.root)]
  return { root: behind.id, clear: its === undefined || active === undefined || its > active }
}

/** What signs, has signed, or came with a cluster that did not know the active root: on its way out, whatever its age. */
function pastRoots(active: string, lock: Lock): ReadonlySet<string> {
  return new Set(
    [...lock.clusters.values()].flatMap(({ removed, root, adopted, former }) => [
      ...(removed ? [] : [root]),
      ...(former ?? []).map((f) => f.root),
      ...(adopted ? [adopted.root] : []),
      ...(adopted && !adopted.bundle.includes(active) ? adopted.bundle : []),
    ]),
  )
}

/** Undefined for a root that the lock does not have. */
function begin(lock: Lock, root: string): Date | undefined {
  const reading = readCertificate(lock.roots.get(root)?.certificate ?? '')
  return 'certificate' in reading ? reading.certificate.notBefore : undefined
}

export function liveClusters(lock: Lock): LockedCluster[] {
  return [...lock.clusters.values()].filter(({ removed }) => !removed)
}

function named(clusters: readonly LockedCluster[]): string[] {
  return clusters.map(({ name }) => name).sort()
}

/** When the last intermediate was issued. */
function newestOf(clusters: readonly LockedCluster[]): Date {
  const begins = clusters.flatMap(({ certificate }) => {
    const reading = readCertificate(certificate)
    return 'certificate' in reading ? [reading.certificate.notBefore.getTime() + BACKDATED_MS] : []
  })
  return new Date(Math.max(0, ...begins))
}

const HOUR_MS = 3_600_000
/** For the Secret to reach istiod: an engine's interval, the volume's update and istiod's own watch. */
const SYNC_HOURS = 1

/**
 * When no certificate of a workload is left that an older intermediate signed, if what was issued at `since` was
 * published and synced at once: a proxy may have taken one just before, and keeps it for its whole lifetime.
 */
export function leavesEnd(since: Date, workloadTtlHours: number): Date {
  return new Date(since.getTime() + (workloadTtlHours + SYNC_HOURS) * HOUR_MS)
}

/** An id that no root has: `r2` after `r1`. */
export function nextRootId(mesh: Mesh, lock: Lock): string {
  const taken = new Set([...mesh.trust.roots.map(({ id }) => id), ...lock.roots.keys()])
  const numbers = [...taken].flatMap((id) => /^r(\d{1,6})$/.exec(id)?.[1] ?? []).map(Number)
  return `r${Math.max(0, ...numbers) + 1}`
}
