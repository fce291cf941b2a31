/** Writes files that must not be there yet; all of them or none. */
import { mkdir, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { codeOf } from './system-error.ts'

/** @param otherwise what to do when one of them is there, for the message */
export async function writeNew(folder: string, files: ReadonlyMap<string, string>, otherwise: string): Promise<void> {
  const written: string[] = []
  try {
    for (const [path, text] of files) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      // The flag refuses what is there, a symbolic link too.
      await writeFile(file, text, { flag: 'wx' })
      written.push(file)
    }
  } catch (error) {
    for (const file of written) await unlink(file)
    const code = codeOf(error)
    if (code === '' || !(error instanceof Error)) throw error
    if (code === 'EEXIST') {
      throw new Failure(`${String('path' in error ? error.path : folder)} is there already; nothing was written`, {
        exitCode: exit.invalid,
        hints: [otherwise],
      })
    }
    throw new Failure(`cannot write in ${folder} (${code})`, { cause: error })
  }
}
