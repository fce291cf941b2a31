/** What a change of intent does, as a value: the reports say it in different words. */
import type { Lock } from '../lock/lock.ts'
import { describeTask, type Task } from '../plan/task.ts'
import { difference, tooMuchRemoved, type Difference } from '../tree/difference.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { gathered, type Consequence } from './consequence.ts'
import { consequencesOfLocks } from './from-locks.ts'
import { consequencesOfObjects } from './from-objects.ts'

export interface Review {
  readonly mesh: string
  /** What it is held against: `output`, `main`. */
  readonly against: string
  readonly consequences: readonly Consequence[]
  /** What `generate` still has to do to the lock, one line each. */
  readonly tasks: readonly string[]
  /** What `generate` removes only with --allow-delete. */
  readonly consent?: string
  readonly difference: Difference
  /** Files of output and lock that `generate` writes, although they say the same already: other comments, other order. */
  readonly rewritten: readonly string[]
}

export interface State {
  readonly output: FileTree
  readonly lock: Lock
}

export interface ReviewRequest {
  readonly mesh: string
  readonly against: string
  readonly before: State
  readonly after: State
  readonly tasks: readonly Task[]
  /** Files of the lock that no task changes, and that `generate` writes all the same. */
  readonly lockFiles?: readonly string[]
}

export function review({ mesh, against, before, after, tasks, lockFiles = [] }: ReviewRequest): Review {
  const found = difference(before.output, after.output)
  // With `publish` alone, there may be no output that the cluster is missing from.
  const leaving = tasks.flatMap((task) => (task.kind === 'remove-cluster' ? [task.cluster] : []))
  const removed = [...new Set([...found.clusters.removed, ...leaving])].sort()
  const consent = tooMuchRemoved({ ...found, clusters: { ...found.clusters, removed } })
  return {
    mesh,
    against,
    consequences: gathered([...consequencesOfObjects(found), ...consequencesOfLocks(before.lock, after.lock, tasks)]),
    tasks: tasks.map(describeTask),
    ...(consent !== undefined && { consent }),
    difference: found,
    rewritten: [...found.rewritten, ...lockFiles],
  }
}

/** Whether the change changes anything at all. */
export function isNothing({ consequences, tasks, rewritten, difference: { parts } }: Review): boolean {
  return consequences.length + tasks.length + rewritten.length + parts.length === 0
}
