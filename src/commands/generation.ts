/** What `generate` and the hook have in common: what a plan changes in the folders of lock and output, and how it is told. */
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import { lockTree } from '../lock/write.ts'
import type { Plan } from '../plan/plan.ts'
import { render } from '../plan/render.ts'
import { readFolder } from '../shell/folder.ts'
import { writeAll } from '../shell/transaction.ts'
import type { Places } from '../shell/workspace.ts'
import { changeTo, isEmpty, ownFiles, type Change, type Found } from '../tree/change.ts'
import { difference, tooMuchRemoved } from '../tree/difference.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { sidesOf } from '../tree/merge-conflict.ts'
import { shown } from './inputs.ts'
import type { Reporter } from './reporting.ts'
import { refuseSecrets } from './secrets.ts'
import { staleFiles, staleFindings } from './stale.ts'

/** The files of the two folders, and what is to be done for them. */
export interface Generation {
  /** Name of the mesh. */
  readonly mesh: string
  readonly files: { readonly lock: FileTree; readonly output: FileTree }
  readonly changes: { readonly lock: Change; readonly output: Change }
  /** What lies in the output folder. */
  readonly found: ReadonlyMap<string, Found>
}

/** @param lock with every task of the plan done */
export async function generationOf(
  invocation: Invocation,
  at: Places,
  { plan, lock }: { readonly plan: Plan; readonly lock: Lock },
): Promise<Generation> {
  const { name } = plan.mesh
  const files = { lock: lockTree(lock, name), output: render(plan, lock) }
  refuseSecrets(files.lock, files.output)
  const found = await readFolder(at.output)
  const changes = {
    lock: changeTo(files.lock, await readFolder(at.lock), name),
    output: changeTo(files.output, found, name),
  }
  refuseConflicts(invocation, at, changes)
  return { mesh: name, files, changes, found }
}

export async function writeGeneration(at: Places, { files, changes }: Generation): Promise<void> {
  await writeAll(at.lock, [
    { folder: at.lock, put: pick(files.lock, changes.lock), remove: changes.lock.deleted, durable: true },
    { folder: at.output, put: pick(files.output, changes.output), remove: changes.output.deleted, durable: false },
  ])
}

function pick(tree: FileTree, { added, modified }: Change): FileTree {
  return new Map([...added, ...modified].sort().map((path) => [path, tree.get(path) ?? '']))
}

/** Judged by the plan, not by what lies in an output folder: with `publish` alone there may be none. */
export function refuseRemovedCluster({ tasks }: Plan): void {
  const removed = tasks.flatMap((task) => (task.kind === 'remove-cluster' ? [task.cluster] : []))
  if (removed.length > 0) refuseDeletion(`the whole output of ${removed.join(', ')}`)
}

/** Objects count, not files: a namespace's services are one file, and all but one of them may go from it. */
export function refuseMuchRemoved({ mesh, files, changes, found }: Generation): void {
  if (changes.output.modified.length + changes.output.deleted.length === 0) return
  const what = tooMuchRemoved(difference(ownFiles(found, mesh), files.output))
  if (what !== undefined) refuseDeletion(what)
}

function refuseDeletion(what: string): never {
  throw new Failure(`${what} would be deleted; nothing was written`, {
    exitCode: exit.found,
    hints: ['if that is meant, say so: meshwright generate --allow-delete'],
  })
}

function refuseConflicts(invocation: Invocation, at: Places, changes: Generation['changes']): void {
  const lines = (['lock', 'output'] as const).flatMap((which) =>
    changes[which].conflicts.map(({ path, what }) => `${shown(invocation, `${at[which]}/${path}`)} ${what}`),
  )
  if (lines.length === 0) return
  const elsewhere = changes.output.conflicts.length > 0 ? ', or write the output elsewhere with -o DIR' : ''
  throw new Failure(`files are in the way, and only files of ours are overwritten:\n  ${lines.join('\n  ')}`, {
    hints: [`move them away${elsewhere}; nothing was changed`],
  })
}

export function changesNothing({ changes }: Generation): boolean {
  return isEmpty(changes.lock) && isEmpty(changes.output)
}

/** @param reporter for reports that a program reads; absent where there are only people */
export function tellStale(invocation: Invocation, at: Places, { changes }: Generation, reporter?: Reporter): ExitCode {
  for (const which of ['lock', 'output'] as const) {
    const stale = staleFiles(changes[which])
    for (const { what, path } of stale) invocation.say(`${what}: ${shown(invocation, `${at[which]}/${path}`)}`)
    if (reporter !== undefined && reporter.format !== 'text') {
      reporter.add({ folder: at[which], ...staleFindings(stale) })
    }
  }
  invocation.say('this is not what the intent gives: run meshwright generate and commit what it writes')
  return exit.found
}

/** A merge that could not be resolved in the output needs nobody: intent and lock decide every byte of it. */
export function tellMended(invocation: Invocation, at: Places, { changes: { output }, found }: Generation): void {
  const mended = [...output.modified, ...output.deleted].filter((path) => {
    const there = found.get(path)
    return there?.kind === 'file' && sidesOf(there.text) !== undefined
  })
  for (const path of mended.sort()) {
    invocation.say(`mended after a merge, from intent and lock alone: ${shown(invocation, `${at.output}/${path}`)}`)
  }
}

/** `files: 3 added, 1 changed, 0 deleted` */
export function describeChanges({ changes }: Generation): string {
  const total = (of: (change: Change) => readonly string[]): number =>
    of(changes.lock).length + of(changes.output).length
  const [added, modified, deleted] = [total((c) => c.added), total((c) => c.modified), total((c) => c.deleted)]
  return `files: ${added} added, ${modified} changed, ${deleted} deleted`
}
