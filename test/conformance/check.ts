/** What a layer of the conformance checks is made of, and how a check says that something is wrong. */
import type { Subject } from './subjects.ts'
import type { ToolName } from './tools.ts'
import type { Workbench } from './workbench.ts'

export interface Check {
  readonly name: string
  /** Programs that it runs; without one of them the check is skipped, or fails where nothing may be skipped. */
  readonly needs: readonly ToolName[]
  readonly run: (bench: Workbench) => void | Promise<void>
}

export interface Layer {
  readonly name: string
  readonly checks: readonly Check[]
  /** Ends what the checks share. */
  readonly end?: () => Promise<void>
}

export function check(name: string, needs: readonly ToolName[], run: Check['run']): Check {
  return { name, needs, run }
}

/** What every mesh is judged by. */
export const EACH_SUBJECT = ['output', 'providers', 'routes', 'fresh', 'hostile'] as const

/** The same check for what is committed as `output/` and as a fixture, for one made just now, and one full of hostile strings. */
export function checkEach(
  name: string,
  needs: readonly ToolName[],
  run: (bench: Workbench, subject: Subject) => void | Promise<void>,
): Check[] {
  return EACH_SUBJECT.map((which) =>
    check(`${name} (${which})`, needs, async (bench) => run(bench, await bench.subject(which))),
  )
}

/** A planted fault: what `run` judges must be refused, for a reason that matches. */
export async function mustRefuse(what: string, reason: RegExp, run: () => unknown): Promise<void> {
  try {
    await run()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (reason.test(message)) return
    throw new Error(`${what} is refused, but not for its fault (${String(reason)}):\n${message}`, { cause: error })
  }
  throw new Error(`${what} is not refused`)
}

/** `value`, which is there unless the check itself is wrong. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`there is no ${what}`)
  return value
}
