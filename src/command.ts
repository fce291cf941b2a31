/** What a command of the command line is. */
import type { ExitCode } from './diagnostics/failure.ts'
import type { Invocation } from './invocation.ts'

export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  readonly multiple?: boolean
  /** Name of the value in the help text, in capitals; `FILE` and `DIR` are paths, `a|b` are words to choose from. */
  readonly value?: string
  readonly help: string
}

export interface Command {
  /** `trust root create` */
  readonly name: string
  /** Names of the arguments, as those of option values. */
  readonly arguments?: string
  readonly summary: string
  /** Paragraphs, parted by blank lines; a single line break is for the width of the help text only. */
  readonly details?: string
  /** How many arguments it takes, at least and at most. */
  readonly arity: readonly [number, number]
  readonly options: Readonly<Record<string, OptionSpec>>
  readonly load: () => Promise<{ readonly run: Run }>
}

/** @param table every command, for those that tell about all of them */
export type Run = (invocation: Invocation, table: Table) => Promise<ExitCode>

export interface Table {
  readonly commands: readonly Command[]
  /** Options that every command has. */
  readonly options: Readonly<Record<string, OptionSpec>>
}
