/** Whether what the lock has of a cluster still fits together, and how long it lasts. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedCluster, PublicItem } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { day, daysUntil } from '../trust/days.ts'
import { publicTexts } from '../trust/public-items.ts'
import { isSignedBy, problemText, readCertificate, readCertificates, sha256, type Certificate } from '../trust/read.ts'
import type { UsableRoot } from './roots.ts'

/** By the intermediates between, where there are some; a root that signs itself is there already. */
function leadsTo(root: Certificate, certificate: Certificate, chain: string | undefined): boolean {
  if (certificate.der.equals(root.der)) return true
  const reading = chain === undefined ? undefined : readCertificates(chain)
  if (reading !== undefined && 'problem' in reading) return false
  const path = [certificate, ...(reading?.certificates ?? []), root]
  return path.every((each, i) => i === 0 || isSignedBy(path[i - 1] ?? each, each))
}

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
  if (signer !== undefined && !leadsTo(signer.parsed, reading.certificate, locked.chain)) {
    mixed(`its certificate is not signed by root ${signer.id}`)
  }
  const bundle = locked.bundle.map((id) => lock.roots.get(id)?.certificate)
  // A root that cannot be read is told as such.
  const whole = bundle.every((pem) => pem !== undefined && 'certificate' in readCertificate(pem))
  const texts = publicTexts(locked, (id) => lock.roots.get(id)?.certificate ?? '')
  const isSealed = (item: PublicItem): boolean => items[item].plain === sha256(Buffer.from(texts[item]))
  if (whole && !isSealed('root-cert.pem')) {
    mixed(bundle.length === 1 ? 'another root is sealed in it' : 'other roots are sealed in it')
  }
  if (!isSealed('ca-cert.pem')) mixed('another certificate is sealed in it')
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
