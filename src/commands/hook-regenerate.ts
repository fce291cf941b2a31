/** The part of the hook that has work to do: renders what is committed, and sees that the rendering is committed with it. */
import { join } from 'node:path'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, KeyMissing, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { describeTask } from '../plan/task.ts'
import { fulfil } from '../shell/fulfil.ts'
import type { CommitIndex } from '../shell/git/commit-index.ts'
import type { Gathering, Places } from '../shell/workspace.ts'
import { judgeBase } from './base.ts'
import {
  changesNothing,
  describeChanges,
  generationOf,
  refuseMuchRemoved,
  refuseRemovedCluster,
  tellMended,
  tellStale,
  writeGeneration,
  type Generation,
} from './generation.ts'
import { places, planInputs, readInputs, settleInputs, shown, tellTasks } from './inputs.ts'
import { plural, report, seenFrom } from './report.ts'
import { unstagedOf, type OurFiles } from './hook-files.ts'
import { inputsOf, isBelow, type Inputs } from './hook-inputs.ts'
import { seenSparsely, sparseOf, tellSparse, type Sparse } from './hook-sparse.ts'

export interface Regenerated {
  readonly code: ExitCode
  /** From the root of the work tree, all that decides what is to be done; absent where that cannot be said by paths. */
  readonly watched?: readonly string[]
}

/**
 * stage: writes, and stages what it wrote. write: writes, and fails when something is not staged then. check: writes
 * nothing.
 */
type Mode = 'stage' | 'write' | 'check'

/** @param mesh the mesh file, from the root of the work tree */
export async function regenerate(invocation: Invocation, index: CommitIndex, mesh: string): Promise<Regenerated> {
  const at = await places(invocation)
  const lock = await index.within(at.lock)
  const output = await index.within(at.output)
  const sparse = await sparseOf(index, lock, output)
  const mode = sparse === undefined ? modeOf(invocation, index) : 'check'
  const gathering = mode === 'check' ? await readInputs(at) : await settleInputs(invocation, at)
  const inputs = inputsOf(gathering, mesh)
  const ours = [lock, output].filter((path) => path !== undefined)
  const watched = [...inputs.files.filter((path) => !isBelow(path, inputs.folders)), ...inputs.folders, ...ours]
  // PATHS of `git commit -- PATHS` that are none of the mesh: what else the work tree has is left out on purpose.
  if (!index.own && !(await index.touches(watched))) return { code: exit.done }
  if (!(await isCommitted(invocation, index, { mesh, inputs, ours }))) return { code: exit.done }

  const generated = await generate(invocation, index, { at, gathering, mode, ...(sparse !== undefined && { sparse }) })
  const code =
    typeof generated === 'number'
      ? generated
      : await settle(invocation, index, mode, { generation: generated, lock, output })
  if (code === exit.found && !index.own) {
    invocation.say('git commit -- PATH... takes along nothing that a hook stages: git add the paths, then git commit')
  }
  if (code === exit.found && sparse !== undefined) tellSparse(invocation, sparse)
  return { code, ...(output !== undefined && { watched }) }
}

function modeOf(invocation: Invocation, index: CommitIndex): Mode {
  if (invocation.flag('check') || !index.own) return 'check'
  return invocation.flag('no-stage') ? 'write' : 'stage'
}

/**
 * Whether there is a mesh in the commit.
 *
 * @throws Failure when it is not the one that lies in the work tree: its rendering would be that of another intent
 */
async function isCommitted(
  invocation: Invocation,
  index: CommitIndex,
  { mesh, inputs, ours }: { readonly mesh: string; readonly inputs: Inputs; readonly ours: readonly string[] },
): Promise<boolean> {
  const { tracked, changed, untracked } = await index.list(inputs.files, 'all')
  if (!tracked.has(mesh) && (await index.list(ours)).tracked.size === 0) return false
  // What a pattern does not find any more is in the commit still.
  const around = await index.list(inputs.folders)
  const gone = [...around.missing].filter((path) => inputs.isAskedFor(path) && !isBelow(path, ours))
  const unstaged = [...new Set([...changed, ...untracked, ...gone])].sort()
  if (unstaged.length === 0) return true
  const shownPaths = unstaged.map((path) => shown(invocation, join(index.root, path))).join(', ')
  throw new Failure(`changes of the intent are not staged: ${shownPaths}`, {
    exitCode: exit.found,
    hints: [
      'the output would be that of an intent which is not in the commit: git add them, or put them aside with git stash',
      'to commit something else only, name it: git commit -- PATH...',
    ],
  })
}

interface Work {
  readonly at: Places
  readonly gathering: Gathering
  readonly mode: Mode
  /** Only of a checkout that leaves out files of ours. */
  readonly sparse?: Sparse
}

/** @throws Failure always */
function withWayOn(error: unknown): never {
  if (!(error instanceof KeyMissing)) throw error
  throw new Failure(error.message, {
    exitCode: error.exitCode,
    hints: [
      ...error.hints,
      'without the key: git commit --no-verify, and hand the branch to whoever keeps it, who generates and commits there',
    ],
  })
}

/** Renders, and writes unless it only checks. What stops it is told, and its exit code returned. */
async function generate(
  invocation: Invocation,
  index: CommitIndex,
  { at, gathering, mode, sparse }: Work,
): Promise<Generation | ExitCode> {
  const { planned, findings } = planInputs(invocation, gathering)
  report(invocation, seenFrom(invocation, at.root, findings))
  if (planned === undefined || hasErrors(findings.diagnostics)) return exit.invalid
  if (mode === 'check' && planned.tasks.length > 0) {
    tellTasks(invocation, planned)
    invocation.say('the lock is not up to date: run meshwright generate and commit what it writes')
    return exit.found
  }
  refuseRemovedCluster(planned)
  // No key is named: who commits need not have one, and nobody types a passphrase into a hook.
  const { lock } = await fulfil(planned, {}, invocation.world.now()).catch(withWayOn)
  const staged = await judgeBase(at, planned.mesh, lock, undefined)
  report(invocation, seenFrom(invocation, at.root, { diagnostics: staged, texts: findings.texts }))
  if (hasErrors(staged)) return exit.invalid
  const whole = await generationOf(invocation, at, { plan: planned, lock })
  const generation = sparse === undefined ? whole : await seenSparsely(index, sparse, whole)
  if (mode === 'check') return changesNothing(generation) ? generation : tellStale(invocation, at, generation)
  refuseMuchRemoved(generation)
  await writeGeneration(at, generation)
  for (const task of planned.tasks) invocation.say(`done: ${describeTask(task)}`)
  tellMended(invocation, at, generation)
  if (!changesNothing(generation)) invocation.say(describeChanges(generation))
  return generation
}

/** Sees that every file of ours is committed as it lies in the work tree. */
async function settle(invocation: Invocation, index: CommitIndex, mode: Mode, ours: OurFiles): Promise<ExitCode> {
  const unstaged = await unstagedOf(index, ours)
  if (unstaged.length > 0 && mode === 'stage') {
    await index.stage(unstaged)
    const left = await unstagedOf(index, ours)
    if (left.length > 0) throw new Failure(`git did not take ${left.join(', ')} into the index`)
    invocation.say(`staged ${plural(unstaged.length, 'file')} of lock and output`)
    if (!invocation.flag('merge')) return exit.done
    // Git has made the tree of a merge before its hook runs, and does not look at the index again.
    invocation.say('they belong into the merge: end it with git commit')
    return exit.found
  }
  if (unstaged.length === 0 && changesNothing(ours.generation)) return exit.done
  for (const path of unstaged) invocation.say(`not staged: ${shown(invocation, join(index.root, path))}`)
  const folders = [ours.lock, ours.output].filter((path) => path !== undefined)
  invocation.say(
    unstaged.length === 0
      ? 'the files were brought in line with the intent'
      : `lock and output belong into the same commit as the intent: git add ${folders.map((path) => shown(invocation, join(index.root, path))).join(' ')}`,
  )
  return exit.found
}
