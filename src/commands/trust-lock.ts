/** What the commands that change the trust of one cluster have in common. */
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import { lockTree } from '../lock/write.ts'
import { clusterNamed, type Cluster, type Mesh } from '../mesh/mesh.ts'
import { writeAll } from '../shell/transaction.ts'
import type { Gathered, Places } from '../shell/workspace.ts'
import { settleInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'
import { refuseSecrets } from './secrets.ts'

export interface ClusterInputs extends Gathered {
  readonly cluster: Cluster
  /** Texts of what was read, for code frames. */
  readonly texts: ReadonlyMap<string, string>
}

/** @returns undefined when the inputs are wrong, which is told then */
export async function clusterInputs(invocation: Invocation, at: Places): Promise<ClusterInputs | undefined> {
  const { checked, texts } = await settleInputs(invocation, at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  if (!checked.ok) return undefined
  const [name = ''] = invocation.positionals
  const cluster = clusterNamed(checked.value.mesh, name)
  if (cluster !== undefined) return { ...checked.value, cluster, texts }
  throw new Failure(`the intent has no cluster ${name}`, {
    exitCode: exit.invalid,
    hints: [`clusters: ${checked.value.mesh.clusters.map((c) => c.name).join(', ')}`],
  })
}

/**
 * Writes these files of the lock, and no others.
 *
 * @param remove files that are not in the lock any more, where they are there
 */
export async function writeLockFiles(
  at: Places,
  { mesh, lock }: { readonly mesh: Mesh; readonly lock: Lock },
  paths: readonly string[],
  remove: readonly string[] = [],
): Promise<void> {
  const tree = lockTree(lock, mesh.name)
  refuseSecrets(tree)
  const put = new Map(['.gitattributes', ...paths].map((path) => [path, tree.get(path) ?? '']))
  await writeAll(at.lock, [{ folder: at.lock, put, remove, durable: true }])
}
