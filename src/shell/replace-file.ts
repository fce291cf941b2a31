/** Replaces one file of the user's, whole or not at all, and only if it is still what was read. */
import { constants } from 'node:fs'
import { access, chmod, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { codeOf } from './system-error.ts'

/** A symbolic link stays one: what it leads to is replaced. */
export async function replaceFile(path: string, before: Uint8Array, after: Uint8Array): Promise<void> {
  let staged: string | undefined
  try {
    const file = await realpath(path)
    const { mode } = await stat(file)
    await access(file, constants.W_OK)
    staged = join(dirname(file), `.${basename(file)}.meshwright.${process.pid}`)
    const handle = await open(staged, 'wx')
    try {
      await handle.writeFile(after)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await chmod(staged, mode)
    if (!(await readFile(file)).equals(before)) {
      throw new Failure(`${path} was changed in between; nothing was written`, {
        exitCode: exit.found,
        hints: ['run the command again'],
      })
    }
    await rename(staged, file)
  } catch (error) {
    if (staged !== undefined && codeOf(error) !== 'EEXIST') await rm(staged, { force: true })
    const code = codeOf(error)
    if (code === '') throw error
    throw new Failure(`${path} cannot be written (${code}); it is as it was`, { cause: error })
  }
}
