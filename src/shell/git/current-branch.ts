/** Commits single files on the branch that is checked out, and leaves alone all else that the user has begun there. */
import { lstat } from 'node:fs/promises'
import { posix, resolve } from 'node:path'
import { exit, Failure } from '../../diagnostics/failure.ts'
import { explain } from './explain.ts'
import type { Git } from './git.ts'
import type { Repository } from './repository.ts'

/** What git leaves in its folder while something is not finished (git-status(1)). */
const UNFINISHED: Readonly<Record<string, string>> = {
  MERGE_HEAD: 'a merge',
  CHERRY_PICK_HEAD: 'a cherry-pick',
  REVERT_HEAD: 'a revert',
  'rebase-merge': 'a rebase',
  'rebase-apply': 'a rebase',
}

/**
 * The short name of the branch that a commit would go to.
 *
 * @throws Failure in the middle of a merge or the like, and where HEAD is no branch
 */
export async function branchToCommitOn({ git, root }: Repository): Promise<string> {
  const names = Object.keys(UNFINISHED)
  const paths = (await git.text(['rev-parse', ...names.flatMap((name) => ['--git-path', name])])).split('\n')
  for (const [i, name] of names.entries()) {
    const there = await lstat(resolve(root, paths[i] ?? '')).catch(() => undefined)
    if (there === undefined) continue
    throw new Failure(`this repository is in the middle of ${String(UNFINISHED[name])}; nothing was written`, {
      exitCode: exit.found,
      hints: ['finish it first; generate without --commit writes the files that belong into it'],
    })
  }
  const head = await git.attempt(['symbolic-ref', '--quiet', '--short', 'HEAD'])
  if (head.exitCode === 0) return head.stdout.trim()
  throw new Failure('HEAD is detached: a commit would belong to no branch; nothing was written', {
    exitCode: exit.found,
    hints: ['git switch BRANCH, or git switch --create BRANCH'],
  })
}

/**
 * Nobody may be named for a commit, and git says so only when it makes one.
 *
 * @throws Failure when git knows no author or no committer
 */
export async function refuseNobody({ git }: Repository): Promise<void> {
  for (const variable of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const args = ['var', variable]
    const ran = await git.attempt(args)
    if (ran.exitCode === 0) continue
    const { message, hints } = explain(args, ran)
    throw new Failure(`${message}; nothing was written`, { hints })
  }
}

/** Those of some paths, relative to the folder that was opened, that git ignores. */
export async function ignoredPaths({ git, prefix }: Repository, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return []
  const input = paths.map((path) => `${posix.join(prefix, path)}\0`).join('')
  const args = ['check-ignore', '-z', '--stdin']
  // It knows nothing of our variable for literal paths, and takes them so anyhow.
  const ran = await git.attempt(args, { input, hooks: true })
  // 1 is "none of them".
  if (ran.exitCode > 1 || ran.exitCode < 0) throw explain(args, ran)
  return ran.stdout.split('\0').filter((path) => path !== '')
}

/**
 * Commits some files as they are in the work tree. Hooks run, the commit is signed as the user's git says, and what is
 * staged of other files stays staged.
 *
 * @param paths relative to the folder that was opened
 * @returns the id of the commit
 */
export async function commitFiles(
  { git, prefix }: Repository,
  paths: readonly string[],
  message: string,
): Promise<string> {
  // A path is a path, also for the hooks, which must not see our variable for that.
  const input = paths.map((path) => `:(top,literal)${posix.join(prefix, path)}\0`).join('')
  const list = ['--pathspec-from-file=-', '--pathspec-file-nul']
  await run(git, ['add', '--all', ...list], input)
  await run(git, ['commit', '--only', '--quiet', `--message=${message}`, ...list], input)
  return (await git.text(['rev-parse', '--verify', 'HEAD'])).trim()
}

async function run(git: Git, args: readonly string[], input: string): Promise<void> {
  const ran = await git.attempt(args, { input, hooks: true })
  if (ran.exitCode === 0) return
  const { message, hints } = explain(args, ran)
  throw new Failure(`${message}; lock and output are written, but not committed`, {
    hints: [...hints, 'when that is mended, run meshwright generate --commit again'],
  })
}
