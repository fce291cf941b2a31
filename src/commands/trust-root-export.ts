import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { knownRoot, readRoots } from './roots.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const inputs = await readRoots(invocation)
  if (inputs === undefined) return exit.invalid
  invocation.world.out(knownRoot(inputs, invocation.positionals[0]).locked.certificate)
  return exit.done
}
