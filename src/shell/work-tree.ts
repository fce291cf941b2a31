/** Git work trees, as places where no secret may lie. */
import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Failure } from '../diagnostics/failure.ts'
import { codeOf, reasonOf } from './system-error.ts'

/**
 * The work tree that a folder is in, told by the `.git` in one of the folders above: a folder or, for worktrees and
 * submodules, a file.
 *
 * @param folder with its symbolic links resolved
 */
export async function workTreeAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false
    throw new Failure(`cannot look for a git work tree around ${dirname(path)}: ${reasonOf(error)}`)
  }
}
