/**
 * Publishes a rendered tree to a branch: one commit for all clusters, none when nothing changed, never over a newer
 * source, never by force. The user's work tree, index and branches stay as they are.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { exit, Failure, invariant } from '../../diagnostics/failure.ts'
import { openBranch, type Branch } from './branch.ts'
import { changesOn, type Changes, type Rendered } from './changes.ts'
import { writeCommit, writeTree } from './commit.ts'
import { lineageOf, type Lineage } from './lineage.ts'
import { commitMessage } from './message.ts'
import type { Repository } from './repository.ts'

export interface PublishRequest {
  /** Path from the root of the branch to text. */
  readonly tree: ReadonlyMap<string, string>
  readonly mesh: string
  /** Short name, such as `environments/mesh`. */
  readonly branch: string
  /** Name or address of a remote; absent: a branch of this repository. */
  readonly remote?: string
  /** The commit that the tree was rendered from, in full. */
  readonly source: string
  /** Our own version, for a trailer. */
  readonly version: string
  /** Paths of files of ours that have no header line (JSON). */
  readonly headerless?: Iterable<string>
  /** Lines for the body of the commit message, in place of the count for each folder. */
  readonly summary?: readonly string[]
  /** Makes the commit, but does not move the branch. */
  readonly dryRun?: boolean
  /** Publishes although neither source is known to come before the other. */
  readonly allowDiverged?: boolean
  /** Publishes although our source is older than the published one, or perhaps older. */
  readonly rollback?: boolean
  /** Date of the commit (SOURCE_DATE_EPOCH), so that a second run makes the same commit. [now] */
  readonly date?: Date
}

export interface PublishOutcome {
  /** `superseded`: the branch has been rendered from a newer source already. */
  readonly kind: 'published' | 'unchanged' | 'superseded'
  readonly branch: string
  /** The new commit; only if published. */
  readonly commit?: string
  /** What the branch was at before; absent if there was no branch. */
  readonly previous?: string
  readonly changes: Changes
}

const ATTEMPTS_MAX = 5
const NO_CHANGES: Changes = { added: [], modified: [], deleted: [] }

/** @throws Failure: exit code 1 for a history that has diverged or is not known, 3 for all else */
export async function publish(repository: Repository, request: PublishRequest): Promise<PublishOutcome> {
  invariant(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(request.source), `source is ${request.source}`)
  const branch = await openBranch(repository.git, request.branch, request.remote)
  let reason = ''
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    if (attempt > 0) await backOff(attempt)
    const turn = await takeTurn(repository, request, branch)
    if (!('movedBecause' in turn)) return turn
    reason = turn.movedBecause
  }
  throw new Failure(`${branch.label} moved ${String(ATTEMPTS_MAX)} times while we were publishing to it`, {
    hints: [`the last time: ${reason}`, 'let publishers wait for each other (`concurrency` or `resource_group` in CI)'],
  })
}

/** Twice the time for each attempt, and a random part of it, so that two publishers do not meet again. */
async function backOff(attempt: number): Promise<void> {
  await sleep(50 * 2 ** attempt * (0.5 + Math.random()))
}

async function takeTurn(
  { git }: Repository,
  request: PublishRequest,
  branch: Branch,
): Promise<PublishOutcome | { readonly movedBecause: string }> {
  const { mesh, source, tree } = request
  const tip = await branch.tip()
  const common = { branch: request.branch, ...(tip !== undefined && { previous: tip }) }
  const lineage: Lineage = tip === undefined ? { kind: 'none' } : await lineageOf(git, tip, mesh, source)
  if (lineage.kind === 'older' && request.rollback !== true) {
    return { kind: 'superseded', ...common, changes: NO_CHANGES }
  }
  const rendered: Rendered = { mesh, tree, headerless: new Set(request.headerless) }
  const changes = await changesOn(git, tip, source, rendered)
  if (changes.added.length + changes.modified.length + changes.deleted.length === 0) {
    return { kind: 'unchanged', ...common, changes }
  }
  refuseStranger(lineage, request, branch)
  const { summary, date, version } = request
  const commit = await writeCommit(git, {
    tree: await writeTree(git, tip, changes, tree),
    parent: tip,
    message: commitMessage({ mesh, source, version, changes, ...(summary !== undefined && { summary }) }),
    ...(date !== undefined && { date }),
  })
  if (request.dryRun !== true) {
    const advance = await branch.advance(commit, tip)
    if (advance.kind === 'moved') return { movedBecause: advance.reason }
  }
  return { kind: 'published', ...common, commit, changes }
}

function refuseStranger(lineage: Lineage, request: PublishRequest, branch: Branch): void {
  if (lineage.kind !== 'diverged' && lineage.kind !== 'unknown') return
  if (request.allowDiverged === true || (request.rollback === true && lineage.kind === 'unknown')) return
  const ours = request.source.slice(0, 12)
  const published = lineage.published?.slice(0, 12) ?? 'a commit that is not known here'
  if (lineage.kind === 'diverged') {
    throw new Failure(`${branch.label} was rendered from ${published}, which is not in the history of ${ours}`, {
      exitCode: exit.found,
      hints: ['merge it first, or publish all the same with --allow-diverged'],
    })
  }
  throw new Failure(`${branch.label} was rendered from ${published}, and whether ${ours} is newer cannot be seen`, {
    exitCode: exit.found,
    hints: [
      lineage.shallow
        ? 'this clone is shallow: fetch the whole history (`git fetch --unshallow`; in CI `fetch-depth: 0`)'
        : 'fetch the branch that has this commit; if it was rewritten, publish with --allow-diverged',
      'to go back to an older source, publish with --rollback',
    ],
  })
}
