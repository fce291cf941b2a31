/** Where our source commit stands beside the one that the branch was last rendered from. */
import type { BranchState } from './branch.ts'
import type { Git } from './git.ts'
import { recordedSource } from './record.ts'

/** What a branch says of its newest commit of a mesh. */
export interface Published {
  /** The commit on the branch. */
  readonly commit: string
  /** The source that it is the rendering of: by the record, else by its own trailer. */
  readonly source: string
  /** Path of the mesh file from the root of the repository, as its commit names it. */
  readonly file?: string
  /** The version that rendered it. */
  readonly version?: string
}

export type Lineage =
  /** The branch has no commit of this mesh yet. */
  | { readonly kind: 'none' }
  /** Ours is the same commit, or comes after it, or before it, or neither comes before the other. */
  | { readonly kind: 'same' | 'newer' | 'older' | 'diverged'; readonly published: Published }
  /** Made from another mesh file, which happens to have the same name. */
  | { readonly kind: 'other-file'; readonly published: Published }
  /** The history that would tell is not here; with nothing published when not even the branch's own is. */
  | { readonly kind: 'unknown'; readonly published?: Published; readonly shallow: boolean }

/** What ours is made from. */
export interface Origin {
  readonly mesh: string
  /** The commit, in full. */
  readonly source: string
  /** Path of the mesh file from the root of the repository. */
  readonly file?: string
}

/** @param state of the branch; the first parents of its tip are searched for the trailers of this mesh */
export async function lineageOf(git: Git, state: BranchState, { mesh, source, file }: Origin): Promise<Lineage> {
  const { tip, record } = state
  if (tip === undefined) return { kind: 'none' }
  const committed = await publishedOn(git, tip, mesh)
  if (committed === undefined) return (await isCut(git, tip)) ? { kind: 'unknown', shallow: true } : { kind: 'none' }
  const recorded = record === undefined ? undefined : await recordedSource(git, record, committed.commit)
  const published = recorded === undefined ? committed : { ...committed, source: recorded }
  if (file !== undefined && published.file !== undefined && published.file !== file) {
    return { kind: 'other-file', published }
  }
  if (published.source === source) return { kind: 'same', published }
  const shallow = async (): Promise<boolean> =>
    (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
  const known = await git.attempt(['rev-parse', '--verify', '--quiet', `${published.source}^{commit}`])
  if (known.exitCode !== 0) return { kind: 'unknown', published, shallow: await shallow() }
  // The commit where the two lines meet is one of them if that one comes first.
  const meeting = (await git.attempt(['merge-base', published.source, source])).stdout.trim()
  if (meeting === published.source) return { kind: 'newer', published }
  if (meeting === source) return { kind: 'older', published }
  // With a part of the history missing, two commits of one line look like strangers.
  return (await shallow()) ? { kind: 'unknown', published, shallow: true } : { kind: 'diverged', published }
}

/** Whether the history of the branch ends here at a commit that has parents elsewhere. */
async function isCut(git: Git, tip: string): Promise<boolean> {
  const first = (await git.text(['rev-list', '--first-parent', '--max-parents=0', tip])).trim()
  const [head = ''] = (await git.text(['cat-file', 'commit', first])).split('\n\n')
  return /^parent /m.test(head)
}

/** The newest commit of this mesh, by the trailers that it bears. */
async function publishedOn(git: Git, tip: string, mesh: string): Promise<Published | undefined> {
  const value = (key: string): string => `%(trailers:key=${key},valueonly=true,separator=%x2C)`
  const format = `--format=%x00${['Mesh-Name', 'Mesh-Source-Commit', 'Mesh-Source-File', 'Generated-by'].map(value).join('%x00')}`
  // The search by text is quick and coarse (it finds a quotation as well); the trailers decide.
  const search = ['--first-parent', '--fixed-strings', `--grep=Mesh-Name: ${mesh}`]
  const listed = await git.text(['rev-list', ...search, format, tip])
  let commit = ''
  for (const line of listed.split('\n')) {
    const header = /^commit ([0-9a-f]+)$/.exec(line)?.[1]
    if (header !== undefined) commit = header
    // A commit that was squashed from several has several of each, in the same order.
    const [, names = [], sources = [], files = [], programs = []] = line.split('\0').map((values) => values.split(','))
    const newest = names.lastIndexOf(mesh)
    const source = sources[newest] ?? ''
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(source)) continue
    const version = /^meshwright (\S+)$/.exec(programs[newest] ?? '')?.[1]
    const file = files[newest] ?? ''
    return {
      commit,
      source,
      ...(file !== '' && { file: decodeURIComponent(file) }),
      ...(version !== undefined && { version }),
    }
  }
  return undefined
}
