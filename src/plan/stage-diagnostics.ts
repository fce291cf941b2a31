/** A step of trust that is more than one stage, told where the intent asks for it. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { judgeStage, type StageFault, type TrustState } from '../trust/stages.ts'

export function stageDiagnostics(mesh: Mesh, before: TrustState, after: TrustState): Diagnostic[] {
  return judgeStage(before, after).map((fault) => diagnosticOf(mesh, fault))
}

export function diagnosticOf(mesh: Mesh, fault: StageFault): Diagnostic {
  const cluster = mesh.clusters.find(({ name }) => name === fault.clusters[0])?.origin ?? mesh.trust.origin
  const rootAt = (id: string): Diagnostic['span'] => mesh.trust.roots.find((root) => root.id === id)?.origin
  switch (fault.kind) {
    case 'untrusted':
      return diagnose('MESH-E817', fault, rootAt(fault.root) ?? cluster)
    case 'dropped':
      return diagnose('MESH-E806', fault, rootAt(fault.root) ?? mesh.trust.origin)
    case 'swapped':
      return diagnose('MESH-E818', fault, mesh.trust.origin)
    case 'two-stages':
      return diagnose('MESH-E819', fault, cluster)
  }
}
