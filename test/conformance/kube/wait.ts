/** Bounded waiting for something that programs of others bring about. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '../workbench.ts'

const PAUSE_MS = 100

class Ended extends Error {}

/** Fails with the end of its log when a server has ended by itself. */
export function mustRun({ child, log }: Server, name: string): void {
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) return
  const last = log().split('\n').slice(-10).join('\n')
  throw new Ended(`${name} has ended (${child.exitCode ?? child.signalCode ?? 'not started'}):\n${last}`)
}

/**
 * Asks `look` until it gives something, and gives that. What it throws counts as nothing yet, and is told when the time
 * is over; a program that has ended is not waited for.
 */
export async function until<T>(
  what: string,
  seconds: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + seconds * 1000
  let last: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
    } catch (error) {
      if (error instanceof Ended) throw error
      last = error
    }
    if (performance.now() > end) break
    await sleep(PAUSE_MS)
  }
  const detail = last instanceof Error ? `; last: ${last.message}` : ''
  throw new Error(`${what}: not after ${seconds} s${detail}`, { cause: last })
}

/** Looks again and again for a while, and fails as soon as `look` throws. */
export async function throughout(seconds: number, look: () => void | Promise<void>): Promise<void> {
  const end = performance.now() + seconds * 1000
  for (;;) {
    await look()
    if (performance.now() > end) return
    await sleep(PAUSE_MS)
  }
}

/** Waits for the end of a program that asks something of this process meanwhile; it must be a good end. Gives its output. */
export async function finished({ child, log, stop }: Server, what: string, seconds: number): Promise<string> {
  try {
    await until(what, seconds, () => ((child.exitCode ?? child.signalCode) === null ? undefined : true))
  } finally {
    await stop()
  }
  if (child.exitCode === 0) return log()
  throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}\n${log().trim()}`)
}
