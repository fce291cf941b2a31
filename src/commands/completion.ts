import type { Table } from '../command.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { bashCompletion } from '../reference/completion/bash.ts'
import { fishCompletion } from '../reference/completion/fish.ts'
import { grammarOf } from '../reference/completion/words.ts'
import { zshCompletion } from '../reference/completion/zsh.ts'

const WRITERS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

export function run(invocation: Invocation, table: Table): Promise<ExitCode> {
  const [shell = ''] = invocation.positionals
  if (!isShell(shell)) {
    throw new Failure(`there is no completion for ${shell}`, {
      exitCode: exit.invalid,
      hints: [`allowed: ${Object.keys(WRITERS).join(', ')}`],
    })
  }
  invocation.world.out(WRITERS[shell](grammarOf(table)))
  return Promise.resolve(exit.done)
}

function isShell(name: string): name is keyof typeof WRITERS {
  return Object.hasOwn(WRITERS, name)
}
