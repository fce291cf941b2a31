/**
 * Where the inputs come from: the work tree, or (for `publish`) the blobs of a commit. Both give the same bytes for the
 * same content, so nothing after this knows which one it was.
 */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { INTENT_BYTES_MAX } from '../intent/document.ts'
import { listFolder, unreadable } from './folder.ts'
import { isMissing } from './transaction.ts'

export interface Sources {
  /** Bytes of a file, path relative to the folder of the mesh file; undefined when there is none. */
  readonly read: (path: string) => Promise<Uint8Array | undefined>
  /** Files below a folder with their bytes, paths relative to that folder. */
  readonly readAll: (folder: string) => Promise<ReadonlyMap<string, Uint8Array>>
}

/** Where a file is parsed its size is judged; this only keeps the memory. */
const BYTES_MAX = INTENT_BYTES_MAX * 10

export function workTreeSources(root: string): Sources {
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    try {
      const { size } = await stat(join(root, path))
      if (size <= BYTES_MAX) return await readFile(join(root, path))
    } catch (error) {
      if (isMissing(error)) return undefined
      throw unreadable(path, error)
    }
    throw new Failure(`${path} has more than ${BYTES_MAX} bytes, more than any input needs`, { exitCode: exit.invalid })
  }
  return {
    read,
    readAll: async (folder) => {
      const found = new Map<string, Uint8Array>()
      for (const { path, kind } of await listFolder(join(root, folder))) {
        // Links are nothing that we write, and Git's blobs have none either.
        if (kind !== 'file') continue
        const bytes = await read(`${folder}/${path}`)
        if (bytes !== undefined) found.set(path, bytes)
      }
      return found
    },
  }
}
