/** Whether what is to be published is one stage of trust away from what the clusters get today. */
import { exit, Failure } from '../diagnostics/failure.ts'
import { messageOf } from '../diagnostics/report.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { skippedStages } from '../plan/base-diagnostics.ts'
import { fingerprints, shownTrust } from '../trust/shown.ts'
import { publishedState } from '../trust/stages.ts'
import type { FileTree } from '../tree/file-tree.ts'

/**
 * Held against the files of the branch, and not against the lock of the commit that it names: they are what the clusters
 * apply, and they are there in a shallow clone and after a rewritten history too.
 *
 * @throws Failure for more than one stage, unless the user allows it
 */
export function judgePublished(
  invocation: Invocation,
  mesh: Mesh,
  lock: Lock,
  trees: { readonly published: FileTree; readonly next: FileTree },
): void {
  const ids = new Map(
    [...lock.roots.values()].flatMap(({ id, certificate }) => fingerprints(certificate).map((f) => [f, id] as const)),
  )
  const label = 'what is published'
  const before = publishedState(shownTrust(trees.published, ids), lock, (pem) => fingerprints(pem)[0] ?? pem)
  const skipped = skippedStages(mesh, label, before, shownTrust(trees.next, ids))
  if (skipped.length === 0) return
  const reasons = skipped.map((d) => messageOf(d))
  if (invocation.flag('allow-skipped-stage')) {
    for (const reason of reasons) invocation.say(`note: ${reason}; published all the same`)
    return
  }
  throw new Failure(`${reasons.join('\n')}\nnothing was published`, {
    exitCode: exit.found,
    hints: [
      'publish the commit of each stage by itself, oldest first, and wait until every cluster has it: git checkout COMMIT, meshwright publish',
      'if a squash left no such commits, revert it and make the stages one by one: meshwright trust rotate root tells them',
      'where clusters may lose each other, and that is meant: --allow-skipped-stage',
    ],
  })
}
