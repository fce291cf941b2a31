/** What a rendered tree changes on a branch, and what it must not touch there. */
import { Failure } from '../../diagnostics/failure.ts'
import { collisions } from '../../tree/case.ts'
import { header, ownerOf } from '../../tree/ownership.ts'
import type { FileTree } from '../../tree/file-tree.ts'
import { explain } from './explain.ts'
import type { Git } from './git.ts'
import { blobId, isFile, listTree, readBlobs, type TreeEntry } from './objects.ts'

/** Paths from the root of the branch, each list sorted. */
export interface Changes {
  readonly added: readonly string[]
  readonly modified: readonly string[]
  readonly deleted: readonly string[]
}

export interface Rendered {
  readonly mesh: string
  readonly tree: ReadonlyMap<string, string>
  /** Paths of files that cannot bear our header (JSON); they are ours wherever they are found. */
  readonly headerless: ReadonlySet<string>
  /** Paths of files that are written beside the tree. */
  readonly metadata: ReadonlySet<string>
}

/** Changes, and the former texts of the files that are modified or deleted. */
export interface Comparison {
  readonly changes: Changes
  readonly before: FileTree
}

/**
 * Compares a rendered tree with a commit.
 *
 * @param like any object id of the repository
 * @throws Failure when a file that is not ours is, or is in the way of, one that we render
 */
export async function changesOn(git: Git, tip: string | undefined, like: string, ours: Rendered): Promise<Comparison> {
  const present = tip === undefined ? new Map<string, TreeEntry>() : await listTree(git, tip)
  const added: string[] = []
  const modified: string[] = []
  const inOurWay: string[] = []
  for (const [path, text] of ours.tree) {
    const entry = present.get(path)
    if (entry === undefined) {
      added.push(path)
      inOurWay.push(...parents(path).filter((parent) => present.has(parent)))
      continue
    }
    const same = entry.id === blobId(Buffer.from(text), like)
    if (same && entry.mode === '100644') continue
    modified.push(path)
    if (!same) inOurWay.push(path)
  }
  const metadata = [...ours.metadata].filter((path) => present.has(path))
  inOurWay.push(...belowFilesOf(new Set([...ours.tree.keys(), ...ours.metadata]), present), ...metadata)
  const stale = tip === undefined ? [] : await perhapsStale(git, tip, ours, present)
  const { owners, texts } = await ownersOf(git, present, ours, new Set([...inOurWay, ...stale]))
  const deleted = stale.filter((path) => owners.get(path) === 'ours')
  const alike = collisions(
    ours.tree.keys(),
    [...present.keys()].filter((path) => !deleted.includes(path)),
  )
  for (const [path, like] of alike) owners.set(path, `it differs from ${like} in upper and lower case only`)
  refuseForeign([...inOurWay, ...alike.keys()], owners)
  const before = new Map(
    [...modified, ...deleted].flatMap((path) => {
      const text = texts.get(path)
      return text === undefined ? [] : [[path, text] as const]
    }),
  )
  return { changes: { added: added.sort(), modified: modified.sort(), deleted: deleted.sort() }, before }
}

function parents(path: string): string[] {
  const names = path.split('/')
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('/'))
}

/** Where we render a file and the branch has a folder: everything in it would go. */
function belowFilesOf(files: ReadonlySet<string>, present: ReadonlyMap<string, TreeEntry>): string[] {
  return [...present.keys()].filter((path) => parents(path).some((parent) => files.has(parent)))
}

/** Files that we may have written and do not render any more. */
async function perhapsStale(
  git: Git,
  tip: string,
  ours: Rendered,
  present: ReadonlyMap<string, TreeEntry>,
): Promise<string[]> {
  const line = header(ours.mesh, '')
  const mark = line.slice(0, line.indexOf(ours.mesh) + ours.mesh.length)
  // git searches the blobs itself, so that large foreign files on the branch do not pass through our memory.
  const flags = ['--files-with-matches', '-z', '--no-color', '--fixed-strings', '--no-recurse-submodules']
  const args = ['grep', ...flags, '-e', mark, tip, '--']
  const ran = await git.attempt(args)
  // 1 is "nothing found".
  if (ran.exitCode !== 0 && ran.exitCode !== 1) throw explain(args, ran)
  const marked = ran.stdout.split('\0').map((found) => found.slice(tip.length + 1))
  return [...new Set([...marked, ...ours.headerless])].filter((path) => present.has(path) && !ours.tree.has(path))
}

/** For each path 'ours', or the reason why it is not; and the texts of the files. */
async function ownersOf(
  git: Git,
  present: ReadonlyMap<string, TreeEntry>,
  ours: Rendered,
  paths: ReadonlySet<string>,
): Promise<{ readonly owners: Map<string, string>; readonly texts: ReadonlyMap<string, string> }> {
  const entries = [...paths].flatMap((path) => {
    const entry = present.get(path)
    return entry === undefined ? [] : [{ path, entry }]
  })
  const files = entries.filter(({ entry }) => isFile(entry))
  const blobs = await readBlobs(
    git,
    files.map(({ entry }) => entry.id),
  )
  const owners = new Map<string, string>()
  const texts = new Map<string, string>()
  for (const { path, entry } of entries) {
    const text = Buffer.from(blobs.get(entry.id) ?? []).toString('utf8')
    if (!isFile(entry)) owners.set(path, 'it is not a regular file')
    else if (ours.headerless.has(path) || ours.metadata.has(path)) owners.set(path, 'ours')
    else owners.set(path, judge(text, ours.mesh, path))
    if (isFile(entry)) texts.set(path, text)
  }
  return { owners, texts }
}

function judge(text: string, mesh: string, path: string): string {
  const owner = ownerOf(text, mesh, path)
  if (owner.kind === 'ours') return 'ours'
  return owner.kind === 'other-mesh' ? `it belongs to the mesh ${owner.mesh}` : 'it was not written by meshwright'
}

function refuseForeign(inOurWay: readonly string[], owners: ReadonlyMap<string, string>): void {
  const refused = [...new Set(inOurWay)].filter((path) => owners.get(path) !== 'ours').sort()
  if (refused.length === 0) return
  const shown = refused.slice(0, 8).map((path) => `${path}: ${owners.get(path) ?? 'it is not ours'}`)
  const more = refused.length > shown.length ? [`and ${String(refused.length - shown.length)} more`] : []
  throw new Failure('the branch has files of somebody else where this mesh has its own', {
    hints: [...shown, ...more, 'move them away, publish to another branch, or rename the mesh back'],
  })
}
