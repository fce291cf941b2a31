/** Plants a fault in a file. */
import { readFileSync, writeFileSync } from 'node:fs'

/** Replaces a text that is there, once. */
export function edit(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8')
  if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} to plant a fault in`)
  writeFileSync(
    file,
    text.replace(from, () => to),
  )
}
