import { exit, Failure } from '../diagnostics/failure.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { privateKeyIn } from '../tree/private-key.ts'

/** The last look before anything goes to disk or Git, for every command that sends it there. */
export function refuseSecrets(...trees: readonly FileTree[]): void {
  for (const tree of trees) {
    for (const [path, text] of tree) {
      const found = privateKeyIn(text)
      if (found === undefined) continue
      // Whatever users write is refused before, with its place.
      throw new Failure(`${path} would hold ${found} in the clear; nothing was written`, {
        exitCode: exit.bug,
        hints: ['this is a bug of meshwright, please report it, without the key'],
      })
    }
  }
}
