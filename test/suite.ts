/**
 * uvu with its traps closed: a suite cannot be forgotten, since describe() runs it; there is no `only` to leave behind;
 * and tests are counted, since uvu exits 0 when nothing ran (see main.ts).
 */
import { suite } from 'uvu'
import { tally } from './tally.ts'

export { equal, fixture, is, match, not, ok, throws } from 'uvu/assert'

export type Declare = (name: string, body: () => void | Promise<void>) => void

export function describe(name: string, define: (test: Declare) => void): void {
  const tests = suite(name)
  define((title, body) => {
    tally.declared += 1
    tests(title, async () => {
      try {
        await body()
        tally.passed += 1
      } catch (error) {
        tally.failed += 1
        throw error
      }
    })
  })
  tests.run()
}

/** Asserts that a promise is rejected, and returns what it was rejected with. */
export async function rejected(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise
  } catch (error) {
    if (error instanceof Error) return error
    throw error
  }
  throw new Error('expected a rejection')
}
