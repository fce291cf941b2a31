import { readFile, stat } from 'node:fs/promises'
import { exit, Failure } from '../diagnostics/failure.ts'
import { codeOf } from './system-error.ts'

const BYTES_MAX = 4_194_304

/** Text of a file that the user names and that holds nothing secret. */
export async function readPublicFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > BYTES_MAX) throw new Failure(`${path} is too large`, { exitCode: exit.invalid })
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`${path} cannot be read: ${codeOf(error) || 'unknown trouble'}`, { cause: error })
  }
}
