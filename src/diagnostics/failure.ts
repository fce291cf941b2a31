/**
 * Failures: the world did not do what was asked (disk, git, keys, usage). Thrown by the shell and the commands only,
 * caught once in cli.ts. Nothing secret may enter a message or a hint.
 */

/** Process exit codes, the same for every command. */
export const exit = {
  done: 0,
  /** A check or a diff found something. */
  found: 1,
  /** The input or the command line is wrong. */
  invalid: 2,
  /** The environment failed: disk, git, network, a missing key. */
  environment: 3,
  /** Our own bug. */
  bug: 70,
  interrupted: 130,
} as const

/** The same for people, in this order. */
export const exitMeanings: readonly (readonly [ExitCode, string])[] = [
  [exit.done, 'done'],
  [exit.found, 'a check found something'],
  [exit.invalid, 'invalid input or usage'],
  [exit.environment, 'the environment failed'],
  [exit.bug, 'a bug of meshwright'],
  [exit.interrupted, 'interrupted (SIGINT, SIGTERM, SIGHUP)'],
]

export type ExitCode = (typeof exit)[keyof typeof exit]

export class Failure extends Error {
  override readonly name = 'Failure'
  readonly exitCode: ExitCode
  readonly hints: readonly string[]

  constructor(message: string, options: { exitCode?: ExitCode; hints?: readonly string[]; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exitCode = options.exitCode ?? exit.environment
    this.hints = options.hints ?? []
  }
}

/** Something is to be signed, and no key is named: whoever asks may know another way on. */
export class KeyMissing extends Failure {}

/** Guards what only a bug of ours can break. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}
