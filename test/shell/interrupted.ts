/** Leaves folders as a run does that was killed after its journal was in place. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { newJournal } from '../../src/shell/journal.ts'
import { STAGING } from '../../src/shell/transaction.ts'

export interface Unfinished {
  /** Absolute. */
  readonly folder: string
  readonly put: ReadonlyMap<string, string>
  /** How many of its files were renamed into place before the end. */
  readonly renamed: number
}

export function interrupt(home: string, writes: readonly Unfinished[]): void {
  const folders = writes.map(({ folder, put, renamed }) => {
    mkdirSync(join(folder, STAGING), { recursive: true })
    const entries = [...put].map(([path, text], i) => {
      const target = join(folder, path)
      const before = existsSync(target) ? digest(readFileSync(target)) : null
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(i < renamed ? target : join(folder, STAGING, String(i)), text)
      return { path, before, after: digest(text) }
    })
    return { folder: relative(home, folder), entries }
  })
  mkdirSync(join(home, STAGING), { recursive: true })
  writeFileSync(join(home, STAGING, 'journal.json'), JSON.stringify(newJournal(folders)))
}

function digest(content: string | Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
