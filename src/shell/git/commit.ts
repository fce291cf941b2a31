/** Makes a commit out of a rendered tree, in the object store only: no work tree, no index, no branch moves. */
import { randomUUID } from 'node:crypto'
import { invariant } from '../../diagnostics/failure.ts'
import type { Changes } from './changes.ts'
import type { Git } from './git.ts'

/** Runs with the name of a reference that nobody else uses, and removes it in the end. */
export async function withTemporaryRef<T>(git: Git, use: (ref: string) => Promise<T>): Promise<T> {
  const ref = `refs/meshwright/${randomUUID()}`
  try {
    return await use(ref)
  } finally {
    // As a transaction it prints something, which spares the pause that simple-git makes after a silent command.
    await git.attempt(['update-ref', '--stdin'], { input: `start\ndelete ${ref}\ncommit\n` })
  }
}

/** The tree of `tip` with some changes made to it; everything else on the branch stays. Returns the id of the tree. */
export async function writeTree(
  git: Git,
  tip: string | undefined,
  changes: Changes,
  tree: ReadonlyMap<string, string>,
): Promise<string> {
  return await withTemporaryRef(git, async (ref) => {
    // Without `done` at its end a stream that was cut would count as a whole one.
    const flags = ['--quiet', '--done', '--date-format=raw']
    await git.text(['fast-import', ...flags], { input: importStream(ref, tip, changes, tree) })
    return (await git.text(['rev-parse', '--verify', `${ref}^{tree}`])).trim()
  })
}

function importStream(
  ref: string,
  tip: string | undefined,
  changes: Changes,
  tree: ReadonlyMap<string, string>,
): Buffer {
  const parts: (string | Buffer)[] = [`commit ${ref}\ncommitter meshwright <meshwright@localhost> 0 +0000\ndata 0\n`]
  if (tip !== undefined) parts.push(`from ${tip}\n`)
  for (const path of changes.deleted) parts.push(`D ${quoted(path)}\n`)
  for (const path of [...changes.added, ...changes.modified]) {
    const text = tree.get(path)
    invariant(text !== undefined, `no text for ${path}`)
    invariant(isSafePath(path), `a file is rendered to ${JSON.stringify(path)}`)
    const bytes = Buffer.from(text)
    parts.push(`M 100644 inline ${quoted(path)}\ndata ${String(bytes.length)}\n`, bytes, '\n')
  }
  parts.push('done\n')
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
}

function isSafePath(path: string): boolean {
  return path.split('/').every((name) => /^[\w.][\w.@+-]*$/.test(name) && !/^\.(?:\.?|git)$/i.test(name))
}

function quoted(path: string): string {
  return `"${path.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`
}

export interface CommitOptions {
  readonly tree: string
  readonly parent: string | undefined
  readonly message: string
  /** Date of author and committer; git's own clock and variables if absent. */
  readonly date?: Date
}

/** Author, committer and signature are what the user's git says. Returns the id of the commit. */
export async function writeCommit(git: Git, options: CommitOptions): Promise<string> {
  const { tree, parent, message, date } = options
  // commit-tree does not read this setting by itself.
  const sign = await git.text(['config', '--type=bool', '--default=false', '--get', 'commit.gpgSign'])
  const stamp = date === undefined ? undefined : `@${String(Math.floor(date.getTime() / 1000))} +0000`
  const args = [
    'commit-tree',
    tree,
    ...(parent === undefined ? [] : ['-p', parent]),
    ...(sign.trim() === 'true' ? ['-S'] : []),
    '-F',
    '-',
  ]
  const committed = await git.text(args, {
    input: message,
    ...(stamp !== undefined && { env: { GIT_AUTHOR_DATE: stamp, GIT_COMMITTER_DATE: stamp } }),
  })
  return committed.trim()
}
