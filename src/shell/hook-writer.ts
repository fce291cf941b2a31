/** Reads and writes hooks and the settings of their managers; a file is replaced whole, by a rename. */
import { lstat, mkdir, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../diagnostics/failure.ts'
import { codeOf, isMissing } from './system-error.ts'

export interface HookChange {
  readonly path: string
  /** Absent: the file goes. */
  readonly text?: string
  readonly executable: boolean
}

/** Undefined when there is nothing; a link or a folder is nobody's to write over. */
export async function readHook(path: string): Promise<string | undefined | { readonly kind: 'other' }> {
  try {
    return (await lstat(path)).isFile() ? await readFile(path, 'utf8') : { kind: 'other' }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new Failure(`${path} cannot be read (${codeOf(error)})`, { cause: error })
  }
}

export async function applyHooks(changes: readonly HookChange[]): Promise<void> {
  for (const { path, text, executable } of changes) {
    try {
      if (text === undefined) {
        await unlink(path)
        continue
      }
      await mkdir(dirname(path), { recursive: true })
      const mode = executable ? 0o755 : ((await stat(path).catch(() => undefined))?.mode ?? 0o644)
      const partial = `${path}.${process.pid}`
      await writeFile(partial, text, { mode })
      await rename(partial, path)
    } catch (error) {
      if (codeOf(error) === '') throw error
      throw new Failure(`cannot write ${path} (${codeOf(error)})`, { cause: error })
    }
  }
}

export async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() === true
}
