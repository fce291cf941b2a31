/**
 * Where the inputs come from: the work tree, or (for `publish`) the blobs of a commit. Both give the same bytes for the
 * same content, so nothing after this knows which one it was.
 */
import { readFileSync, statSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { INTENT_BYTES_MAX } from '../intent/document.ts'
import type { Glob } from '../intent/glob.ts'
import type { Candidate } from '../intent/search.ts'
import { listFolder, unreadable } from './folder.ts'
import { isMissing } from './system-error.ts'
import { findOnDisk, foldersAbove } from './walk.ts'

export interface Sources {
  /** Bytes of files, paths relative to the folder of the mesh file; a file that is not there is left out. */
  readonly read: (paths: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>
  /** Files below a folder with their bytes, paths relative to that folder. */
  readonly readAll: (folder: string) => Promise<ReadonlyMap<string, Uint8Array>>
  /** What a pattern finds, sorted by path; a link on the way to its folder is found in place of what is behind it. */
  readonly find: (glob: Glob) => Promise<readonly Candidate[]>
  /** Names of the folders from the root of the repository down to that of the mesh file; none without a repository. */
  readonly above: () => Promise<readonly string[]>
}

/** Where a file is parsed its size is judged; this only keeps the memory. */
const BYTES_MAX = INTENT_BYTES_MAX * 10

export function workTreeSources(root: string): Sources {
  const read: Sources['read'] = async (paths) => {
    const found = new Map<string, Uint8Array>()
    // Paths that lead upwards mean the real parents, as Git sees them.
    const folder = paths.some((path) => path.startsWith('../')) ? await realpath(root) : root
    for (const path of paths) {
      const bytes = readOne(folder, path)
      if (bytes !== undefined) found.set(path, bytes)
    }
    return found
  }
  return {
    read,
    find: async (glob) => findOnDisk(await realpath(root), glob),
    above: () => foldersAbove(root),
    readAll: async (folder) => {
      // Links are nothing that we write, and Git's blobs have none either.
      const files = (await listFolder(join(root, folder))).filter(({ kind }) => kind === 'file')
      const found = await read(files.map(({ path }) => `${folder}/${path}`))
      return new Map([...found].map(([path, bytes]) => [path.slice(folder.length + 1), bytes]))
    },
  }
}

function readOne(root: string, path: string): Uint8Array | undefined {
  try {
    const { size } = statSync(join(root, path))
    if (size <= BYTES_MAX) return readFileSync(join(root, path))
  } catch (error) {
    if (isMissing(error)) return undefined
    throw unreadable(path, error)
  }
  throw new Failure(`${path} has more than ${BYTES_MAX} bytes, more than any input needs`, { exitCode: exit.invalid })
}
