/** Certificates that are asked for elsewhere. */
import type { Lock, PendingCluster } from '../lock/lock.ts'

/** What was asked for, while it is the generation that comes next. */
export function pendingOf(lock: Lock, { name }: { readonly name: string }): PendingCluster | undefined {
  const pending = lock.pending?.get(name)
  const locked = lock.clusters.get(name)
  return locked === undefined || pending?.generation === locked.generation + 1 ? pending : undefined
}

/** What was asked for, and no certificate can complete any more: the cluster has that generation, or is not so far. */
export function stalePending(lock: Lock): PendingCluster[] {
  return [...(lock.pending?.values() ?? [])].filter((pending) => pendingOf(lock, pending) === undefined)
}

/** As `trust status` and whoever is kept waiting say it. */
export function pendingText({ name, generation }: Pick<PendingCluster, 'name' | 'generation'>): string {
  return `${name} waits for the certificate of generation ${generation}: meshwright trust import ${name} --certificate FILE`
}
