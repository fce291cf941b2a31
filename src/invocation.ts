/** One call of the command line: the world as arguments, so that a command can be run by a test. */
import { exit, Failure } from './diagnostics/failure.ts'
import type { Paint } from './diagnostics/paint.ts'

export interface World {
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Data. */
  readonly out: (text: string) => void
  /** Messages for people. */
  readonly err: (text: string) => void
  /** Colours for messages. */
  readonly paint: Paint
  /** Colours for data: a file or a pipe gets none, wherever the messages go. */
  readonly outPaint: Paint
  /** Whether there is somebody to ask. */
  readonly interactive: boolean
  /** Whether messages go to a terminal, where a line can be written over; absent: they do not. */
  readonly live?: boolean
  readonly now: () => Date
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

export class Invocation {
  readonly world: World
  readonly positionals: readonly string[]
  readonly #values: Values

  constructor(world: World, values: Values, positionals: readonly string[]) {
    this.world = world
    this.#values = values
    this.positionals = positionals
  }

  text(option: string): string | undefined {
    const value = this.#values[option]
    return typeof value === 'string' ? value : undefined
  }

  texts(option: string): string[] {
    const value = this.#values[option]
    return Array.isArray(value) ? value.filter((v) => typeof v === 'string') : []
  }

  /** Whether it was given at all. */
  has(option: string): boolean {
    return this.#values[option] !== undefined
  }

  flag(option: string): boolean {
    return this.#values[option] === true
  }

  oneOf<T extends string>(option: string, allowed: readonly T[]): T | undefined {
    const value = this.text(option)
    if (value === undefined) return undefined
    const found = allowed.find((a) => a === value)
    if (found !== undefined) return found
    throw new Failure(`--${option} is ${value}`, { exitCode: exit.invalid, hints: [`allowed: ${allowed.join(', ')}`] })
  }

  /** A line for people. */
  say(line: string): void {
    this.world.err(`${line}\n`)
  }
}
