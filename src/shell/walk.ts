/** Finds files by a pattern in the work tree, as they would be found in a commit of it. */
import { lstat, readdir, realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isHidden, type Glob } from '../intent/glob.ts'
import type { Candidate } from '../intent/search.ts'
import { unreadable } from './folder.ts'
import { isMissing } from './system-error.ts'

/**
 * Sorted. Symbolic links are not followed, and repositories within ours (submodules) not entered: a commit has neither.
 *
 * @param root folder that the pattern is relative to, without symbolic links on its path
 */
export async function findOnDisk(root: string, glob: Glob): Promise<Candidate[]> {
  const names = glob.base.split('/').filter((name) => name !== '')
  for (const [i, name] of names.entries()) {
    if (name === '..') continue
    const path = names.slice(0, i + 1).join('/')
    const kind = await kindOf(join(root, path))
    if (kind === 'symbolic link') return [{ path, kind, bytes: 0 }]
    if (kind !== 'folder' || (await kindOf(join(root, path, '.git'))) !== 'nothing') return []
  }
  const found: Candidate[] = []
  await look(glob.base, glob.depth)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))

  async function look(folder: string, depth: number): Promise<void> {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return []
      throw unreadable(folder, error)
    })
    if (folder !== glob.base && entries.some(({ name }) => name === '.git')) return
    for (const entry of entries) {
      if (isHidden(entry.name)) continue
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (depth > 1) await look(path, depth - 1)
      } else if (glob.matches(path)) {
        if (entry.isSymbolicLink()) found.push({ path, kind: 'symbolic link', bytes: 0 })
        else if (entry.isFile()) found.push({ path, kind: 'file', bytes: (await lstat(join(root, path))).size })
      }
    }
  }
}

/** Names of the folders from the root of the Git repository around a folder down to it; none where there is no repository. */
export async function foldersAbove(folder: string): Promise<readonly string[]> {
  const names: string[] = []
  let current = await realpath(folder)
  while ((await kindOf(join(current, '.git'))) === 'nothing') {
    const parent = dirname(current)
    if (parent === current) return []
    names.unshift(basename(current))
    current = parent
  }
  return names
}

async function kindOf(path: string): Promise<'folder' | 'symbolic link' | 'other' | 'nothing'> {
  try {
    const stats = await lstat(path)
    return stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'symbolic link' : 'other'
  } catch (error) {
    if (isMissing(error)) return 'nothing'
    throw unreadable(path, error)
  }
}
