/**
 * Revocation lists, held against the lock. Whoever checks one refuses everybody when it is missing or has ended, and never
 * stops to check: what could end so is told before it is shipped.
 */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { crlItemOf, type Lock, type SealedItem } from '../lock/lock.ts'
import { supports } from '../mesh/capabilities.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { isCrlOf, readCrl, type Crl } from '../trust/crl.ts'
import { crlFile, issuersOf, issuerText, type Issuer } from '../trust/crl-file.ts'
import { day, daysUntil } from '../trust/days.ts'
import { isSignedBy, readCertificate, sha256, type Certificate } from '../trust/read.ts'
import type { ClusterTrust } from '../trust/stages.ts'
import type { CrlTask, Sealing } from '../trust/task.ts'
import type { Task } from './task.ts'

/** Its root's key has to be fetched from where it is kept. */
const CRL_WARN_DAYS = 90

export interface CrlRequest {
  readonly mesh: Mesh
  readonly lock: Lock
  /** What each live cluster trusts after this run. */
  readonly after: ReadonlyMap<string, ClusterTrust>
  /** What is to be done besides. */
  readonly tasks: readonly Task[]
  /** Makes a task of what seals for a cluster. */
  readonly seal: (cluster: Cluster, task: (sealing: Sealing) => Task) => Sealed
  readonly now: Date
}

interface Sealed {
  readonly tasks: readonly Task[]
  readonly diagnostics: readonly Diagnostic[]
}

export function planCrl(request: CrlRequest): Sealed {
  const { mesh, lock, now } = request
  const next = lockAfter(request)
  const issuers = issuersOf(next).map(readIssuer)
  const issued = new Set(request.tasks.flatMap((task) => (task.kind === 'issue-intermediate' ? [task.cluster] : [])))
  const revoked = revokedDiagnostics(mesh, issuers, issued)
  const shipping = mesh.clusters.filter(({ name }) => shipsCrl(lock, name))
  if (!mesh.trust.crl.enabled) {
    const names = shipping.map(({ name }) => name)
    const found = names.length === 0 ? notTold(mesh, issuers) : [diagnose('MESH-E853', { clusters: names }, at(mesh))]
    return { tasks: [], diagnostics: [...revoked, ...found] }
  }
  const tooOld = mesh.clusters.filter(({ istio }) => !supports('ca-crl', istio.version))
  const unserved = mesh.clusters.filter(({ sealing }) => sealing.backend !== 'sealed-secrets')
  const diagnostics = [
    ...unserved.map(({ name, sealing }) =>
      diagnose('MESH-E870', { cluster: name, backend: sealing.backend }, sealing.origin),
    ),
    ...tooOld.map(({ name, istio, origin }) =>
      diagnose('MESH-E852', { cluster: name, version: istio.version }, origin),
    ),
    ...issuers.flatMap((issuer) => judge(mesh, issuer, issued, now)),
    ...issuers.flatMap((issuer) => (isShown(issuer, issued, now) ? judgeChain(mesh, issuer, issuers) : [])),
    ...revoked,
    ...(shipping.length === 0
      ? [diagnose('MESH-W858', { clusters: mesh.clusters.map(({ name }) => name) }, at(mesh))]
      : replaced(mesh, lock, issued)),
  ]
  const sealed = sealAll(request, next, issued.size > 0)
  return { tasks: sealed.tasks, diagnostics: [...diagnostics, ...sealed.diagnostics] }
}

function at(mesh: Mesh): Diagnostic['span'] {
  return mesh.trust.crl.origin
}

function shipsCrl(lock: Lock, cluster: string): boolean {
  return lock.clusters.get(cluster)?.removed === false && crlOf(lock, cluster) !== undefined
}

function crlOf(lock: Lock, cluster: string): SealedItem | undefined {
  const locked = lock.clusters.get(cluster)
  return locked && crlItemOf(locked.sealed)
}

/** As the lock will be, but for what is yet to be issued. */
function lockAfter({ mesh, lock, after }: CrlRequest): Lock {
  const clusters = [...lock.clusters].map(([name, locked]) => {
    const removed = locked.removed || !mesh.clusters.some((cluster) => cluster.name === name)
    return [name, { ...locked, removed, bundle: after.get(name)?.bundle ?? locked.bundle }] as const
  })
  return { ...lock, clusters: new Map(clusters) }
}

/** Whatever changes in one cluster's file changes in all of them; what is issued in this run has no CRL yet. */
function sealAll({ mesh, lock, tasks, seal }: CrlRequest, next: Lock, issues: boolean): Sealed {
  const plain = sha256(Buffer.from(crlFile(next)))
  const due = mesh.clusters.filter(
    ({ name, sealing }) => sealing.backend === 'sealed-secrets' && (issues || crlOf(lock, name)?.plain !== plain),
  )
  const sealed = due.map((cluster) => {
    const made = seal(cluster, (sealing): CrlTask => ({ kind: 'seal-crls', cluster: cluster.name, sealing }))
    // What is wrong with the sealing certificate is told once, by whoever seals first.
    const told = tasks.some((task) => 'sealing' in task && task.cluster === cluster.name)
    return { tasks: made.tasks, diagnostics: told ? [] : made.diagnostics }
  })
  return { tasks: sealed.flatMap((s) => s.tasks), diagnostics: sealed.flatMap((s) => s.diagnostics) }
}

interface Read extends Issuer {
  readonly parsed: Certificate | undefined
  readonly list: Crl | undefined
}

function readIssuer(issuer: Issuer): Read {
  const reading = readCertificate(issuer.certificate)
  const parsed = 'certificate' in reading ? reading.certificate : undefined
  const list = readCrl(issuer.crl)
  return { ...issuer, parsed, list: list && parsed && isCrlOf(list, parsed) ? list : undefined }
}

/** Of a root, and of what clusters show. That a CRL ends is told of what goes on to sign: what signs no more is shown for hours. */
function judge(mesh: Mesh, issuer: Read, issued: ReadonlySet<string>, now: Date): Diagnostic[] {
  const { kind, name, parsed, list } = issuer
  if (parsed === undefined || (kind !== 'root' && !isShown(issuer, issued, now))) return []
  const span = originOf(mesh, issuer)
  const about = { of: issuerText(issuer), remedy: remedyOf(issuer, list !== undefined) }
  if (list === undefined) return [diagnose('MESH-E851', { ...about, found: issuer.crl !== undefined }, span)]
  if (kind === 'former' || issued.has(name)) return []
  // One that lasts as long as its intermediate is told of with it.
  if (kind === 'intermediate' && list.nextUpdate >= parsed.notAfter) return []
  const [date, days] = [day(list.nextUpdate), daysUntil(list.nextUpdate, now)]
  if (days < 0) return [diagnose('MESH-E854', { ...about, date }, span)]
  return days < CRL_WARN_DAYS ? [diagnose('MESH-W855', { ...about, date, days }, span)] : []
}

/** Whether workloads may go on to show a certificate of it; those of a removed cluster do when it comes back. */
function isShown({ kind, name, parsed }: Read, issued: ReadonlySet<string>, now: Date): boolean {
  if (parsed === undefined || parsed.notAfter <= now) return false
  return kind === 'intermediate' || kind === 'former' || (kind === 'removed' && issued.has(name))
}

/** The lock has no place for the CRL of a CA between an intermediate and its root. */
function judgeChain(mesh: Mesh, issuer: Read, issuers: readonly Read[]): Diagnostic[] {
  const { parsed } = issuer
  const root = issuers.find(({ kind, name }) => kind === 'root' && name === issuer.root)?.parsed
  if (parsed === undefined || root === undefined || isSignedBy(parsed, root)) return []
  const args = { of: issuerText(issuer), signer: parsed.issuer, date: day(parsed.notAfter) }
  return [diagnose('MESH-E871', args, originOf(mesh, issuer))]
}

function remedyOf({ kind, name, generation = 0, parsed }: Read, hasCrl: boolean): string {
  if (kind === 'root') {
    return `sign a new one: meshwright trust crl refresh ${name} --root-key FILE (or, signed elsewhere, trust crl import)`
  }
  if (hasCrl)
    return `only its own key could sign another: issue a new intermediate, trust.generation: ${generation + 1}`
  const wait = `leave trust.crl.enabled away until it has ended${parsed === undefined ? '' : `, on ${day(parsed.notAfter)}`}`
  const next = kind === 'intermediate' ? `issue a new intermediate, trust.generation: ${generation + 1}, and ` : ''
  return `only its own key could sign one, and workloads show it until then: ${next}${wait}, or until its root is retired`
}

function originOf(mesh: Mesh, { kind, name }: Issuer): Diagnostic['span'] {
  if (kind === 'root') return mesh.trust.roots.find(({ id }) => id === name)?.origin ?? mesh.trust.origin
  return mesh.clusters.find((cluster) => cluster.name === name)?.origin
}

/** What a root has revoked must not go on to sign. */
function revokedDiagnostics(mesh: Mesh, issuers: readonly Read[], issued: ReadonlySet<string>): Diagnostic[] {
  return issuers.flatMap((issuer) => {
    const { kind, name, generation = 0 } = issuer
    if (kind !== 'intermediate' || issued.has(name) || !isRevoked(issuer, issuers)) return []
    return [diagnose('MESH-E856', { cluster: name, generation }, originOf(mesh, issuer))]
  })
}

function isRevoked({ parsed }: Read, issuers: readonly Read[]): boolean {
  return issuers.some(
    ({ kind, list }) =>
      kind === 'root' &&
      parsed !== undefined &&
      list?.issuerDer.equals(parsed.issuerDer) === true &&
      list.revoked.some(({ hex }) => hex === parsed.serial),
  )
}

function notTold(mesh: Mesh, issuers: readonly Read[]): Diagnostic[] {
  return issuers
    .filter(({ kind, list }) => kind === 'root' && list !== undefined && list.revoked.length > 0)
    .map((issuer) => diagnose('MESH-W857', { root: issuer.name }, originOf(mesh, issuer)))
}

/** A cluster that has not synced yet has no CRL of the new intermediate, and refuses what shows it. */
function replaced(mesh: Mesh, lock: Lock, issued: ReadonlySet<string>): Diagnostic[] {
  return mesh.clusters
    .filter(({ name }) => issued.has(name) && lock.clusters.get(name)?.removed === false)
    .map(({ name, origin }) => diagnose('MESH-W859', { cluster: name }, origin))
}
