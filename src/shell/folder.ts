/** Lists what stands below a folder, without following symbolic links. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fastGlob from 'fast-glob'
import { Failure } from '../diagnostics/failure.ts'
import type { Found } from '../tree/change.ts'
import { codeOf } from './system-error.ts'
import { STAGING } from './transaction.ts'

export interface Listed {
  /** Relative to the folder, with forward slashes. */
  readonly path: string
  readonly kind: 'file' | 'folder' | 'symbolic link' | 'other'
}

/**
 * Everything below a folder, sorted; nothing when there is no such folder. Git's own files and our
 * unfinished writes are left out.
 */
export async function listFolder(folder: string): Promise<Listed[]> {
  const entries = await fastGlob('**', {
    cwd: folder,
    dot: true,
    onlyFiles: false,
    objectMode: true,
    followSymbolicLinks: false,
    ignore: ['**/.git', '**/.git/**', `${STAGING}*`, `${STAGING}*/**`],
  }).catch((error: unknown) => {
    throw unreadable(folder, error)
  })
  return entries
    .map(({ path, dirent }): Listed => ({
      path,
      kind: dirent.isFile()
        ? 'file'
        : dirent.isDirectory()
          ? 'folder'
          : dirent.isSymbolicLink()
            ? 'symbolic link'
            : 'other',
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The same with the texts of the files, as {@link changeTo} wants it. */
export async function readFolder(folder: string): Promise<Map<string, Found>> {
  const found = new Map<string, Found>()
  for (const { path, kind } of await listFolder(folder)) {
    if (kind === 'file') {
      found.set(path, { kind: 'file', text: readText(join(folder, path)) })
    } else if (kind === 'folder') {
      found.set(path, { kind })
    } else {
      found.set(path, { kind: 'other', what: kind === 'symbolic link' ? 'a symbolic link' : 'no ordinary file' })
    }
  }
  return found
}

/** At once: there are a thousand small files, nothing else to do meanwhile, and four promises for each would take longer. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw unreadable(path, error)
  }
}

export function unreadable(path: string, error: unknown): unknown {
  const code = codeOf(error)
  return code === '' ? error : new Failure(`${path} cannot be read (${code})`, { cause: error })
}
