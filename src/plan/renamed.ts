/** A cluster that comes while another goes: perhaps the same one under a new name, which certificates do not follow. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { day } from '../trust/days.ts'
import { readCertificate } from '../trust/read.ts'

export function renamedDiagnostics(mesh: Mesh, lock: Lock): Diagnostic[] {
  const named = new Set(mesh.clusters.map(({ name }) => name))
  const leaving = [...lock.clusters.values()].filter(({ name, removed }) => !removed && !named.has(name))
  if (leaving.length === 0) return []
  const ends = leaving.flatMap(({ certificate }) => {
    const reading = readCertificate(certificate)
    return 'certificate' in reading ? [day(reading.certificate.notAfter)] : []
  })
  const until = ends.sort().at(-1) ?? 'its end'
  const names = leaving.map(({ name }) => name).sort()
  return mesh.clusters
    .filter(({ name }) => !lock.clusters.has(name))
    .map(({ name, origin }) => diagnose('MESH-W826', { added: name, leaving: names, until }, origin))
}
