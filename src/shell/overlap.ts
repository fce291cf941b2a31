import { realpath } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import type { Places } from './workspace.ts'

/**
 * Why the output folder cannot be used beside the lock: everything of ours in it that is not rendered is deleted, and the
 * files of the lock are ours. Symbolic links are followed, also where only a part of the path is there yet.
 */
export async function outputOverlap({ lock, output }: Places): Promise<string | undefined> {
  const [realLock, realOutput] = [await realPath(lock), await realPath(output)]
  const inner = relative(realLock, realOutput)
  if (inner === '') return 'is the lock folder'
  return inner.startsWith('..') ? undefined : 'lies inside of the lock folder'
}

/** A path without symbolic links, as far as it is there. */
export async function realPath(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(await realPath(parent), basename(path))
  }
}
