import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { lockTree } from '../lock/write.ts'
import { plan } from '../plan/plan.ts'
import { render } from '../plan/render.ts'
import { describeTask } from '../plan/task.ts'
import { readFolder } from '../shell/folder.ts'
import { fulfil, type KeyFiles } from '../shell/fulfil.ts'
import { workTreeSources } from '../shell/sources.ts'
import { isInterrupted, recover, writeAll } from '../shell/transaction.ts'
import { gather, type Places } from '../shell/workspace.ts'
import { changeTo, isEmpty, tooMuchDeleted, type Change } from '../tree/change.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { privateKeyIn } from '../tree/private-key.ts'
import { places, report } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = places(invocation)
  const check = invocation.flag('check')
  await settle(invocation, at, check)
  const { checked, texts } = await gather(workTreeSources(at.root), at.meshFile)
  const planned = checked.ok
    ? plan({ ...checked.value, now: invocation.world.now(), release: invocation.texts('release') })
    : undefined
  const diagnostics = [...checked.diagnostics, ...(planned?.diagnostics ?? [])]
  report(invocation, diagnostics, texts)
  if (planned === undefined || hasErrors(diagnostics)) return exit.invalid
  if (check && planned.tasks.length > 0) {
    for (const task of planned.tasks) invocation.say(`to do: ${describeTask(task)}`)
    invocation.say('the lock is not up to date: run meshwright generate and commit what it writes')
    return exit.found
  }

  const lock = await fulfil(planned, keyFiles(invocation), invocation.world.now())
  const lockFiles = lockTree(lock, planned.mesh.name)
  const output = render(planned, lock)
  guardSecrets(lockFiles, output)
  const lockChange = changeTo(lockFiles, await readFolder(at.lock), planned.mesh.name)
  const outputChange = changeTo(output, await readFolder(at.output), planned.mesh.name)
  refuseConflicts(at, lockChange, outputChange)
  if (check) return tellStale(invocation, lockChange, outputChange)

  const tooMuch = tooMuchDeleted(outputChange)
  if (tooMuch !== undefined && !invocation.flag('allow-delete')) {
    throw new Failure(`${tooMuch}; nothing was written`, {
      exitCode: exit.found,
      hints: ['if that is meant, say so: meshwright generate --allow-delete'],
    })
  }
  await writeAll(at.lock, [
    { folder: at.lock, put: pick(lockFiles, lockChange), remove: lockChange.deleted, durable: true },
    { folder: at.output, put: pick(output, outputChange), remove: outputChange.deleted, durable: false },
  ])
  for (const task of planned.tasks) invocation.say(`done: ${describeTask(task)}`)
  tellWritten(invocation, lockChange, outputChange)
  return exit.done
}

function keyFiles(invocation: Invocation): KeyFiles {
  const rootKey = invocation.textOr('root-key', 'MESHWRIGHT_ROOT_KEY')
  const identityFile = invocation.textOr('identity', 'MESHWRIGHT_IDENTITY')
  const passphraseFile = invocation.textOr('passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  return {
    ...(rootKey !== undefined && { rootKey }),
    ...(identityFile !== undefined && { identityFile }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  }
}

/** A run that was killed half way is finished first, so that nothing is judged by half of its files. */
async function settle(invocation: Invocation, at: Places, check: boolean): Promise<void> {
  if (check) {
    if (!(await isInterrupted(at.lock))) return
    throw new Failure('an interrupted write is not finished', {
      hints: ['run meshwright generate, which finishes it first'],
    })
  }
  if (await recover(at.lock, [at.output])) invocation.say('finished the write of a run that was interrupted')
}

function guardSecrets(...trees: readonly FileTree[]): void {
  for (const tree of trees) {
    for (const [path, text] of tree) {
      const found = privateKeyIn(text)
      if (found === undefined) continue
      throw new Failure(`${path} would hold ${found} in the clear; nothing was written`, { exitCode: exit.invalid })
    }
  }
}

function refuseConflicts(at: Places, ...changes: readonly Change[]): void {
  const conflicts = changes.flatMap((change, i) =>
    change.conflicts.map(({ path, what }) => `${i === 0 ? at.lock : at.output}/${path} ${what}`),
  )
  if (conflicts.length === 0) return
  throw new Failure(`files are in the way, and only files of ours are overwritten:\n  ${conflicts.join('\n  ')}`, {
    hints: ['move them away, or write elsewhere with -o DIR; nothing was changed'],
  })
}

function tellStale(invocation: Invocation, ...changes: readonly Change[]): ExitCode {
  if (changes.every(isEmpty)) {
    invocation.say('lock and output are up to date')
    return exit.done
  }
  for (const [i, { added, modified, deleted }] of changes.entries()) {
    const folder = i === 0 ? 'mesh.lock' : 'output'
    for (const path of added) invocation.say(`missing: ${folder}/${path}`)
    for (const path of modified) invocation.say(`differs: ${folder}/${path}`)
    for (const path of deleted) invocation.say(`stale: ${folder}/${path}`)
  }
  invocation.say('the output is not what the intent gives: run meshwright generate and commit what it writes')
  return exit.found
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
