/** Whether what the lock has of a cluster still fits together, and how long it lasts. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedCluster } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { day, daysUntil } from '../trust/days.ts'
import { isSignedBy, problemText, readCertificate, sha256 } from '../trust/read.ts'
import type { UsableRoot } from './roots.ts'

/** @param signer the root that signed, where the intent still has it */
export function keptDiagnostics(
  mesh: Mesh,
  cluster: Cluster,
  locked: LockedCluster,
  signer: UsableRoot | undefined,
  lock: Lock,
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
  if (signer !== undefined && !isSignedBy(reading.certificate, signer.parsed)) {
    mixed(`its certificate is not signed by root ${signer.id}`)
  }
  const bundle = locked.bundle.map((id) => lock.roots.get(id)?.certificate)
  // A root that cannot be read is told as such.
  const whole = bundle.every((pem) => pem !== undefined && 'certificate' in readCertificate(pem))
  if (whole && items['root-cert.pem'].plain !== sha256(Buffer.from(bundle.join('')))) {
    mixed(bundle.length === 1 ? 'another root is sealed in it' : 'other roots are sealed in it')
  }
  if (items['ca-cert.pem'].plain !== sha256(Buffer.from(locked.certificate)))
    mixed('another certificate is sealed in it')
  const keyOf = locked.sealed.backend === 'sealed-secrets' ? locked.sealed.items['ca-key.pem'].spki : undefined
  if (keyOf !== undefined && keyOf !== sha256(reading.certificate.spki))
    mixed('the key of another certificate is sealed in it')
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
