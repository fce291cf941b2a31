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
}

export function review({ mesh, against, before, after, tasks }: ReviewRequest): Review {
  const found = difference(before.output, after.output)
  const consent = tooMuchRemoved(found)
  return {
    mesh,
    against,
    consequences: gathered([...consequencesOfObjects(found), ...consequencesOfLocks(before.lock, after.lock, tasks)]),
    tasks: tasks.map(describeTask),
    ...(consent !== undefined && { consent }),
    difference: found,
  }
}

/** Whether the change changes anything at all. */
export function isNothing({ consequences, tasks, difference: { parts } }: Review): boolean {
  return consequences.length + tasks.length + parts.length === 0
}
