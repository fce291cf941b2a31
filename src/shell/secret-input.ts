/** Secrets that a command is given: files, folders, and what is piped in. Octets only; whoever gets them wipes them. */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { readSecretData } from '../kubernetes/secret-data.ts'
import { readSecretFile, shownPath } from './private-file.ts'
import { isMissing } from './system-error.ts'
import { workTreeAround } from './work-tree.ts'

const INPUT_BYTES_MAX = 1_048_576

/** The items of a Secret, by name, and what kind it is where that is known. */
export interface FoundSecret {
  readonly items: ReadonlyMap<string, Buffer>
  readonly type?: string
}

const ITEM_FILES = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem', 'tls.crt', 'tls.key', 'ca.crt']
/** Those that are keys in the clear. */
const KEY_ITEMS: ReadonlySet<string> = new Set(['ca-key.pem', 'tls.key'])

/**
 * @param from a folder with the items as files, a file that kubectl has written, or `-` for its output on standard input
 * @throws Failure when there is nothing of the kind
 */
export async function readFoundSecret(from: string): Promise<FoundSecret> {
  if (from !== '-' && (await isFolder(from))) return { items: await itemFiles(from) }
  const bytes = from === '-' ? await readInput() : await readLimited(from)
  try {
    const read = readSecretData(bytes)
    if (!('problem' in read)) return read
    throw new Failure(`${from === '-' ? 'standard input' : shownPath(from)} is ${read.problem}`, {
      exitCode: exit.invalid,
      hints: ['kubectl -n istio-system get secret cacerts -o json prints what is needed'],
    })
  } finally {
    bytes.fill(0)
  }
}

/** Files of items, each named on its own. */
export async function readItems(files: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, Buffer>> {
  const items = new Map<string, Buffer>()
  for (const [item, file] of files) {
    if (KEY_ITEMS.has(item)) await refuseExposed(file)
    items.set(item, await readSecretFile(file, item))
  }
  return items
}

async function itemFiles(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const items = new Map<string, Buffer>()
  for (const item of ITEM_FILES) {
    try {
      if (KEY_ITEMS.has(item)) await refuseExposed(join(folder, item))
      items.set(item, await readFile(join(folder, item)))
    } catch (error) {
      if (error instanceof Failure) throw error
      if (!isMissing(error)) throw new Failure(`cannot read ${shownPath(join(folder, item))}`)
    }
  }
  return items
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isMissing(error)) throw new Failure(`there is no ${shownPath(path)}`, { exitCode: exit.invalid })
    throw error
  }
}

/** A CA key in the clear is taken only from where a root key would be: outside of repositories, and its owner's alone. */
async function refuseExposed(file: string): Promise<void> {
  const found = await stat(file)
  // A pipe, as of a shell's <(…), is at no place and passes.
  if (!found.isFile()) return
  const piped = 'or pipe the Secret in: kubectl -n istio-system get secret cacerts -o json | … --from -'
  const tree = await workTreeAround(dirname(await realpath(file)))
  if (tree !== undefined) {
    throw new Failure(`${shownPath(file)} is a key in the clear inside of the git work tree ${tree}`, {
      exitCode: exit.invalid,
      hints: [
        'a key in a work tree is one git add away from being published; ignored files are no exception: move it out of there',
        piped,
      ],
    })
  }
  if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) {
    throw new Failure(`${shownPath(file)} is a key in the clear that other users can read`, {
      exitCode: exit.invalid,
      hints: [`chmod 600 it, ${piped}`],
    })
  }
}

async function readLimited(file: string): Promise<Buffer> {
  await refuseExposed(file)
  const { size } = await stat(file)
  if (size > INPUT_BYTES_MAX) throw tooLarge(shownPath(file))
  return readFile(file)
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > INPUT_BYTES_MAX) throw tooLarge('standard input')
  }
  const whole = Buffer.concat(chunks)
  for (const chunk of chunks) chunk.fill(0)
  return whole
}

function tooLarge(what: string): Failure {
  return new Failure(`${what} is larger than a Secret can be`, { exitCode: exit.invalid })
}
