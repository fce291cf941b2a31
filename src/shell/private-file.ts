/** Files that hold secrets: outside of every git work tree, for their owner alone, never written over. */
import { lstat, mkdir, open, readFile, realpath, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { codeOf, isMissing, reasonOf } from './system-error.ts'
import { workTreeAround } from './work-tree.ts'

export const SECRET_FILE_BYTES_MAX = 65_536

/**
 * Reads a secret whole; the caller wipes the buffer.
 *
 * @param what what it is, for the message: `identity file`
 */
export async function readSecretFile(file: string, what: string): Promise<Buffer> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new Failure(`cannot read the ${what} ${shownPath(file)}: ${reasonOf(error)}`)
  }
  if (bytes.length <= SECRET_FILE_BYTES_MAX) return bytes
  bytes.fill(0)
  throw new Failure(
    `the ${what} ${shownPath(file)} is larger than ${SECRET_FILE_BYTES_MAX} bytes: is it the right one?`,
  )
}

/** What says where the file goes, for the message. */
export type PlaceOption = '--key-out FILE' | '--store-files FOLDER'

/**
 * Refuses a place where a secret must not be written: inside of a git work tree, ignored or not, since ignore rules
 * change; over something that exists; through a symbolic link.
 */
export async function checkPrivatePath(file: string, option: PlaceOption): Promise<void> {
  const path = resolve(file)
  await refuseInWorkTree(await realFolder(dirname(path)), file, option)
  const existing = await lstat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw new Failure(`cannot look at ${shownPath(file)}: ${reasonOf(error)}`)
  })
  if (existing?.isSymbolicLink()) {
    throw new Failure(`${shownPath(file)} is a symbolic link; a key is not written through one`)
  }
  if (existing) throw alreadyThere(file, option)
}

/** Creates a file of mode 0600, with missing folders of mode 0700, and waits until the disk has it. */
export async function writePrivateFile(file: string, bytes: Uint8Array, option: PlaceOption): Promise<void> {
  await checkPrivatePath(file, option)
  try {
    await mkdir(dirname(resolve(file)), { recursive: true, mode: 0o700 })
    const folder = await realpath(dirname(resolve(file)))
    // Judged again on the folder that is really written to: it may not have existed before.
    await refuseInWorkTree(folder, file, option)
    await create(folder, basename(file), bytes)
  } catch (error) {
    if (error instanceof Failure) throw error
    if (codeOf(error) === 'EEXIST') throw alreadyThere(file, option)
    throw new Failure(`cannot write ${shownPath(file)}: ${reasonOf(error)}`)
  }
}

/** A path for a message. A key that was given in the place of a file name is not repeated. */
export function shownPath(path: string): string {
  return /AGE-SECRET-KEY|PRIVATE KEY/i.test(path) ? '(a secret key, where the name of a file belongs)' : path
}

async function create(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, name)
  // O_EXCL: fails on anything that is there, a symbolic link too.
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
    await syncFolder(folder)
  } catch (error) {
    await unlink(path)
    throw error
  } finally {
    await handle.close()
  }
}

/** The name is safe on disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } catch (error) {
    // Some file systems cannot sync a folder.
    if (codeOf(error) !== 'EINVAL' && codeOf(error) !== 'EPERM') throw error
  } finally {
    await handle.close()
  }
}

/** The folder with its symbolic links resolved, as far as it exists. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch (error) {
    const parent = dirname(folder)
    if (codeOf(error) === 'ENOENT' && parent !== folder) return join(await realFolder(parent), basename(folder))
    throw new Failure(`cannot look at ${shownPath(folder)}: ${reasonOf(error)}`)
  }
}

async function refuseInWorkTree(folder: string, file: string, option: PlaceOption): Promise<void> {
  const tree = await workTreeAround(folder)
  if (tree === undefined) return
  throw new Failure(`${shownPath(file)} is inside of the git work tree ${tree}`, {
    exitCode: exit.invalid,
    hints: [
      'a private key in a work tree is one git add away from being published; ignored files are no exception',
      `name a place outside of every repository with ${option}`,
    ],
  })
}

function alreadyThere(file: string, option: PlaceOption): Failure {
  return new Failure(`${shownPath(file)} exists already; a key file is never written over`, {
    hints: [`move it to a safe place first, or name another one with ${option}`],
  })
}
