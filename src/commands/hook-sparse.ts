/** The hook in a sparse checkout: what it leaves out is judged by the index, and never put into the work tree. */
import { posix } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { CommitIndex } from '../shell/git/commit-index.ts'
import type { TreeEntry } from '../shell/git/objects.ts'
import { ownerOf } from '../tree/ownership.ts'
import type { Generation } from './generation.ts'

export interface Sparse {
  /** The output folder, from the root of the work tree. */
  readonly output: string
  /** Files below it that are tracked and left out. */
  readonly skipped: ReadonlyMap<string, TreeEntry>
}

/**
 * Undefined where everything of ours is checked out.
 *
 * @throws Failure where the lock is not: without it nothing can be rendered
 */
export async function sparseOf(
  index: CommitIndex,
  lock: string | undefined,
  output: string | undefined,
): Promise<Sparse | undefined> {
  const [first] = lock === undefined ? [] : (await index.list([lock])).skipped
  if (first !== undefined) {
    throw new Failure(`the sparse checkout leaves out ${first}: without the lock nothing can be judged`, {
      exitCode: exit.found,
      hints: [`git sparse-checkout add ${lock}`],
    })
  }
  if (output === undefined) return undefined
  const { tracked, skipped } = await index.list([output])
  if (skipped.size === 0) return undefined
  return { output, skipped: new Map([...tracked].filter(([path]) => skipped.has(path))) }
}

/** With what is left out compared as the index has it. */
export async function seenSparsely(
  index: CommitIndex,
  { output, skipped }: Sparse,
  generation: Generation,
): Promise<Generation> {
  const texts = new Map([...(await index.read(skipped))].map(([path, text]) => [posix.relative(output, path), text]))
  const { mesh, files, changes } = generation
  const differing = [...texts].filter(([path, text]) => files.output.has(path) && files.output.get(path) !== text)
  const stale = [...texts].filter(
    ([path, text]) => !files.output.has(path) && ownerOf(text, mesh, path).kind === 'ours',
  )
  const pathsOf = (some: readonly (readonly [string, string])[]): string[] => some.map(([path]) => path)
  return {
    ...generation,
    changes: {
      lock: changes.lock,
      output: {
        ...changes.output,
        added: changes.output.added.filter((path) => !texts.has(path)),
        modified: [...changes.output.modified, ...pathsOf(differing)].sort(),
        deleted: [...changes.output.deleted, ...pathsOf(stale)].sort(),
      },
    },
  }
}

export function tellSparse(invocation: Invocation, { output }: Sparse): void {
  invocation.say(
    `the sparse checkout leaves out files of ${output}, so the hook writes nothing: git sparse-checkout add ${output}, then commit again`,
  )
}
