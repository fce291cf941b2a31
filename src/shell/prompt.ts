/** Asks somebody at the terminal; what they see goes to stderr, since stdout is for data. */
import { createInterface } from 'node:readline/promises'
import { exit, Failure } from '../diagnostics/failure.ts'

/** Asks until `accept` gives a value; an empty answer means the fallback, if there is one. */
export async function ask<T>(
  question: string,
  accept: (answer: string) => T | undefined,
  fallback?: string,
): Promise<T> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // A closed terminal ends the question, and with it the command; nothing was written yet.
  const ended = new Promise<never>((_, refuse) => {
    terminal.once('close', () => refuse(new Failure('the terminal was closed', { exitCode: exit.interrupted })))
  })
  try {
    for (;;) {
      const shown = fallback === undefined ? '' : ` [${fallback}]`
      const answer = (await Promise.race([terminal.question(`${question}${shown}: `), ended])).trim()
      const value = accept(answer === '' && fallback !== undefined ? fallback : answer)
      if (value !== undefined) return value
    }
  } finally {
    ended.catch(() => undefined)
    terminal.close()
  }
}
