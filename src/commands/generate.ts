import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { lockTree } from '../lock/write.ts'
import type { Plan } from '../plan/plan.ts'
import { render } from '../plan/render.ts'
import { describeTask } from '../plan/task.ts'
import { readFolder } from '../shell/folder.ts'
import { fulfil, type KeyFiles } from '../shell/fulfil.ts'
import { writeAll } from '../shell/transaction.ts'
import type { Places } from '../shell/workspace.ts'
import { changeTo, isEmpty, ownFiles, type Change, type Found } from '../tree/change.ts'
import { difference, tooMuchRemoved } from '../tree/difference.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { sidesOf } from '../tree/merge-conflict.ts'
import { beginCommit, commitWritten, refuseUncommittable } from './generate-commit.ts'
import { meshFileOption, pathOption, places, planInputs, readInputs, settleInputs, shown, tellTasks } from './inputs.ts'
import { reporting, type Reporter } from './reporting.ts'
import { refuseSecrets } from './secrets.ts'
import { staleFiles, staleFindings, tasksDue } from './stale.ts'

export function run(invocation: Invocation): Promise<ExitCode> {
  return reporting(invocation, meshFileOption(invocation), (reporter) => generate(invocation, reporter))
}

async function generate(invocation: Invocation, reporter: Reporter): Promise<ExitCode> {
  const at = await places(invocation)
  const check = invocation.flag('check')
  const committing = await beginCommit(invocation, at)
  const gathering = check ? await readInputs(at) : await settleInputs(invocation, at)
  const { planned, findings } = planInputs(invocation, gathering, invocation.texts('release'))
  reporter.add({ folder: at.root, ...findings })
  if (planned === undefined || hasErrors(findings.diagnostics)) return exit.invalid
  if (check && planned.tasks.length > 0) {
    if (reporter.format !== 'text') reporter.add({ folder: at.root, ...tasksDue(at, planned) })
    tellTasks(invocation, planned)
    invocation.say('the lock is not up to date: run meshwright generate and commit what it writes')
    return exit.found
  }
  if (!invocation.flag('allow-delete')) refuseRemovedCluster(planned)

  const { lock, diagnostics: issued } = await fulfil(planned, keyFiles(invocation), invocation.world.now())
  reporter.add({ folder: at.root, diagnostics: issued, texts: findings.texts })
  const lockFiles = lockTree(lock, planned.mesh.name)
  const output = render(planned, lock)
  refuseSecrets(lockFiles, output)
  const found = await readFolder(at.output)
  const changes = {
    lock: changeTo(lockFiles, await readFolder(at.lock), planned.mesh.name),
    output: changeTo(output, found, planned.mesh.name),
  }
  refuseConflicts(invocation, at, changes)
  if (check) return tellStale(invocation, reporter, at, changes)
  if (!invocation.flag('allow-delete')) refuseMuchRemoved(found, output, changes.output, planned.mesh.name)
  const written = { lock: lockFiles, output }
  if (committing !== undefined) await refuseUncommittable(committing, gathering, planned.mesh.name, written)
  await writeAll(at.lock, [
    { folder: at.lock, put: pick(lockFiles, changes.lock), remove: changes.lock.deleted, durable: true },
    { folder: at.output, put: pick(output, changes.output), remove: changes.output.deleted, durable: false },
  ])
  for (const task of planned.tasks) invocation.say(`done: ${describeTask(task)}`)
  tellMended(invocation, at, changes.output, found)
  tellWritten(invocation, changes.lock, changes.output)
  if (committing !== undefined) await commitWritten(invocation, committing, planned, written)
  return exit.done
}

/** What a run changes in the two folders. */
interface Changes {
  readonly lock: Change
  readonly output: Change
}

function keyFiles(invocation: Invocation): KeyFiles {
  const rootKey = pathOption(invocation, 'root-key', 'MESHWRIGHT_ROOT_KEY')
  const identityFile = pathOption(invocation, 'identity', 'MESHWRIGHT_IDENTITY')
  const passphraseFile = pathOption(invocation, 'passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  return {
    ...(rootKey !== undefined && { rootKey }),
    ...(identityFile !== undefined && { identityFile }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  }
}

/** Judged by the plan, not by what lies in an output folder: with `publish` alone there may be none. */
function refuseRemovedCluster({ tasks }: Plan): void {
  const removed = tasks.flatMap((task) => (task.kind === 'remove-cluster' ? [task.cluster] : []))
  if (removed.length > 0) refuseDeletion(`the whole output of ${removed.join(', ')}`)
}

/** Objects count, not files: a namespace's services are one file, and all but one of them may go from it. */
function refuseMuchRemoved(found: ReadonlyMap<string, Found>, output: FileTree, change: Change, mesh: string): void {
  if (change.modified.length + change.deleted.length === 0) return
  const what = tooMuchRemoved(difference(ownFiles(found, mesh), output))
  if (what !== undefined) refuseDeletion(what)
}

function refuseDeletion(what: string): never {
  throw new Failure(`${what} would be deleted; nothing was written`, {
    exitCode: exit.found,
    hints: ['if that is meant, say so: meshwright generate --allow-delete'],
  })
}

function refuseConflicts(invocation: Invocation, at: Places, changes: Changes): void {
  const lines = (['lock', 'output'] as const).flatMap((which) =>
    changes[which].conflicts.map(({ path, what }) => `${shown(invocation, `${at[which]}/${path}`)} ${what}`),
  )
  if (lines.length === 0) return
  const elsewhere = changes.output.conflicts.length > 0 ? ', or write the output elsewhere with -o DIR' : ''
  throw new Failure(`files are in the way, and only files of ours are overwritten:\n  ${lines.join('\n  ')}`, {
    hints: [`move them away${elsewhere}; nothing was changed`],
  })
}

function tellStale(invocation: Invocation, reporter: Reporter, at: Places, changes: Changes): ExitCode {
  if (isEmpty(changes.lock) && isEmpty(changes.output)) {
    invocation.say('lock and output are up to date')
    return exit.done
  }
  for (const which of ['lock', 'output'] as const) {
    const stale = staleFiles(changes[which])
    for (const { what, path } of stale) invocation.say(`${what}: ${shown(invocation, `${at[which]}/${path}`)}`)
    if (reporter.format !== 'text') reporter.add({ folder: at[which], ...staleFindings(stale) })
  }
  invocation.say('this is not what the intent gives: run meshwright generate and commit what it writes')
  return exit.found
}

/** A merge that could not be resolved in the output needs nobody: intent and lock decide every byte of it. */
function tellMended(invocation: Invocation, at: Places, change: Change, found: ReadonlyMap<string, Found>): void {
  const mended = [...change.modified, ...change.deleted].filter((path) => {
    const there = found.get(path)
    return there?.kind === 'file' && sidesOf(there.text) !== undefined
  })
  for (const path of mended.sort()) {
    invocation.say(`mended after a merge, from intent and lock alone: ${shown(invocation, `${at.output}/${path}`)}`)
  }
}

function tellWritten(invocation: Invocation, ...changes: readonly Change[]): void {
  const total = (of: (change: Change) => readonly string[]): number => changes.reduce((sum, c) => sum + of(c).length, 0)
  const [added, modified, deleted] = [total((c) => c.added), total((c) => c.modified), total((c) => c.deleted)]
  invocation.say(
    added + modified + deleted === 0
      ? 'nothing changed'
      : `files: ${added} added, ${modified} changed, ${deleted} deleted`,
  )
}

function pick(tree: FileTree, { added, modified }: Change): FileTree {
  return new Map([...added, ...modified].sort().map((path) => [path, tree.get(path) ?? '']))
}
