/**
 * The commit that is being made, as a hook sees it: the index that git hands over, and how the work tree differs from it.
 */
import { createHash } from 'node:crypto'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { realPath } from '../overlap.ts'
import { portions } from './commit-sources.ts'
import { explain } from './explain.ts'
import { openGit, type Git } from './git.ts'
import { isFile, readBlobs, type TreeEntry } from './objects.ts'

export interface CommitIndex {
  /** Absolute path of the work tree; every other path here is relative to it, with forward slashes. */
  readonly root: string
  /** A folder for what belongs to this work tree and to nobody else, absolute; outside of what is tracked. */
  readonly store: string
  /**
   * Whether the user's own index is what is committed. For `git commit -- PATHS` git makes one that is thrown away
   * afterwards: what is staged there would look reverted in the user's.
   */
  readonly own: boolean
  /** Path from the root for an absolute one; undefined for what lies outside of the work tree. */
  within(path: string): Promise<string | undefined>
  /** What the index and the work tree have at and below some paths. */
  list(paths: readonly string[], others?: 'unignored' | 'all'): Promise<Listing>
  /** Whether the commit changes anything at or below some paths. */
  touches(paths: readonly string[]): Promise<boolean>
  /** Puts files as they lie in the work tree into the index, and takes those out that are gone. */
  stage(paths: readonly string[]): Promise<void>
  /** Texts of files as the index has them. */
  read(entries: ReadonlyMap<string, TreeEntry>): Promise<ReadonlyMap<string, string>>
}

export interface Listing {
  readonly tracked: ReadonlyMap<string, TreeEntry>
  /** Tracked, and another text or nothing in the work tree; or in conflict. */
  readonly changed: ReadonlySet<string>
  /** Tracked, and not in the work tree. */
  readonly missing: ReadonlySet<string>
  readonly untracked: ReadonlySet<string>
  /** Tracked and changed, since a sparse checkout leaves it out of the work tree. */
  readonly skipped: ReadonlySet<string>
  /** Of all that is tracked: path, mode and content. */
  readonly digest: string
}

/**
 * @param cwd folder that git started the hook in
 * @param env variables that git gave to the hook: which repository, which index
 */
export async function openCommitIndex(
  cwd: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<CommitIndex> {
  const given: Record<string, string> = {}
  for (const name of ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR']) {
    const value = env[name]
    if (value !== undefined && value !== '') given[name] = resolve(cwd, value)
  }
  const ask = ['rev-parse', '--show-toplevel', '--absolute-git-dir', '--git-path', 'meshwright']
  const [root = '', folder = '', store = ''] = (await openGit(cwd, { env: given }).text(ask)).split('\n')
  const file = env['GIT_INDEX_FILE']
  const index = file === undefined || file === '' ? join(folder, 'index') : resolve(root, file)
  const git = openGit(root, { env: { ...given, GIT_INDEX_FILE: index } })
  // `commit --all` and `--include` have git write the user's next index beside the present one.
  const own =
    ['index', 'index.lock'].includes(basename(index)) && (await realPath(dirname(index))) === (await realPath(folder))
  return {
    root,
    store: resolve(cwd, store),
    own,
    within: async (path) => {
      const inner = relative(root, await realPath(path))
        .split(sep)
        .join('/')
      return inner === '..' || inner.startsWith('../') || resolve(inner) === inner ? undefined : inner
    },
    list: (paths, others = 'unignored') => list(git, paths, others),
    touches: (paths) => touches(git, paths),
    stage: async (paths) => {
      const input = paths.map((path) => `${path}\0`).join('')
      await git.text(['update-index', '--verbose', '--add', '--remove', '-z', '--stdin'], { input })
    },
    read: async (entries) => {
      const files = [...entries].filter(([, entry]) => isFile(entry))
      const blobs = await readBlobs(
        git,
        files.map(([, { id }]) => id),
      )
      return new Map(files.map(([path, { id }]) => [path, Buffer.from(blobs.get(id) ?? '').toString('utf8')]))
    },
  }
}

/** One process for all of it, unless there are a great many paths: a hook has to be quick. */
async function list(git: Git, paths: readonly string[], others: 'unignored' | 'all'): Promise<Listing> {
  const tracked = new Map<string, TreeEntry>()
  const [changed, missing, untracked] = [new Set<string>(), new Set<string>(), new Set<string>()]
  const skipped = new Set<string>()
  const hash = createHash('sha256')
  const wanted = ['--stage', '--modified', '--deleted', '--others', ...(others === 'all' ? [] : ['--exclude-standard'])]
  for (const some of portions(paths)) {
    // An empty path would mean nothing, and the root is meant.
    const below = some.map((path) => path || '.')
    const listed = await git.text(['ls-files', '-z', '-t', ...wanted, '--', ...below])
    for (const record of listed.split('\0').filter((text) => text !== '')) {
      const tag = record.charAt(0)
      if (tag === '?') {
        untracked.add(record.slice(2))
        continue
      }
      const tab = record.indexOf('\t')
      const [mode = '', id = ''] = record.slice(2, tab).split(' ')
      const path = record.slice(tab + 1)
      if (tag === 'R') missing.add(path)
      if (tag === 'S') skipped.add(path)
      // A conflict (M), and a file that is left out of the work tree (S), are no text that anybody could have judged.
      if (tag !== 'H') changed.add(path)
      else hash.update(`${record}\0`)
      tracked.set(path, { mode, id })
    }
  }
  return { tracked, changed, missing, untracked, skipped, digest: hash.digest('hex') }
}

async function touches(git: Git, paths: readonly string[]): Promise<boolean> {
  const head = await git.attempt(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (head.exitCode !== 0) return true
  for (const some of portions(paths)) {
    const args = ['diff-index', '--cached', '--quiet', 'HEAD', '--', ...some.map((path) => path || '.')]
    const ran = await git.attempt(args)
    if (ran.exitCode > 1 || ran.exitCode < 0) throw explain(args, ran)
    if (ran.exitCode === 1) return true
  }
  return false
}
