import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { schemaText } from '../shell/workspace.ts'

export function run(invocation: Invocation): Promise<ExitCode> {
  invocation.world.out(schemaText(invocation.flag('included') ? 'included' : 'mesh'))
  return Promise.resolve(exit.done)
}
