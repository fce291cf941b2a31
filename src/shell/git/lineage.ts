/** Where our source commit stands beside the one that the branch was last rendered from. */
import type { Git } from './git.ts'

export type Lineage =
  /** The branch has no commit of this mesh yet. */
  | { readonly kind: 'none' }
  /** Ours is the same commit, or comes after it. */
  | { readonly kind: 'same' | 'newer'; readonly published: string }
  /** Ours comes before it. */
  | { readonly kind: 'older'; readonly published: string }
  /** Neither comes before the other. */
  | { readonly kind: 'diverged'; readonly published: string }
  /** The history that would tell is not here; with nothing published when not even the branch's own is. */
  | { readonly kind: 'unknown'; readonly published?: string; readonly shallow: boolean }

/** @param tip newest commit of the branch; its first parents are searched for the trailers of this mesh */
export async function lineageOf(git: Git, tip: string, mesh: string, source: string): Promise<Lineage> {
  const published = await publishedSource(git, tip, mesh)
  if (published === undefined) return (await isCut(git, tip)) ? { kind: 'unknown', shallow: true } : { kind: 'none' }
  if (published === source) return { kind: 'same', published }
  const shallow = async (): Promise<boolean> =>
    (await git.text(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
  const known = await git.attempt(['rev-parse', '--verify', '--quiet', `${published}^{commit}`])
  if (known.exitCode !== 0) return { kind: 'unknown', published, shallow: await shallow() }
  // The commit where the two lines meet is one of them if that one comes first.
  const meeting = (await git.attempt(['merge-base', published, source])).stdout.trim()
  if (meeting === published) return { kind: 'newer', published }
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

/** The source commit that the newest commit of this mesh names. */
async function publishedSource(git: Git, tip: string, mesh: string): Promise<string | undefined> {
  const value = (key: string): string => `%(trailers:key=${key},valueonly=true,separator=%x2C)`
  const format = `--format=${value('Mesh-Name')} ${value('Mesh-Source-Commit')}`
  // The search by text is quick and coarse (it finds a quotation as well); the trailers decide.
  const search = ['--first-parent', '--fixed-strings', `--grep=Mesh-Name: ${mesh}`]
  const listed = await git.text(['rev-list', ...search, format, tip])
  for (const line of listed.split('\n')) {
    const [names, sources] = line.split(' ')
    // A commit that was squashed from several has several of each, in the same order.
    const newest = names?.split(',').lastIndexOf(mesh) ?? -1
    const source = sources?.split(',')[newest] ?? ''
    if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(source)) return source
  }
  return undefined
}
