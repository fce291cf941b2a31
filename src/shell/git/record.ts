/**
 * The record of a branch: which source its output was last found to be the rendering of.
 *
 * A commit names the source it was made from. But where a later source gives the same output, there is nothing to
 * commit, and a source between the two, whose job is late, would look newer than what is published. So the source is
 * also kept in a git note on the branch's newest commit of the mesh, which no engine that follows the branch takes for
 * a new revision. Every publish moves the note's reference together with the branch, in one push of which the remote
 * takes all or nothing: whoever was slower in either of the two has to look again.
 */
import type { Git } from './git.ts'
import type { Committing } from './identity.ts'

/** Shown by `git log --notes=meshwright/<mesh>/<branch>`. */
export function recordRef(mesh: string, branch: string): string {
  return `refs/notes/meshwright/${mesh}/${branch}`
}

/**
 * The source that the record names for a commit; undefined when it is about another one.
 *
 * @param record the commit that the record's reference points to
 */
export async function recordedSource(git: Git, record: string, commit: string): Promise<string | undefined> {
  const note = await git.attempt(['cat-file', 'blob', `${record}:${commit}`])
  return /^Mesh-Source-Commit: ([0-9a-f]{40}|[0-9a-f]{64})$/m.exec(note.stdout)?.[1]
}

export interface RecordEntry {
  readonly mesh: string
  /** A commit of the branch. */
  readonly commit: string
  readonly source: string
}

/** Makes the next commit of the record in the object store. Former ones stay in its history. */
export async function writeRecord(
  git: Git,
  parent: string | undefined,
  { mesh, commit, source }: RecordEntry,
  { env }: Committing,
): Promise<string> {
  const note = `Mesh-Name: ${mesh}\nMesh-Source-Commit: ${source}\n`
  const blob = (await git.text(['hash-object', '-w', '--stdin'], { input: note })).trim()
  const tree = (await git.text(['mktree'], { input: `100644 blob ${blob}\t${commit}\n` })).trim()
  const parents = parent === undefined ? [] : ['-p', parent]
  const message = `mesh ${mesh}: ${commit.slice(0, 12)} is the rendering of ${source}\n`
  return (await git.text(['commit-tree', tree, ...parents, '-F', '-'], { input: message, env })).trim()
}
