import type { LockedCluster, SealedItems } from '../../src/lock/lock.ts'

/** Of a cluster whose `cacerts` the sealed-secrets controller brings. */
export function sealedItemsOf(cluster: LockedCluster | undefined): SealedItems {
  if (cluster?.sealed.backend !== 'sealed-secrets') throw new Error('sealed by sealed-secrets')
  return cluster.sealed.items
}
