/** The branch that is published to: where its tip is read, and how it is moved on without losing anybody's commit. */
import { Failure } from '../../diagnostics/failure.ts'
import { withTemporaryRef } from './commit.ts'
import { explain, linesOf, redact } from './explain.ts'
import type { Git } from './git.ts'

export interface Branch {
  /** For messages: `mesh on origin`. */
  readonly label: string
  /** The newest commit, with all of its history in our object store; undefined if there is no such branch. */
  tip(): Promise<string | undefined>
  /** Moves the branch from `tip` to `commit`, or says why it did not: somebody else was quicker. */
  advance(commit: string, tip: string | undefined): Promise<Advance>
}

export type Advance = { readonly kind: 'done' } | { readonly kind: 'moved'; readonly reason: string }

/** @throws Failure for a name that git does not take, and for a branch that is checked out or that is worked on */
export async function openBranch(git: Git, branch: string, remote: string | undefined): Promise<Branch> {
  const valid = /^(?:-|refs\/|HEAD$)/.test(branch)
    ? false
    : (await git.attempt(['check-ref-format', '--normalize', `refs/heads/${branch}`])).exitCode === 0
  if (!valid) {
    throw new Failure(`${JSON.stringify(branch)} is not a branch name`, {
      hints: ['a short name, such as environments/mesh'],
    })
  }
  const ref = `refs/heads/${branch}`
  if (remote === undefined) return await localBranch(git, branch, ref)
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
  return remoteBranch(git, branch, ref, remote)
}

async function localBranch(git: Git, branch: string, ref: string): Promise<Branch> {
  const worktrees = (await git.text(['worktree', 'list', '--porcelain'])).split('\n')
  if (worktrees.includes(`branch ${ref}`)) {
    throw new Failure(`the branch ${branch} is checked out`, {
      hints: ['its work tree would look as if you had reverted everything: publish to another branch'],
    })
  }
  return {
    label: branch,
    tip: async () => {
      const ran = await git.attempt(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`])
      return ran.exitCode === 0 ? ran.stdout.trim() : undefined
    },
    advance: async (commit, tip) => {
      // The third argument makes this a compare-and-swap; all zeros mean that there must be no such branch.
      const args = ['update-ref', '-m', 'meshwright: publish', ref, commit, tip ?? '0'.repeat(commit.length)]
      const ran = await git.attempt(args)
      if (ran.exitCode === 0) return { kind: 'done' }
      if (isRace(ran.stderr)) return { kind: 'moved', reason: linesOf(ran.stderr, 1).join('') }
      throw explain(args, ran)
    },
  }
}

function remoteBranch(git: Git, branch: string, ref: string, remote: string): Branch {
  return {
    label: `${branch} on ${redact(remote)}`,
    tip: async () => await fetched(git, remote, ref),
    advance: async (commit) => await push(git, { remote, branch, ref, commit }),
  }
}

/** Brings the branch here by its own name, since a clone in CI has no other branch, and none of the user's references. */
async function fetched(git: Git, remote: string, ref: string): Promise<string | undefined> {
  return await withTemporaryRef(git, async (temporary) => {
    const flags = [
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      '--no-recurse-submodules',
      '--no-prune',
      '--refmap=',
    ]
    const args = ['fetch', ...flags, remote, `+${ref}:${temporary}`]
    const ran = await git.attempt(args, { remote: true })
    if (ran.exitCode === 0) return (await git.text(['rev-parse', '--verify', `${temporary}^{commit}`])).trim()
    // To list the references first would be one more connection.
    if (/couldn't find remote ref/i.test(ran.stderr)) return undefined
    throw explain(args, ran)
  })
}

interface Push {
  readonly remote: string
  readonly branch: string
  readonly ref: string
  readonly commit: string
}

async function push(git: Git, { remote, branch, ref, commit }: Push): Promise<Advance> {
  // A push that is not forced is a compare-and-swap: the remote takes a commit only on top of what it has.
  const args = ['push', '--porcelain', '--no-follow-tags', '--recurse-submodules=no', remote, `${commit}:${ref}`]
  const ran = await git.attempt(args, { remote: true })
  if (ran.exitCode === 0) return { kind: 'done' }
  const line = ran.stdout.split('\n').find((text) => text.startsWith('!\t'))
  const reason = line?.split('\t').at(-1) ?? ''
  if (reason === '') throw explain(args, ran)
  const said = `${reason}\n${ran.stderr}`
  if (isRace(said)) return { kind: 'moved', reason: linesOf(reason, 1).join('') }
  throw new Failure(`the remote does not take the push to ${branch}`, {
    hints: [
      ...linesOf(said).map((text) => `git: ${text}`),
      'a protected branch needs an exception for this user; a hook says itself what it wants',
    ],
  })
}

/** Whether a branch could not be moved because somebody else moved it, or does so right now. */
function isRace(said: string): boolean {
  // A branch `a` forbids a branch `a/b`, and a hook declines, today and tomorrow.
  if (/exists; cannot create|(?:hook|push) declined/.test(said)) return false
  return /\[rejected\] \((?:fetch first|non-fast-forward|stale info)\)|cannot lock ref|unable to lock|failed to (?:lock|update ref)|incorrect old value|reference already exists|but expected/i.test(
    said,
  )
}
