/** Trees and blobs of a commit, as they are stored: no checkout, no filters, no line end conversion. */
import { createHash } from 'node:crypto'
import { Failure } from '../../diagnostics/failure.ts'
import type { Git } from './git.ts'

export interface TreeEntry {
  /** 100644 a file, 100755 an executable, 120000 a symbolic link, 160000 a submodule. */
  readonly mode: string
  readonly id: string
}

export function isFile(entry: TreeEntry): boolean {
  return entry.mode === '100644' || entry.mode === '100755'
}

/** All entries of a commit by path from the root, those below `paths` only if given (prefixes, no patterns). */
export async function listTree(
  git: Git,
  commit: string,
  paths: readonly string[] = [],
): Promise<ReadonlyMap<string, TreeEntry>> {
  const listed = await git.text(['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths])
  const entries = new Map<string, TreeEntry>()
  for (const record of listed.split('\0')) {
    const tab = record.indexOf('\t')
    const [mode, , id] = record.slice(0, tab).split(' ')
    if (tab > 0 && mode !== undefined && id !== undefined) entries.set(record.slice(tab + 1), { mode, id })
  }
  return entries
}

export interface Listed {
  /** From the root of the repository. */
  readonly path: string
  /** `other`: a folder or a submodule. */
  readonly kind: 'file' | 'symbolic link' | 'other'
  /** Size of a file; 0 for everything else. */
  readonly bytes: number
}

/**
 * What stands at some paths in a commit, without what is not there; recursive: the files at and below them, with no paths
 * those of the whole commit.
 */
export async function listEntries(
  git: Git,
  commit: string,
  paths: readonly string[],
  { recursive }: { readonly recursive: boolean },
): Promise<readonly Listed[]> {
  const flags = ['-z', '--long', '--full-tree', ...(recursive ? ['-r'] : [])]
  const listed = await git.text(['ls-tree', ...flags, commit, '--', ...paths])
  return listed.split('\0').flatMap((record): Listed[] => {
    const tab = record.indexOf('\t')
    if (tab < 0) return []
    const [mode = '', type, , size] = record.slice(0, tab).split(/ +/)
    const kind = mode === '120000' ? 'symbolic link' : type === 'blob' ? 'file' : 'other'
    return [{ path: record.slice(tab + 1), kind, bytes: kind === 'file' ? Number(size) : 0 }]
  })
}

/** The bytes of blobs by their id. */
export async function readBlobs(git: Git, ids: Iterable<string>): Promise<ReadonlyMap<string, Uint8Array>> {
  const wanted = [...new Set(ids)]
  const output = await git.batch(wanted)
  const blobs = new Map<string, Uint8Array>()
  let at = 0
  for (const id of wanted) {
    const end = output.indexOf(0x0a, at)
    const [, type, size] = output.toString('latin1', at, end).split(' ')
    if (end < 0 || type !== 'blob' || size === undefined) {
      throw new Failure(`the git object ${id} is missing`, { hints: ['`git fsck` checks the repository'] })
    }
    const start = end + 1
    blobs.set(id, output.subarray(start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return blobs
}

/** The id that git gives to these bytes, in a repository whose ids look like `like` (SHA-1 or SHA-256). */
export function blobId(bytes: Uint8Array, like: string): string {
  const hash = createHash(like.length === 64 ? 'sha256' : 'sha1')
  return hash
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex')
}
