/**
 * What an installed hook calls, in every commit of everybody. So nothing heavy is loaded before it is known that there is
 * something to do.
 */
import { resolve } from 'node:path'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { openCommitIndex, type Listing } from '../shell/git/commit-index.ts'
import { readStamp, stampFile, writeStamp } from '../shell/hook-stamp.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { cwd, env, now } = invocation.world
  const index = await openCommitIndex(cwd, env)
  const file = resolve(cwd, invocation.text('directory') ?? '.', invocation.text('file') ?? 'mesh.yaml')
  const mesh = await index.within(file)
  if (mesh === undefined) {
    throw new Failure(`${file} is not in the work tree ${index.root}, which is committed`, { exitCode: exit.invalid })
  }
  const stamp = stampFile(index.store, [mesh, invocation.text('output') ?? ''])
  const known = await readStamp(stamp, now())
  const listing = await index.list(known?.watched ?? [mesh])
  if (!listing.tracked.has(mesh) && !listing.untracked.has(mesh)) return withoutMesh(invocation, mesh)
  if (known !== undefined && isClean(listing) && listing.digest === known.digest) return exit.done

  const { regenerate } = await import('./hook-regenerate.ts')
  const { code, watched } = await regenerate(invocation, index, mesh)
  if (code === exit.done && watched !== undefined) {
    const after = await index.list(watched)
    if (isClean(after)) await writeStamp(stamp, { watched, digest: after.digest }, now())
  }
  return code
}

/** An installed hook runs in every commit there is; whoever says what is to be done means a certain mesh. */
function withoutMesh(invocation: Invocation, mesh: string): ExitCode {
  if (!invocation.flag('check') && !invocation.flag('no-stage')) return exit.done
  throw new Failure(`there is no ${mesh} in the commit`, {
    exitCode: exit.invalid,
    hints: ['-f names another file, -C another folder'],
  })
}

/** Whether the index says all that there is to say about the work tree. */
function isClean({ changed, missing, untracked }: Listing): boolean {
  return changed.size + missing.size + untracked.size === 0
}
