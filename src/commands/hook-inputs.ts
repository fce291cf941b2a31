/** All that decides what is rendered, as paths from the root of the work tree. */
import { posix } from 'node:path'
import { LOCK_FOLDER } from '../lock/read.ts'
import type { Gathering } from '../shell/workspace.ts'

export interface Inputs {
  /** What was read or looked for, the lock excepted. */
  readonly files: readonly string[]
  /** Where files were looked for by a pattern: one more in there may be one more input. */
  readonly folders: readonly string[]
  /** Whether a pattern asks for a file. */
  readonly isAskedFor: (path: string) => boolean
}

/** @param mesh the mesh file, from the root of the work tree */
export function inputsOf({ paths, searches }: Gathering, mesh: string): Inputs {
  const names = mesh.split('/').slice(0, -1)
  const globs = searches.map(({ glob }) => {
    // Patterns that lead upwards see a path as seen from the folder of the mesh file.
    const parents = names.slice(0, names.length - glob.up).map((name) => `${name}/`)
    return { ...glob, ups: '../'.repeat(glob.up), top: parents.join('') }
  })
  return {
    files: paths.filter((path) => path !== LOCK_FOLDER).map((path) => posix.join(...names, path)),
    folders: globs.map(({ base }) => posix.join(...names, base)),
    isAskedFor: (path) =>
      globs.some(({ matches, ups, top }) => path.startsWith(top) && matches(ups + path.slice(top.length))),
  }
}

export function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder === '.' || path.startsWith(`${folder}/`))
}
