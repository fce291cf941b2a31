/** The lock held against an earlier one: that of HEAD, of the branch that a change goes to, of what is published. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { messageOf } from '../diagnostics/report.ts'
import type { Lock } from '../lock/lock.ts'
import { LOCK_FOLDER } from '../lock/read.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { judgeStage, publishedState, trustState, type TrustState } from '../trust/stages.ts'
import { diagnosticOf } from './stage-diagnostics.ts'

/** @param label how the earlier one is called: `HEAD`, `origin/main` */
export function baseDiagnostics(mesh: Mesh, label: string, base: Lock, lock: Lock): Diagnostic[] {
  const replaced = replacedRoots(base, lock).map((root) =>
    diagnose('MESH-E821', { root, base: label }, inLock(`roots/${root}.yaml`)),
  )
  return [
    ...replaced,
    ...skippedStages(mesh, label, publishedState(trustState(base), lock), trustState(lock)),
    ...generations(label, base, lock),
  ]
}

/** The faults of a step, each told as what keeps it from being one stage. */
export function skippedStages(mesh: Mesh, label: string, before: TrustState, after: TrustState): Diagnostic[] {
  return judgeStage(before, after).map((fault) => {
    const { span, ...rest } = diagnosticOf(mesh, fault)
    return diagnose('MESH-E822', { base: label, reason: messageOf(rest) }, span)
  })
}

/** Only of roots that somebody trusts: one that is not in use yet may be made anew. */
function replacedRoots(base: Lock, lock: Lock): string[] {
  const used = new Set([...base.clusters.values()].flatMap(({ root, bundle }) => [root, ...bundle]))
  return [...base.roots.values()].flatMap(({ id, certificate }) => {
    const now = lock.roots.get(id)
    return used.has(id) && now !== undefined && now.certificate !== certificate ? [id] : []
  })
}

function generations(label: string, base: Lock, lock: Lock): Diagnostic[] {
  return [...lock.clusters.values()].flatMap(({ name, generation, certificate, removed }) => {
    const was = base.clusters.get(name)
    if (was === undefined || removed || was.certificate === certificate) return []
    const span = inLock(`clusters/${name}.yaml`)
    if (generation < was.generation) {
      return [diagnose('MESH-W823', { cluster: name, base: label, locked: generation, was: was.generation }, span)]
    }
    return generation === was.generation
      ? [diagnose('MESH-W824', { cluster: name, base: label, generation }, span)]
      : []
  })
}

function inLock(path: string): Span {
  return { file: `${LOCK_FOLDER}/${path}`, start: 0, end: 0 }
}
