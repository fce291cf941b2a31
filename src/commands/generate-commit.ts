/** `generate --commit`: lock and output, and nothing else, as one commit on the current branch. */
import { posix, relative, sep } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { LOCK_FOLDER } from '../lock/read.ts'
import type { Plan } from '../plan/plan.ts'
import { describeTask } from '../plan/task.ts'
import { portions } from '../shell/git/commit-sources.ts'
import { branchToCommitOn, commitFiles, ignoredPaths, refuseNobody } from '../shell/git/current-branch.ts'
import { bodyOf, countsOf, paragraphs } from '../shell/git/message.ts'
import { openRepository, type Repository } from '../shell/git/repository.ts'
import type { Gathering, Places } from '../shell/workspace.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { ownerOf } from '../tree/ownership.ts'
import { changeSummary } from '../tree/summary.ts'
import { version } from '../version.ts'
import type { Generation } from './generation.ts'

export interface Committing {
  readonly repository: Repository
  readonly branch: string
  /** The output folder, relative to the folder of the mesh file. */
  readonly output: string
}

/** What will stand in the two folders. */
export interface Written {
  readonly lock: FileTree
  readonly output: FileTree
}

/** Refuses where no commit could be made, before anything is read or written. */
export async function beginCommit(invocation: Invocation, at: Places): Promise<Committing | undefined> {
  if (!invocation.flag('commit')) return undefined
  if (invocation.flag('check')) {
    throw new Failure('--check writes nothing, and --commit commits what was written', {
      exitCode: exit.invalid,
      hints: ['give one of the two'],
    })
  }
  const repository = await openRepository(at.root)
  await repository.head()
  const branch = await branchToCommitOn(repository)
  await refuseNobody(repository)
  return { repository, branch, output: relative(at.root, at.output).split(sep).join('/') || '.' }
}

/** Refuses what would make the commit say something else than intent and lock do, before anything is written. */
export async function refuseUncommittable(
  { repository, output }: Committing,
  { paths }: Gathering,
  mesh: string,
  written: Written,
): Promise<void> {
  const inputs = paths.filter((path) => path !== LOCK_FOLDER)
  const intent = [...(await changedOf(repository, inputs)), ...(await ignoredPaths(repository, inputs))]
  if (intent.length > 0) {
    throw new Failure(
      `not everything is committed that the output is made of: ${intent.join(', ')}; nothing was written`,
      {
        exitCode: exit.found,
        hints: ['commit it first: a commit of the output alone would not fit to its intent'],
      },
    )
  }
  const folders = { lock: LOCK_FOLDER, output }
  const head = await repository.head()
  const foreign: string[] = []
  for (const which of ['lock', 'output'] as const) {
    const tree = written[which]
    const changed = await changesBelow(repository, folders[which])
    const former = await filesOf(repository, head, changed)
    for (const path of changed) {
      const inner = posix.relative(folders[which], path)
      const bytes = former.get(path)
      const ours = bytes !== undefined && ownerOf(Buffer.from(bytes).toString('utf8'), mesh, inner).kind === 'ours'
      if (!tree.has(inner) && !ours) foreign.push(path)
    }
  }
  if (foreign.length > 0) {
    throw new Failure(
      `changes of yours lie where a commit of lock and output would take them: ${foreign.join(', ')}; nothing was written`,
      {
        exitCode: exit.found,
        hints: ['commit them yourself, or put them elsewhere'],
      },
    )
  }
  await refuseIgnored(repository, folders, written)
}

async function changedOf(repository: Repository, paths: readonly string[]): Promise<string[]> {
  const changed: string[] = []
  for (const some of portions(paths)) changed.push(...(await repository.changedPaths(some)))
  return changed
}

async function filesOf(
  repository: Repository,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>()
  for (const some of portions(paths)) {
    for (const [path, bytes] of await repository.filesAt(commit, some)) files.set(path, bytes)
  }
  return files
}

/** With output in another folder the lock may lie below it, and the other way round never (overlap.ts). */
async function changesBelow(repository: Repository, folder: string): Promise<readonly string[]> {
  const changed = await repository.changedPaths([folder])
  return folder === LOCK_FOLDER ? changed : changed.filter((path) => !path.startsWith(`${LOCK_FOLDER}/`))
}

async function refuseIgnored(
  repository: Repository,
  folders: Readonly<Record<keyof Written, string>>,
  written: Written,
): Promise<void> {
  for (const which of ['lock', 'output'] as const) {
    const all = [...written[which].keys()]
    const ignored = await ignoredPaths(
      repository,
      all.map((path) => posix.join(folders[which], path)),
    )
    // Who only publishes may ignore the output, but all of it.
    if (ignored.length === 0 || (which === 'output' && ignored.length === all.length)) continue
    throw new Failure(`git ignores ${ignored[0]}, which has to be committed; nothing was written`, {
      hints: [`git check-ignore --verbose ${ignored[0]} tells why`],
    })
  }
}

/**
 * Files of ours that a run writes over although they are not those of HEAD: an edit by hand, or the output of an intent that
 * was never committed. Only to be asked before anything is written.
 *
 * @returns paths from the folder of the mesh file, sorted
 */
export async function editsWrittenOver({ repository, output }: Committing, { changes }: Generation): Promise<string[]> {
  const edits: string[] = []
  for (const [folder, { modified, deleted }] of [
    [LOCK_FOLDER, changes.lock],
    [output, changes.output],
  ] as const) {
    const written = new Set([...modified, ...deleted].map((path) => posix.join(folder, path)))
    const differing = written.size === 0 ? [] : await changesBelow(repository, folder)
    edits.push(...differing.filter((path) => written.has(path)))
  }
  return edits.sort()
}

/** Commits what differs from HEAD, be it of this run or of an earlier one. */
export async function commitWritten(
  invocation: Invocation,
  { repository, branch, output }: Committing,
  { mesh, tasks }: Plan,
  written: Written,
): Promise<void> {
  const lockPaths = await changesBelow(repository, LOCK_FOLDER)
  const outputPaths = await changesBelow(repository, output)
  const paths = [...lockPaths, ...outputPaths]
  if (paths.length === 0) {
    invocation.say(`nothing to commit: ${branch} has this lock and output already`)
    return
  }
  const before = await filesOf(repository, await repository.head(), outputPaths)
  const inner = (path: string): string => posix.relative(output, path)
  const summary = changeSummary({
    before: new Map([...before].map(([path, bytes]) => [inner(path), Buffer.from(bytes).toString('utf8')])),
    after: new Map(
      outputPaths.flatMap((path) => {
        const text = written.output.get(inner(path))
        return text === undefined ? [] : [[inner(path), text] as const]
      }),
    ),
  })
  const files = countsOf([...lockPaths, ...outputPaths.map(inner)])
  const subject = `mesh ${mesh.name}: generate (${files})${invocation.flag('skip-ci') ? ' [skip ci]' : ''}`
  const message = paragraphs([subject], bodyOf(tasks.map(describeTask)), bodyOf(summary), [
    `Generated-by: meshwright ${version()}`,
  ])
  const commit = await commitFiles(repository, paths, message)
  invocation.say(`committed ${commit.slice(0, 12)} on ${branch}: ${subject}`)
}
