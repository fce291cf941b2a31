/** Makes a commit out of a rendered tree, in the object store only: no work tree, no index, no branch moves. */
import { randomUUID } from 'node:crypto'
import { invariant } from '../../diagnostics/failure.ts'
import type { Changes } from './changes.ts'
import type { Git } from './git.ts'
import type { Committing } from './identity.ts'

const TEMPORARY = 'refs/meshwright/'

/** A killed run leaves its references behind; after this time, in seconds, nobody uses them any more. */
const TEMPORARY_SECONDS = 3600

/** Runs with the name of a folder of references that nobody else uses, and removes what is in it in the end. */
export async function withTemporaryRefs<T>(git: Git, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = `${TEMPORARY}${String(seconds())}-${randomUUID()}`
  try {
    return await use(folder)
  } finally {
    const present = await temporaryRefs(git)
    await removeRefs(
      git,
      present.filter((ref) => ref.startsWith(`${folder}/`)),
    )
    await removeRefs(
      git,
      present.filter((ref) => seconds() - startOf(ref) > TEMPORARY_SECONDS),
    )
  }
}

async function temporaryRefs(git: Git): Promise<string[]> {
  const { stdout } = await git.attempt(['for-each-ref', '--format=%(refname)', TEMPORARY])
  return stdout.split('\n').filter((ref) => ref !== '')
}

async function removeRefs(git: Git, refs: readonly string[]): Promise<void> {
  if (refs.length === 0) return
  // As a transaction it prints something, which spares the pause that simple-git makes after a silent command.
  const deletions = refs.map((ref) => `delete ${ref}\n`).join('')
  await git.attempt(['update-ref', '--stdin'], { input: `start\n${deletions}commit\n` })
}

function startOf(ref: string): number {
  return Number(ref.slice(TEMPORARY.length).split('-')[0])
}

function seconds(): number {
  return Math.floor(Date.now() / 1000)
}

/** The tree of `tip` with some changes made to it; everything else on the branch stays. Returns the id of the tree. */
export async function writeTree(
  git: Git,
  tip: string | undefined,
  changes: Changes,
  tree: ReadonlyMap<string, string>,
): Promise<string> {
  return await withTemporaryRefs(git, async (folder) => {
    const ref = `${folder}/tree`
    // Without `done` at its end a stream that was cut would count as a whole one.
    const flags = ['--quiet', '--done', '--date-format=raw']
    await git.text(['fast-import', ...flags], { input: importStream(ref, tip, changes, tree) })
    return await treeOf(git, ref)
  })
}

export async function treeOf(git: Git, commit: string): Promise<string> {
  return (await git.text(['rev-parse', '--verify', `${commit}^{tree}`])).trim()
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
  readonly committing: Committing
}

/** Returns the id of the commit. */
export async function writeCommit(git: Git, { tree, parent, message, committing }: CommitOptions): Promise<string> {
  const { env, sign } = committing
  const parents = parent === undefined ? [] : ['-p', parent]
  const args = ['commit-tree', tree, ...parents, ...(sign ? ['-S'] : []), '-F', '-']
  return (await git.text(args, { input: message, env })).trim()
}
