/** What each cluster's trust needs, and whether what the lock has still fits together. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedCluster } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { day, DAY_MS, daysUntil } from '../trust/days.ts'
import { isSignedBy, problemText, readCertificate, sha256, type Certificate } from '../trust/read.ts'
import { readSealingCertificate } from '../trust/seal/sealed-secrets.ts'
import type { IssueTask } from '../trust/task.ts'

/** A root is replaced over weeks, so its end is announced early. */
const ROOT_WARN_DAYS = 730

export interface TrustPlan {
  readonly tasks: readonly IssueTask[]
  readonly diagnostics: readonly Diagnostic[]
}

export function planTrust(mesh: Mesh, lock: Lock, files: ReadonlyMap<string, Uint8Array>, now: Date): TrustPlan {
  const diagnostics: Diagnostic[] = []
  const tasks: IssueTask[] = []
  const root = usableRoot(mesh, lock, now, diagnostics)
  for (const cluster of mesh.clusters) {
    const locked = lock.clusters.get(cluster.name)
    const generation = wantedGeneration(mesh, cluster, locked, diagnostics)
    if (generation === undefined) continue
    if (locked !== undefined && generation === locked.generation) {
      diagnostics.push(...keptDiagnostics(mesh, cluster, locked, root, now))
    } else if (root !== undefined) {
      const sealing = sealingCertificate(cluster, files, now, diagnostics)
      if (sealing !== undefined) tasks.push(issueTask(mesh, cluster, generation, root, sealing))
    }
  }
  return { tasks, diagnostics }
}

interface UsableRoot {
  readonly id: string
  readonly pem: string
  readonly certificate: Certificate
}

function usableRoot(mesh: Mesh, lock: Lock, now: Date, diagnostics: Diagnostic[]): UsableRoot | undefined {
  const { root: id, origin } = mesh.trust
  // A root of another name that has signed something is told at each cluster, and more to the point.
  const others = [...lock.clusters.values()].some((c) => !c.removed && c.root !== id)
  const locked = lock.roots.get(id)
  if (locked === undefined) {
    const signed = [...lock.clusters.values()].filter((c) => c.root === id).map((c) => c.name)
    if (signed.length > 0) diagnostics.push(diagnose('MESH-E816', { root: id, clusters: signed.sort() }, origin))
    else if (!others) diagnostics.push(diagnose('MESH-E805', { root: id }, origin))
    return undefined
  }
  const reading = readCertificate(locked.certificate)
  if ('problem' in reading) {
    diagnostics.push(diagnose('MESH-E807', { root: id, problem: `is ${problemText(reading.problem)}` }, origin))
    return undefined
  }
  const { certificate } = reading
  if (certificate.notAfter.getTime() - now.getTime() < ROOT_WARN_DAYS * DAY_MS) {
    diagnostics.push(diagnose('MESH-W808', { root: id, date: day(certificate.notAfter) }, origin))
  }
  return { id, pem: locked.certificate, certificate }
}

/** The generation that the cluster must have after this run; undefined when that is refused. */
function wantedGeneration(
  mesh: Mesh,
  cluster: Cluster,
  locked: LockedCluster | undefined,
  diagnostics: Diagnostic[],
): number | undefined {
  const { name, currentTrust, generation, origin } = cluster
  // A cluster that comes back signs with the cacerts that it got from here, which nothing prunes, and under this root.
  const ours = locked?.removed === true && currentTrust.state === 'cacerts'
  if ((locked === undefined || locked.removed) && currentTrust.state !== 'none' && !ours) {
    diagnostics.push(diagnose('MESH-E802', { cluster: name, current: currentTrust.state }, currentTrust.origin))
    return undefined
  }
  if (locked === undefined) return generation?.number ?? 1
  if (!locked.removed && locked.root !== mesh.trust.root) {
    diagnostics.push(
      diagnose('MESH-E806', { cluster: name, locked: locked.root, wanted: mesh.trust.root }, mesh.trust.origin),
    )
    return undefined
  }
  // A cluster that comes back goes on where it ended: two intermediates never share a subject.
  const least = locked.removed ? locked.generation + 1 : locked.generation
  const wanted = generation?.number ?? least
  if (wanted < least || wanted > locked.generation + 1) {
    const args = { cluster: name, wanted, locked: locked.generation, removed: locked.removed }
    diagnostics.push(diagnose('MESH-E803', args, generation?.origin ?? origin))
    return undefined
  }
  return wanted
}

function keptDiagnostics(
  mesh: Mesh,
  cluster: Cluster,
  locked: LockedCluster,
  root: UsableRoot | undefined,
  now: Date,
): Diagnostic[] {
  const { name, origin } = cluster
  const reading = readCertificate(locked.certificate)
  if ('problem' in reading) {
    return [
      diagnose('MESH-E810', { cluster: name, problem: `its certificate is ${problemText(reading.problem)}` }, origin),
    ]
  }
  const found: Diagnostic[] = []
  const mixed = (problem: string): number => found.push(diagnose('MESH-E810', { cluster: name, problem }, origin))
  const { items } = locked.sealed
  if (root !== undefined) {
    if (!isSignedBy(reading.certificate, root.certificate)) mixed(`its certificate is not signed by root ${root.id}`)
    if (items['root-cert.pem'].plain !== sha256(Buffer.from(root.pem))) mixed('another root is sealed in it')
  }
  if (items['ca-cert.pem'].plain !== sha256(Buffer.from(locked.certificate)))
    mixed('another certificate is sealed in it')
  if (locked.sealed.namespace !== cluster.istio.namespace) {
    const args = { cluster: name, locked: locked.sealed.namespace, wanted: cluster.istio.namespace }
    found.push(diagnose('MESH-E804', { ...args, generation: locked.generation }, origin))
  }
  const { notAfter } = reading.certificate
  const days = daysUntil(notAfter, now)
  if (days < 0) {
    found.push(diagnose('MESH-W813', { cluster: name, date: day(notAfter) }, origin))
  } else if (days < mesh.trust.renewBeforeDays) {
    found.push(
      diagnose('MESH-W809', { cluster: name, date: day(notAfter), days, generation: locked.generation }, origin),
    )
  }
  return found
}

type SealingCertificate = IssueTask['sealing']['certificate']

function sealingCertificate(
  cluster: Cluster,
  files: ReadonlyMap<string, Uint8Array>,
  now: Date,
  diagnostics: Diagnostic[],
): SealingCertificate | undefined {
  const { path, origin } = cluster.sealing.certificate
  const bytes = files.get(path)
  if (bytes === undefined) {
    diagnostics.push(diagnose('MESH-E811', { cluster: cluster.name, path }, origin))
    return undefined
  }
  const checked = readSealingCertificate({ path, text: Buffer.from(bytes).toString('utf8') }, now)
  diagnostics.push(...checked.diagnostics)
  return checked.ok ? checked.value : undefined
}

function issueTask(
  mesh: Mesh,
  cluster: Cluster,
  generation: number,
  root: UsableRoot,
  certificate: SealingCertificate,
): IssueTask {
  return {
    kind: 'issue-intermediate',
    cluster: cluster.name,
    generation,
    root: { id: root.id, certificate: root.pem },
    organization: mesh.trust.organization,
    mesh: mesh.name,
    validityDays: mesh.trust.validityDays,
    sealing: { certificate, namespace: cluster.istio.namespace, name: 'cacerts' },
  }
}
