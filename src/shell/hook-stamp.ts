/**
 * What the hook remembers, so that a commit that changes nothing of the mesh need not render it again. It says: these
 * files, with this content, gave nothing to do. It is never needed: what is missing, damaged or old is made anew.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface Stamp {
  /** Paths of all that counts, from the root of the work tree: what is read, and what is written. */
  readonly watched: readonly string[]
  /** Of the tracked files at and below those paths. */
  readonly digest: string
}

interface Stored extends Stamp {
  readonly tool: string
  readonly made: number
}

/** What only time changes, such as a certificate that comes to its end, is told once a day at least. */
const VALID_MS = 24 * 3_600_000

/** @param about what tells one mesh of a repository from another */
export function stampFile(store: string, about: readonly string[]): string {
  const name = createHash('sha256').update(about.join('\0')).digest('hex').slice(0, 16)
  return join(store, `hook-${name}.json`)
}

export async function readStamp(file: string, now: Date): Promise<Stamp | undefined> {
  try {
    const stored = JSON.parse(await readFile(file, 'utf8')) as Partial<Stored> | null
    const { watched, digest, tool, made } = stored ?? {}
    const age = now.getTime() - (made ?? Number.NaN)
    if (!(age >= 0 && age < VALID_MS) || tool !== toolDigest() || typeof digest !== 'string') return undefined
    return Array.isArray(watched) && watched.every((path) => typeof path === 'string') ? { watched, digest } : undefined
  } catch {
    return undefined
  }
}

export async function writeStamp(file: string, stamp: Stamp, now: Date): Promise<void> {
  const stored: Stored = { ...stamp, tool: toolDigest(), made: now.getTime() }
  try {
    await mkdir(dirname(file), { recursive: true })
    const partial = `${file}.${process.pid}`
    await writeFile(partial, JSON.stringify(stored))
    await rename(partial, file)
  } catch {
    // Without it the next run takes longer, and that is all.
  }
}

/** Changes with whatever this program is made of: a version that is being worked on has the same number for a long time. */
function toolDigest(): string {
  const home = join(import.meta.dirname, '..', '..')
  const hash = createHash('sha256').update(readFileSync(join(home, 'package.json')))
  for (const folder of [join(import.meta.dirname, '..'), join(home, 'schemas')]) {
    for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.js(?:on)?$/.test(path)) continue
      const { size, mtimeMs } = statSync(join(folder, path))
      hash.update(`${path} ${size} ${mtimeMs}\n`)
    }
  }
  return hash.digest('hex')
}
