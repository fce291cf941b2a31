/** Moves references of a remote, all or none, and tells a lost race from a refusal. */
import { Failure } from '../../diagnostics/failure.ts'
import { explain, linesOf } from './explain.ts'
import type { Git } from './git.ts'

export type Advance =
  /** With the reason where the branch moved and its record did not. */
  | { readonly kind: 'done'; readonly noRecord?: string }
  /** Somebody else was quicker. */
  | { readonly kind: 'moved'; readonly reason: string }
  /** Nothing was moved, perhaps because the place of the record is not open to us. */
  | { readonly kind: 'no-record'; readonly reason: string }

export interface Update {
  readonly ref: string
  readonly commit: string
}

export interface Push {
  readonly remote: string
  readonly branch: readonly Update[]
  readonly record: readonly Update[]
}

/** What git says of a reference that was held back because of another one. */
const CONSEQUENCE = /atomic (?:push|transaction) fail/

/** @throws Failure when the remote takes nothing from us */
export async function push(git: Git, { remote, branch, record }: Push): Promise<Advance> {
  const updates = [...branch, ...record]
  // A push that is not forced is a compare-and-swap: the remote takes a commit only on top of what it has.
  // Where two cannot be moved as one, a record alone must not be either: a branch could overtake it.
  const flags = [
    '--porcelain',
    '--no-follow-tags',
    '--recurse-submodules=no',
    ...(record.length > 0 ? ['--atomic'] : []),
  ]
  const args = ['push', ...flags, remote, ...updates.map(({ ref, commit }) => `${commit}:${ref}`)]
  const ran = await git.attempt(args, { remote: true })
  if (ran.exitCode === 0) return { kind: 'done' }
  if (record.length > 0 && /does not support --atomic/.test(ran.stderr)) {
    return { kind: 'no-record', reason: 'it does not take two references as one' }
  }
  const results = resultsOf(ran.stdout)
  const reasons = [...results.values()].flatMap((result) => result.refused ?? [])
  if (reasons.length === 0) throw explain(args, ran)
  const reason = linesOf(reasons.find((text) => !CONSEQUENCE.test(text)) ?? reasons[0] ?? '', 1).join('')
  // A remote that hides the record's place refuses that one only, whatever was asked of it (git-receive-pack).
  if (branch.length > 0 && branch.every(({ ref }) => results.get(ref)?.refused === undefined && results.has(ref))) {
    return { kind: 'done', noRecord: reason }
  }
  if (isRace(`${reasons.join('\n')}\n${ran.stderr}`)) return { kind: 'moved', reason }
  // A hook that is asked about all references at once does not say which one it means.
  if (record.length > 0) return { kind: 'no-record', reason }
  const names = updates.map(({ ref }) => ref.replace('refs/heads/', '')).join(' and ')
  throw new Failure(`the remote does not take the push to ${names}`, {
    hints: [
      ...linesOf(`${reason}\n${ran.stderr}`).map((text) => `git: ${text}`),
      'a protected branch needs an exception for this user; a hook says itself what it wants',
    ],
  })
}

/** What became of each reference, from `git push --porcelain`: flag, from and to, summary with the reason. */
function resultsOf(stdout: string): ReadonlyMap<string, { readonly refused?: string }> {
  const lines = stdout.split('\n').map((line) => line.split('\t'))
  return new Map(
    lines.flatMap(([flag = '', pair = '', summary = '']) =>
      /^[ *=!+-]$/.test(flag) ? [[pair.slice(pair.indexOf(':') + 1), flag === '!' ? { refused: summary } : {}]] : [],
    ),
  )
}

/** Whether a reference could not be moved because somebody else moved it, or does so right now. */
export function isRace(said: string): boolean {
  // A branch `a` forbids a branch `a/b`, and a hook declines, today and tomorrow.
  if (/exists; cannot create|(?:hook|push) declined/.test(said)) return false
  return /\[rejected\] \((?:fetch first|non-fast-forward|stale info)\)|cannot lock ref|unable to lock|failed to (?:lock|update ref)|incorrect old value|reference already exists|but expected/i.test(
    said,
  )
}
