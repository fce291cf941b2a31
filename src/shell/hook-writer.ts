/** Reads and writes hooks and the settings of their managers. */
import { chmod, lstat, mkdir, readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../diagnostics/failure.ts'
import { replaceFile } from './replace-file.ts'
import { codeOf, isMissing } from './system-error.ts'

export interface HookChange {
  readonly path: string
  /** What was read; absent: there was nothing. */
  readonly before?: string
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
  for (const { path, before, text, executable } of changes) {
    try {
      if (text === undefined) await unlink(path)
      else if (before === undefined) {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text, { flag: 'wx' })
      } else await replaceFile(path, Buffer.from(before), Buffer.from(text))
      if (executable && text !== undefined) await chmod(path, 0o755)
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
