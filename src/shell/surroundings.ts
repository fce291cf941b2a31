/** What lies around a mesh in its repository. */
import { lstat, readFile } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { openGit } from './git/git.ts'
import { isMissing } from './system-error.ts'

export interface Surroundings {
  /** Absolute path of the repository's work tree; the folder itself where there is none. */
  readonly top: string
  /** The folder, relative to it with forward slashes; empty for the top itself. */
  readonly folder: string
  /** The branch that the remote calls its main one; `main` where it says nothing. */
  readonly mainBranch: string
  /** Folder of the nearest package-lock.json that has `packageName`, relative to the top. */
  readonly packages?: string
}

/** @throws Failure when there is a repository and no git */
export async function surroundingsOf(folder: string, packageName: string): Promise<Surroundings> {
  const repository = await topAbove(folder)
  const top = repository ?? folder
  const packages = await lockedAt(folder, top, packageName)
  return {
    top,
    folder: inside(top, folder),
    mainBranch: (repository === undefined ? undefined : await remoteHead(repository)) ?? 'main',
    ...(packages !== undefined && { packages: inside(top, packages) }),
  }
}

function inside(top: string, path: string): string {
  return relative(top, path).split(sep).join('/')
}

/** A folder for repositories, a file for worktrees and submodules. */
async function topAbove(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await isThere(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}

export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
}

async function remoteHead(top: string): Promise<string | undefined> {
  const { exitCode, stdout } = await openGit(top).attempt(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'])
  return exitCode === 0 ? /^refs\/remotes\/origin\/(\S+)\s*$/.exec(stdout)?.[1] : undefined
}

async function lockedAt(folder: string, top: string, packageName: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    const text = await readFile(join(at, 'package-lock.json'), 'utf8').catch(() => '')
    if (text.includes(`"node_modules/${packageName}"`)) return at
    if (at === top || dirname(at) === at) return undefined
  }
}
