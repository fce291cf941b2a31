/** The branch that is published to, with its record: where both stand, and how they are moved without losing anything. */
import { Failure } from '../../diagnostics/failure.ts'
import { withTemporaryRefs } from './commit.ts'
import { explain, linesOf, redact } from './explain.ts'
import type { Git } from './git.ts'
import { isRace, push, type Advance, type Update } from './push.ts'

export interface Branch {
  /** For messages: `mesh on origin`. */
  readonly label: string
  /** Looks where the branch is, and brings all of its history, and the record's, into our object store. */
  state(): Promise<BranchState>
  /** Moves all of it on as one, or nothing: see {@link Advance}. */
  advance(updates: Updates): Promise<Advance>
}

/** Newest commits; undefined for what is not there. */
export interface BranchState {
  readonly tip?: string
  /** Of the record (record.ts). */
  readonly record?: string
}

/** From what to what the two are moved. */
export interface Updates {
  readonly branch?: Move
  readonly record?: Move
}

interface Move {
  readonly from: string | undefined
  readonly to: string
}

export interface BranchPlace {
  /** Short name, such as `environments/mesh`. */
  readonly branch: string
  /** Name or address of a remote; undefined: a branch of this repository. */
  readonly remote: string | undefined
  /** Reference of the record. */
  readonly record: string
}

/** @throws Failure for a name that git does not take, and for a branch that is checked out or that is worked on */
export async function openBranch(git: Git, place: BranchPlace): Promise<Branch> {
  const { branch, remote } = place
  const valid = /^(?:-|refs\/|HEAD$)/.test(branch)
    ? false
    : (await git.attempt(['check-ref-format', '--normalize', `refs/heads/${branch}`])).exitCode === 0
  if (!valid) {
    throw new Failure(`${JSON.stringify(branch)} is not a branch name`, {
      hints: ['a short name, such as environments/mesh'],
    })
  }
  const ref = `refs/heads/${branch}`
  if (remote === undefined) return await localBranch(git, place, ref)
  if (remote === '' || remote.startsWith('-')) {
    throw new Failure(`${JSON.stringify(redact(remote))} is not a remote`, {
      hints: ['`git remote -v` lists the remotes'],
    })
  }
  if ((await git.attempt(['symbolic-ref', '--quiet', 'HEAD'])).stdout.trim() === ref) {
    throw new Failure(`${branch} is the branch that you work on`, {
      hints: [
        'output goes to a branch of its own: the source and its rendering must not mix; name another with --branch',
      ],
    })
  }
  return remoteBranch(git, place, ref, remote)
}

async function localBranch(git: Git, { branch, record }: BranchPlace, ref: string): Promise<Branch> {
  const worktrees = (await git.text(['worktree', 'list', '--porcelain'])).split('\n')
  if (worktrees.includes(`branch ${ref}`)) {
    throw new Failure(`the branch ${branch} is checked out`, {
      hints: ['its work tree would look as if you had reverted everything: publish to another branch'],
    })
  }
  const at = async (name: string): Promise<string | undefined> => {
    const ran = await git.attempt(['rev-parse', '--verify', '--quiet', `${name}^{commit}`])
    return ran.exitCode === 0 ? ran.stdout.trim() : undefined
  }
  return {
    label: branch,
    state: async () => state(await at(ref), await at(record)),
    advance: async (updates) => {
      // The old value makes each line a compare-and-swap; all zeros mean that there must be no such reference.
      const line = (name: string, { from, to }: Move): string =>
        `update ${name} ${to} ${from ?? '0'.repeat(to.length)}\n`
      const lines = [
        updates.branch === undefined ? '' : line(ref, updates.branch),
        updates.record === undefined ? '' : line(record, updates.record),
      ]
      const args = ['update-ref', '-m', 'meshwright: publish', '--stdin']
      const ran = await git.attempt(args, { input: `start\n${lines.join('')}commit\n` })
      if (ran.exitCode === 0) return { kind: 'done' }
      const reason = linesOf(ran.stderr, 1).join('')
      if (isRace(ran.stderr)) return { kind: 'moved', reason }
      if (updates.record !== undefined && ran.stderr.includes(record)) return { kind: 'no-record', reason }
      throw explain(args, ran)
    },
  }
}

function state(tip: string | undefined, record: string | undefined): BranchState {
  return { ...(tip !== undefined && { tip }), ...(record !== undefined && { record }) }
}

function remoteBranch(git: Git, { branch, record }: BranchPlace, ref: string, remote: string): Branch {
  const update = (name: string, move: Move | undefined): Update[] =>
    move === undefined ? [] : [{ ref: name, commit: move.to }]
  return {
    label: `${branch} on ${redact(remote)}`,
    state: async () => await fetched(git, remote, ref, record),
    advance: async (updates) =>
      await push(git, {
        remote,
        branch: update(ref, updates.branch),
        record: update(record, updates.record),
      }),
  }
}

/** Brings the branch here by its own name, since a clone in CI has no other branch, and none of the user's references. */
async function fetched(git: Git, remote: string, ref: string, record: string): Promise<BranchState> {
  return await withTemporaryRefs(git, async (folder) => {
    // A pattern may match nothing, so that the record costs no connection of its own.
    const pattern = `+${record}*:${folder}/record*`
    const first = await fetchRefs(git, remote, [`+${ref}:${folder}/tip`, pattern])
    // To list the references first would be one more connection each time.
    if (first === 'no-branch') await fetchRefs(git, remote, [pattern])
    const found = new Map<string, string>()
    const listed = await git.text(['for-each-ref', '--format=%(refname) %(objectname)', `${folder}/`])
    for (const line of listed.split('\n')) {
      const [name = '', id = ''] = line.split(' ')
      found.set(name.slice(folder.length + 1), id)
    }
    return state(found.get('tip'), found.get('record'))
  })
}

async function fetchRefs(git: Git, remote: string, specs: readonly string[]): Promise<'fetched' | 'no-branch'> {
  const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', '--no-prune', '--refmap=']
  const args = ['fetch', ...flags, remote, ...specs]
  const ran = await git.attempt(args, { remote: true })
  if (ran.exitCode === 0) return 'fetched'
  if (/couldn't find remote ref/i.test(ran.stderr)) return 'no-branch'
  throw explain(args, ran)
}
