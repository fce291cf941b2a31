/**
 * Publishes a rendered tree to a branch: one commit for all clusters, none when nothing changed, never over a newer
 * source, never by force. The user's work tree, index and branches stay as they are.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { exit, Failure, invariant } from '../../diagnostics/failure.ts'
import type { FileTree } from '../../tree/file-tree.ts'
import { changeSummary, type TextChange } from '../../tree/summary.ts'
import { openBranch, type Branch, type BranchState } from './branch.ts'
import { changesOn, type Changes, type Rendered } from './changes.ts'
import { treeOf, writeCommit, writeTree } from './commit.ts'
import { committingAs, type Committing, type Person } from './identity.ts'
import { lineageOf, type Lineage } from './lineage.ts'
import { commitMessage } from './message.ts'
import { recordRef, writeRecord } from './record.ts'
import type { Repository } from './repository.ts'
import { isOlderVersion } from './version-order.ts'

export interface PublishRequest {
  /** Path from the root of the branch to text. */
  readonly tree: FileTree
  readonly mesh: string
  /** Short name, such as `environments/mesh`. */
  readonly branch: string
  /** Name or address of a remote; absent: a branch of this repository. */
  readonly remote?: string
  /** The commit that the tree was rendered from, in full. */
  readonly source: string
  /** Path of the mesh file from the root of the repository; a branch keeps to one. */
  readonly file?: string
  /** Our own version, for a trailer. */
  readonly version: string
  /** Paths of files of ours that have no header line (JSON). */
  readonly headerless?: Iterable<string>
  /** Lines for the body of the commit message. [objects by cluster] */
  readonly summary?: (change: TextChange) => readonly string[]
  /** More trailers for the commit message, one a line. */
  readonly trailers?: readonly string[]
  /** Files that tell about the source: written where a manifest changes, and never a reason for a commit. */
  readonly metadata?: FileTree
  /** Throws where the step from what the branch has (path to text, of this mesh) must not be made. */
  readonly judge?: (published: FileTree) => void
  /** Makes the commit, but does not move the branch. */
  readonly dryRun?: boolean
  /** Publishes although neither source is known to come before the other. */
  readonly allowDiverged?: boolean
  /** Publishes although our source is older than the published one, or perhaps older. */
  readonly rollback?: boolean
  /** [what git says] */
  readonly author?: Person
  /** Date of the commit (SOURCE_DATE_EPOCH), so that a second run makes the same commit. [now] */
  readonly date?: Date
  /** How often a lost race is run again. [15] */
  readonly attemptsMax?: number
}

export interface PublishOutcome {
  /**
   * `superseded`: the branch has been rendered from a newer source already, or from the same one by a newer version.
   * `recorded`: a newer source gives what is there; only that was written down.
   */
  readonly kind: 'published' | 'recorded' | 'unchanged' | 'superseded'
  readonly branch: string
  /** The new commit, if one was made. */
  readonly commit?: string
  /** What the branch was at before; absent if there was no branch. */
  readonly previous?: string
  readonly changes: Changes
  /** Why the remote took no note (record.ts): then a later source without changes makes an empty commit. */
  readonly noRecord?: string
}

/** Each race that is lost is won by somebody, so that many publishers need many attempts and no more. */
const ATTEMPTS_MAX = 15
const NO_CHANGES: Changes = { added: [], modified: [], deleted: [] }

/** @throws Failure: exit code 1 for a history that has diverged or is not known, 3 for all else */
export async function publish(repository: Repository, request: PublishRequest): Promise<PublishOutcome> {
  invariant(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(request.source), `source is ${request.source}`)
  const { git } = repository
  const record = recordRef(request.mesh, request.branch)
  const branch = await openBranch(git, { branch: request.branch, remote: request.remote, record })
  const committing = await committingAs(git, request)
  const most = request.attemptsMax ?? ATTEMPTS_MAX
  let noRecord: string | undefined
  let reason = ''
  for (let attempt = 0; attempt < most; attempt += 1) {
    if (reason !== '') await backOff(attempt)
    const turn = await takeTurn({ ...repository, request, branch, committing, noRecord })
    if ('kind' in turn) return { ...turn, ...(noRecord !== undefined && { noRecord }) }
    if ('movedBecause' in turn) reason = turn.movedBecause
    else noRecord = turn.noRecordBecause
  }
  throw new Failure(`${branch.label} moved ${String(most)} times while we were publishing to it`, {
    hints: [
      `the last time: ${reason}`,
      reason.includes('.lock')
        ? 'if no git runs there, one that was killed has left this file behind: remove it'
        : 'let publishers wait for each other (`concurrency` or `resource_group` in CI)',
    ],
  })
}

/** Twice the time for each attempt, and a random part of it, so that two publishers do not meet again. */
async function backOff(attempt: number): Promise<void> {
  await sleep(50 * Math.min(2 ** attempt, 16) * (0.5 + Math.random()))
}

interface Turn {
  readonly git: Repository['git']
  readonly request: PublishRequest
  readonly branch: Branch
  readonly committing: Committing
  /** Why there can be no record. */
  readonly noRecord: string | undefined
}

type Lost = { readonly movedBecause: string } | { readonly noRecordBecause: string }

async function takeTurn(turn: Turn): Promise<PublishOutcome | Lost> {
  const { git, request, branch } = turn
  const { mesh, source, tree, rollback } = request
  const at = await branch.state()
  const common = { branch: request.branch, ...(at.tip !== undefined && { previous: at.tip }) }
  const superseded: PublishOutcome = { kind: 'superseded', ...common, changes: NO_CHANGES }
  const known = await lineageOf(git, at, request)
  if (known.kind === 'older' && rollback !== true) return superseded
  const rendered: Rendered = {
    mesh,
    tree,
    headerless: new Set(request.headerless),
    metadata: new Set(request.metadata?.keys()),
  }
  const { changes, before } = await changesOn(git, at.tip, source, rendered)
  const lineage = known.kind === 'none' && holdsOurs(changes, tree) ? LOST_HISTORY : known
  if (isEmpty(changes)) {
    const unchanged: PublishOutcome = { kind: 'unchanged', ...common, changes }
    if (at.tip === undefined || lineage.kind === 'same' || !mayPublish(lineage, request)) return unchanged
    return await recordSource(turn, at, lineage, unchanged)
  }
  if (!mayPublish(lineage, request)) throw refusal(lineage, request, branch)
  if (lineage.kind === 'same' && rollback !== true && isOlderVersion(request.version, lineage.published.version)) {
    return superseded
  }
  request.judge?.(publishedTree(tree, changes, before))
  return await moveOn(turn, at, { kind: 'published', ...common, changes }, before)
}

/** What is neither added nor changed is on the branch as it is in our tree. */
function publishedTree(tree: FileTree, { added }: Changes, before: FileTree): FileTree {
  const fresh = new Set(added)
  return new Map([...[...tree].filter(([path]) => !fresh.has(path)), ...before])
}

/** The branch has files of this mesh, and no commit that tells where they are from. */
const LOST_HISTORY: Lineage = { kind: 'unknown', shallow: false }

function holdsOurs({ added, modified, deleted }: Changes, tree: FileTree): boolean {
  return modified.length + deleted.length > 0 || added.length < tree.size
}

function isEmpty({ added, modified, deleted }: Changes): boolean {
  return added.length + modified.length + deleted.length === 0
}

function mayPublish({ kind }: Lineage, { allowDiverged, rollback }: PublishRequest): boolean {
  if (kind === 'older') return rollback === true
  if (kind === 'diverged' || kind === 'other-file') return allowDiverged === true
  return kind !== 'unknown' || allowDiverged === true || rollback === true
}

/** Makes the commit, and moves the branch and its record to it. */
async function moveOn(
  turn: Turn,
  at: BranchState,
  outcome: PublishOutcome,
  before: FileTree,
): Promise<PublishOutcome | Lost> {
  const { git, request, branch, committing, noRecord } = turn
  const { mesh, source, file, version, dryRun, trailers, metadata = new Map<string, string>() } = request
  const { changes } = outcome
  const paths = [...changes.added, ...changes.modified]
  const after = new Map(paths.map((path) => [path, request.tree.get(path) ?? '']))
  const lines = (request.summary ?? changeSummary)({ before, after })
  const parts = {
    mesh,
    source,
    version,
    changes,
    summary: lines,
    ...(file !== undefined && { file }),
    ...(trailers !== undefined && { trailers }),
  }
  const written = { ...changes, modified: [...changes.modified, ...metadata.keys()] }
  const commit = await writeCommit(git, {
    tree: isEmpty(changes)
      ? await treeOf(git, at.tip ?? '')
      : await writeTree(git, at.tip, written, new Map([...after, ...metadata])),
    parent: at.tip,
    message: commitMessage(parts),
    committing,
  })
  if (dryRun === true) return { ...outcome, commit }
  const entry = { mesh, commit, source }
  const advance = await branch.advance({
    branch: { from: at.tip, to: commit },
    ...(noRecord === undefined && {
      record: { from: at.record, to: await writeRecord(git, at.record, entry, committing) },
    }),
  })
  if (advance.kind === 'moved') return { movedBecause: advance.reason }
  if (advance.kind === 'no-record') return { noRecordBecause: advance.reason }
  return { ...outcome, commit, ...(advance.noRecord !== undefined && { noRecord: advance.noRecord }) }
}

/** A source that gives what is published already is written down, so that none before it goes over it. */
async function recordSource(
  turn: Turn,
  at: BranchState,
  lineage: Lineage,
  unchanged: PublishOutcome,
): Promise<PublishOutcome | Lost> {
  const { git, request, branch, committing, noRecord } = turn
  const commit = 'published' in lineage ? lineage.published?.commit : undefined
  if (commit === undefined || request.dryRun === true) return unchanged
  const outcome: PublishOutcome = { ...unchanged, kind: 'recorded' }
  if (noRecord !== undefined) return await moveOn(turn, at, outcome, new Map())
  const entry = { mesh: request.mesh, commit, source: request.source }
  const advance = await branch.advance({
    record: { from: at.record, to: await writeRecord(git, at.record, entry, committing) },
  })
  if (advance.kind === 'moved') return { movedBecause: advance.reason }
  return advance.kind === 'done' ? outcome : { noRecordBecause: advance.reason }
}

function refusal(lineage: Lineage, { source, file }: PublishRequest, { label }: Branch): Failure {
  const ours = source.slice(0, 12)
  const published = 'published' in lineage ? lineage.published?.source.slice(0, 12) : undefined
  if (lineage.kind === 'diverged') {
    return new Failure(`${label} was rendered from ${String(published)}, which is not in the history of ${ours}`, {
      exitCode: exit.found,
      hints: ['merge it first, or publish all the same with --allow-diverged'],
    })
  }
  if (lineage.kind === 'other-file') {
    return new Failure(`${label} was rendered from ${lineage.published.file ?? ''}, and not from ${file ?? ''}`, {
      exitCode: exit.found,
      hints: [
        'two meshes of one name would publish over each other: give this one another metadata.name, or another --branch',
        'if the file was moved, publish once with --allow-diverged',
      ],
    })
  }
  const shallow = lineage.kind === 'unknown' && lineage.shallow
  const message =
    published === undefined && !shallow
      ? `${label} has files of this mesh, and no commit there tells which source they are from`
      : `${label} was rendered from ${published ?? 'a commit that is not known here'}, and whether ${ours} is newer cannot be seen`
  return new Failure(message, {
    exitCode: exit.found,
    hints: [
      shallow
        ? 'this clone is shallow: fetch the whole history (`git fetch --unshallow`; in CI `fetch-depth: 0`)'
        : 'fetch the branch that has this commit; if it was rewritten, publish with --allow-diverged',
      'to go back to an older source, publish with --rollback',
    ],
  })
}
