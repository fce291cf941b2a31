import type { Invocation } from '../invocation.ts'
import type { Progress } from '../shell/parallel.ts'

/** A line that counts, where somebody looks at it; it goes when all is done. A log gets nothing of it. */
export function progressOf({ world }: Invocation, what: string): Progress | undefined {
  if (world.live !== true) return undefined
  return (done, total) => {
    const ended = done === total
    // "Erase in line" of ECMA-48.
    world.err(ended ? '\r\u001b[K' : `\r\u001b[K${what}: ${done} of ${total}`)
  }
}
