/** Secrets that a command is given: files, folders, and what is piped in. Octets only; whoever gets them wipes them. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import { readSecretData } from '../kubernetes/secret-data.ts'
import { readSecretFile, shownPath } from './private-file.ts'
import { isMissing } from './system-error.ts'

const INPUT_BYTES_MAX = 1_048_576

/** The items of a Secret, by name, and what kind it is where that is known. */
export interface FoundSecret {
  readonly items: ReadonlyMap<string, Buffer>
  readonly type?: string
}

const ITEM_FILES = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem', 'tls.crt', 'tls.key', 'ca.crt']

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
  for (const [item, file] of files) items.set(item, await readSecretFile(file, item))
  return items
}

async function itemFiles(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const items = new Map<string, Buffer>()
  for (const item of ITEM_FILES) {
    try {
      items.set(item, await readFile(join(folder, item)))
    } catch (error) {
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

async function readLimited(file: string): Promise<Buffer> {
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
