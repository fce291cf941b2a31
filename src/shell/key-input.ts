/** A private key as it comes in: from a file at a safe place, or from standard input, so that another program can hand it over. */
import { open, realpath, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { SECRET_FILE_BYTES_MAX, shownPath } from './private-file.ts'
import { reasonOf } from './system-error.ts'
import { workTreeAround } from './work-tree.ts'

/** In place of a file name: standard input. */
export const STDIN = '-'

export interface KeyInput {
  /** To be wiped by the caller. */
  readonly bytes: Buffer
  /** What it is called in messages. */
  readonly name: string
  /** Whether other users of this machine could have read it. */
  readonly open: boolean
}

/**
 * Reads a root key.
 *
 * @param file a path, or `-`
 * @throws Failure, with exit code 2 where it lies in a git work tree
 */
export async function readKeyInput(file: string, stdin: NodeJS.ReadStream = process.stdin): Promise<KeyInput> {
  if (file === STDIN) return { bytes: await fromStdin(stdin), name: 'standard input', open: false }
  const name = shownPath(file)
  let handle: FileHandle | undefined
  try {
    handle = await open(file, 'r')
    const stat = await handle.stat()
    // A pipe, as of a shell's <(…), is at no place and passes.
    if (stat.isFile()) await refuseInWorkTree(await realpath(file), name)
    const bytes = await handle.readFile()
    if (bytes.length > SECRET_FILE_BYTES_MAX) {
      bytes.fill(0)
      throw tooLarge(name)
    }
    return { bytes, name, open: process.platform !== 'win32' && (stat.mode & 0o077) !== 0 }
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`cannot read the root key ${name}: ${reasonOf(error)}`)
  } finally {
    await handle?.close()
  }
}

async function refuseInWorkTree(path: string, name: string): Promise<void> {
  const tree = await workTreeAround(dirname(path))
  if (tree === undefined) return
  throw new Failure(`the root key ${name} is inside of the git work tree ${tree}`, {
    exitCode: exit.invalid,
    hints: [
      'a key in a work tree is one git add away from being published; ignored files are no exception: move it out of there',
      'one that is kept encrypted in a repository is piped in: sops -d FILE | meshwright generate --root-key -',
    ],
  })
}

async function fromStdin(stdin: NodeJS.ReadStream): Promise<Buffer> {
  if (stdin.isTTY) {
    throw new Failure('the root key is to come from standard input, which is a terminal', {
      exitCode: exit.invalid,
      hints: ['pipe it in: pass show mesh/r1 | meshwright generate --root-key -'],
    })
  }
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stdin as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > SECRET_FILE_BYTES_MAX) throw tooLarge('on standard input')
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`cannot read the root key from standard input: ${reasonOf(error)}`)
  } finally {
    for (const chunk of chunks) chunk.fill(0)
  }
}

function tooLarge(name: string): Failure {
  return new Failure(`the root key ${name} is larger than ${SECRET_FILE_BYTES_MAX} bytes: is it the right one?`)
}
