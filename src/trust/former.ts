/** What the lock remembers of intermediates that sign no more. */
import type { FormerIntermediate, LockedCluster } from '../lock/lock.ts'
import { readCertificate } from './read.ts'

/** When the next generation is issued: the one before it, and those before that, but for what has ended by then. */
export function formerAfter(locked: LockedCluster | undefined, now: Date): readonly FormerIntermediate[] {
  if (locked === undefined) return []
  const { generation, root, certificate, crl } = locked
  return [...(locked.former ?? []), { generation, root, certificate, ...(crl !== undefined && { crl }) }].filter(
    (former) => {
      const reading = readCertificate(former.certificate)
      return 'certificate' in reading && reading.certificate.notAfter > now
    },
  )
}
