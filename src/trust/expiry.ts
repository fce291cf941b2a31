/** What of a mesh's trust ends when, and whether that is so soon that it must be replaced now. */
import type { Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { daysUntil } from './days.ts'
import { children, DerError, readElement, readTime, tag } from './der-reader.ts'
import { parsePem } from './pem.ts'
import { readCertificate } from './read.ts'
import { liveClusters } from './rotation.ts'
import { readSealingCertificate } from './seal/sealed-secrets.ts'

/** A root is replaced over weeks, so its end is announced early. */
export const ROOT_WINDOW_DAYS = 730
/** Of a CRL and of a certificate that keys are sealed with. */
export const OTHER_WINDOW_DAYS = 90

export interface Ending {
  readonly what: 'root' | 'intermediate' | 'crl' | 'sealing-certificate'
  /** Id of the root or name of the cluster. */
  readonly of: string
  readonly date: Date
  /** Whole days that are left; negative when it has ended. */
  readonly days: number
  /** In its window it is to be replaced. */
  readonly windowDays: number
}

export function isDue({ days, windowDays }: Ending): boolean {
  return days < windowDays
}

/** Of what is in use: a retired root and a removed cluster are history. Sorted by date. */
export function endings(mesh: Mesh, lock: Lock, files: ReadonlyMap<string, Uint8Array>, now: Date): Ending[] {
  const ending = (what: Ending['what'], of: string, date: Date | undefined, windowDays: number): Ending[] =>
    date === undefined ? [] : [{ what, of, date, days: daysUntil(date, now), windowDays }]
  const live = liveClusters(lock)
  const used = new Set(live.flatMap(({ bundle }) => bundle))
  const roots = [...lock.roots.values()].filter(({ id }) => used.has(id))
  return [
    ...roots.flatMap(({ id, certificate }) => ending('root', id, lastDay(certificate), ROOT_WINDOW_DAYS)),
    ...roots.flatMap(({ id, crl }) => (crl === undefined ? [] : ending('crl', id, nextUpdate(crl), OTHER_WINDOW_DAYS))),
    ...live.flatMap(({ name, certificate }) =>
      ending('intermediate', name, lastDay(certificate), mesh.trust.renewBeforeDays),
    ),
    ...mesh.clusters.flatMap(({ name, sealing }) => {
      if (sealing.backend !== 'sealed-secrets') return []
      const bytes = files.get(sealing.certificate.path)
      if (bytes === undefined) return []
      const read = readSealingCertificate({ path: '', text: Buffer.from(bytes).toString('utf8') }, now)
      return ending('sealing-certificate', name, read.ok ? read.value.notAfter : undefined, OTHER_WINDOW_DAYS)
    }),
  ].sort((a, b) => a.date.getTime() - b.date.getTime())
}

export function lastDay(pem: string): Date | undefined {
  const reading = readCertificate(pem)
  return 'certificate' in reading ? reading.certificate.notAfter : undefined
}

/** RFC 5280, 5.1: version, signature, issuer, thisUpdate, nextUpdate. */
export function nextUpdate(crl: string): Date | undefined {
  const [block] = parsePem(crl) ?? []
  if (block === undefined) return undefined
  try {
    const [tbs] = children(readElement(block.der))
    const times =
      tbs === undefined ? [] : children(tbs).filter((e) => e.tag === tag.utcTime || e.tag === tag.generalizedTime)
    return times[1] === undefined ? undefined : readTime(times[1])
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}
