/** Which files of ours are not in the commit as they lie in the work tree. */
import { posix } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import type { CommitIndex, Listing } from '../shell/git/commit-index.ts'
import { ownerOf } from '../tree/ownership.ts'
import type { Generation } from './generation.ts'

export interface OurFiles {
  readonly generation: Generation
  /** Folders from the root of the work tree; undefined for one that lies outside of it. */
  readonly lock: string | undefined
  readonly output: string | undefined
}

/**
 * Paths from the root of the work tree, sorted.
 *
 * @throws Failure for a file that git is told to ignore; a whole output that is ignored is published some other way
 */
export async function unstagedOf(index: CommitIndex, ours: OurFiles): Promise<string[]> {
  const { lock, output } = ours
  const { mesh, files } = ours.generation
  const unstaged: string[] = []
  for (const [folder, tree] of [
    [lock, files.lock],
    [output, files.output],
  ] as const) {
    if (folder === undefined) continue
    const listing = await index.list([folder])
    const rendered = [...tree.keys()].map((path) => posix.join(folder, path))
    const ignored = rendered.filter((path) => !listing.tracked.has(path) && !listing.untracked.has(path))
    if (folder === output && ignored.length === rendered.length) continue
    refuseIgnored(ignored)
    const wanted = new Set(rendered)
    const differs = (path: string): boolean =>
      listing.untracked.has(path) || (listing.changed.has(path) && !listing.skipped.has(path))
    unstaged.push(...rendered.filter(differs), ...(await staleOf(index, listing, { mesh, folder, wanted })))
  }
  return unstaged.sort()
}

/** Files of ours that are gone from the work tree, and are in the index still. */
async function staleOf(
  index: CommitIndex,
  { tracked, missing }: Listing,
  { mesh, folder, wanted }: { readonly mesh: string; readonly folder: string; readonly wanted: ReadonlySet<string> },
): Promise<string[]> {
  const gone = [...tracked].filter(([path]) => missing.has(path) && !wanted.has(path))
  if (gone.length === 0) return []
  const texts = await index.read(new Map(gone))
  return [...texts].flatMap(([path, text]) =>
    ownerOf(text, mesh, posix.relative(folder, path)).kind === 'ours' ? [path] : [],
  )
}

function refuseIgnored(paths: readonly string[]): void {
  const [first] = paths
  if (first === undefined) return
  throw new Failure(`git is told to ignore files of lock and output: ${paths.slice(0, 8).join(', ')}`, {
    exitCode: exit.found,
    hints: [`git check-ignore --verbose ${first} tells by which rule; without them the commit is not whole`],
  })
}
