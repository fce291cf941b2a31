/** The git repository that a folder is in: what is committed, and what is not. */
import { posix } from 'node:path'
import { Failure } from '../../diagnostics/failure.ts'
import { openGit, type Git, type GitOptions } from './git.ts'
import { isFile, listTree, readBlobs } from './objects.ts'

export interface Repository {
  /** Absolute path of the work tree. */
  readonly root: string
  /** The folder that was opened, relative to the root, without a slash at its end; empty for the root itself. */
  readonly prefix: string
  /** Runs in the root. */
  readonly git: Git
  /** The commit that is checked out. */
  head(): Promise<string>
  /** The commit that a user's words mean: a branch, a tag, `HEAD~2`. */
  commitAt(revision: string): Promise<string>
  /**
   * The files at and below some paths as a commit has them. Paths are relative to the folder that was opened, in and
   * out. Symbolic links and submodules are left out, and so is what the commit does not have.
   */
  filesAt(commit: string, below: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>
  /**
   * Files at and below some paths that differ between commit, index and work tree, or are not tracked; sorted. Ignored
   * files do not count.
   */
  changedPaths(paths: readonly string[]): Promise<readonly string[]>
}

/** @throws Failure when there is no folder, no repository, no work tree or no git */
export async function openRepository(folder: string, options: GitOptions = {}): Promise<Repository> {
  const shown = await openGit(folder, options).text(['rev-parse', '--show-toplevel', '--show-prefix'])
  const [root = '', prefix = ''] = shown.split('\n')
  const git = openGit(root, options)
  const base = prefix.replace(/\/$/, '')
  return {
    root,
    prefix: base,
    git,
    head: () => head(git),
    commitAt: (revision) => commitAt(git, revision),
    filesAt: (commit, below) => filesAt(git, base, commit, below),
    changedPaths: (paths) => changedPaths(git, base, paths),
  }
}

async function head(git: Git): Promise<string> {
  const ran = await git.attempt(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (ran.exitCode === 0) return ran.stdout.trim()
  throw new Failure('the repository has no commit yet', { hints: ['commit the mesh file and the lock first'] })
}

async function commitAt(git: Git, revision: string): Promise<string> {
  const ran = await git.attempt(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
  if (ran.exitCode === 0) return ran.stdout.trim()
  throw new Failure(`there is no commit ${JSON.stringify(revision)} in this repository`, {
    hints: ['in a shallow clone only the newest commits are there: `git fetch --unshallow`'],
  })
}

async function filesAt(
  git: Git,
  prefix: string,
  commit: string,
  below: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  if (below.length === 0) return new Map()
  const paths = below.map((path) => fromRoot(prefix, path))
  const everything = paths.includes('')
  const entries = [...(await listTree(git, commit, everything ? [] : paths))].filter(([, entry]) => isFile(entry))
  const blobs = await readBlobs(
    git,
    entries.map(([, entry]) => entry.id),
  )
  const files = new Map<string, Uint8Array>()
  for (const [path, entry] of entries) {
    const bytes = blobs.get(entry.id)
    if (bytes !== undefined) files.set(posix.relative(prefix, path), bytes)
  }
  return files
}

async function changedPaths(git: Git, prefix: string, paths: readonly string[]): Promise<readonly string[]> {
  if (paths.length === 0) return []
  const wanted = paths.map((path) => fromRoot(prefix, path) || '.')
  const flags = ['--porcelain=v1', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none']
  const status = await git.text(['status', ...flags, '--', ...wanted])
  // A record is two letters, a space and the path from the root.
  const records = status.split('\0').filter((record) => record.length > 3)
  return records.map((record) => posix.relative(prefix, record.slice(3))).sort()
}

/** A path from the root of the repository, empty for the root itself. */
function fromRoot(prefix: string, path: string): string {
  const joined = posix.join(prefix, path).replace(/\/$/, '')
  if (joined === '..' || joined.startsWith('../') || posix.isAbsolute(path)) {
    throw new Failure(`${path} is outside of the git repository`, {
      hints: ['everything that is published has to be committed in one repository'],
    })
  }
  return joined === '.' ? '' : joined
}
