/** Looks for private keys in everything that Git still has of a mesh: what was deleted later is there all the same. */
import { exit, Failure } from '../../diagnostics/failure.ts'
import { privateKeyIn } from '../../tree/private-key.ts'
import { linesOf } from './explain.ts'
import type { Git } from './git.ts'
import { readBlobs } from './objects.ts'
import type { Repository } from './repository.ts'

/** Nothing that a mesh is made of comes near that; what is larger is counted, not read. */
const BLOB_BYTES_MAX = 8_388_608
/** How much is held in memory at once. */
const PORTION_BYTES = 16_777_216
/** Of a rendered output, as it lies on the branch that is published. */
const PUBLISHED = ['clusters', 'argocd', 'flux']

export interface KeyInHistory {
  /** The oldest commit that has it. */
  readonly commit: string
  readonly path: string
  readonly what: string
}

export interface History {
  readonly found: readonly KeyInHistory[]
  /** Versions of files that were read. */
  readonly files: number
  /** Those that were too large to be read. */
  readonly large: number
  /** Whether the clone has only the newest commits. */
  readonly shallow: boolean
}

/**
 * Reads every version of every file in the folder that was opened, and at the places of a published output, that is
 * reachable from any reference, or in a range such as `main..HEAD`.
 */
export async function keysInHistory({ git, prefix }: Repository, range?: string): Promise<History> {
  const below = prefix === '' ? [] : [prefix, ...PUBLISHED]
  const walk = [...(range === undefined ? ['--all', '--end-of-options'] : ['--end-of-options', range]), '--', ...below]
  const listed = await git.attempt(['rev-list', '--objects', '--full-history', ...walk])
  if (listed.exitCode !== 0) {
    throw new Failure(`git knows no revisions ${JSON.stringify(range ?? '--all')}`, {
      exitCode: exit.invalid,
      hints: linesOf(listed.stderr),
    })
  }
  const ids = [...new Set(listed.stdout.split('\n').map((line) => line.slice(0, line.indexOf(' ') + 1).trim()))]
  const { portions, large } = await portionsOf(git, ids.filter(Boolean))
  const found: KeyInHistory[] = []
  let files = 0
  for (const portion of portions) {
    for (const [id, bytes] of await readBlobs(git, portion)) {
      files += 1
      const what = privateKeyIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'))
      if (what !== undefined) found.push({ ...(await introduction(git, id, walk)), what })
    }
  }
  const shallow = (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
  return { found, files, large, shallow }
}

/** The blobs among the objects, in portions that fit into memory. */
async function portionsOf(
  git: Git,
  ids: readonly string[],
): Promise<{ readonly portions: readonly (readonly string[])[]; readonly large: number }> {
  if (ids.length === 0) return { portions: [], large: 0 }
  const input = ids.map((id) => `${id}\n`).join('')
  const checked = await git.text(['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'], { input })
  const portions: string[][] = []
  let [room, large] = [0, 0]
  for (const line of checked.split('\n')) {
    const [id = '', type, size] = line.split(' ')
    if (type !== 'blob') continue
    const bytes = Number(size)
    if (bytes > BLOB_BYTES_MAX) {
      large += 1
      continue
    }
    if (portions.length === 0 || room < bytes) {
      portions.push([])
      room = PORTION_BYTES
    }
    portions.at(-1)?.push(id)
    room -= bytes
  }
  return { portions, large }
}

/** The oldest commit that brought a blob, and where. */
async function introduction(
  git: Git,
  id: string,
  walk: readonly string[],
): Promise<{ readonly commit: string; readonly path: string }> {
  const flags = ['--full-history', '-m', '--no-renames', '--raw', '--no-abbrev', '--format=%H', `--find-object=${id}`]
  const log = await git.text(['-c', 'log.showRoot=true', '-c', 'core.quotePath=false', 'log', ...flags, ...walk])
  let [commit, path, current] = ['', '', '']
  for (const line of log.split('\n')) {
    if (/^[0-9a-f]{40,64}$/.test(line)) current = line
    else if (line.split('\t')[0]?.split(' ')[3] === id) [commit, path] = [current, line.slice(line.indexOf('\t') + 1)]
  }
  return { commit: commit || 'unknown', path: path || `object ${id}` }
}
