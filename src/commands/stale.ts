/** What `generate --check` finds, as diagnostics: for reports that a program reads, where a line for people is no use. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Plan } from '../plan/plan.ts'
import { describeTask } from '../plan/task.ts'
import type { Places } from '../shell/workspace.ts'
import type { Change } from '../tree/change.ts'
import type { Findings } from './report.ts'

export interface StaleFile {
  readonly what: 'missing' | 'differs' | 'stale'
  /** Relative to the folder of the change. */
  readonly path: string
}

export function staleFiles({ added, modified, deleted }: Change): StaleFile[] {
  const all = (what: StaleFile['what'], paths: readonly string[]): StaleFile[] => paths.map((path) => ({ what, path }))
  return [...all('missing', added), ...all('differs', modified), ...all('stale', deleted)]
}

const AS_TOLD = { missing: 'missing', differs: 'different', stale: 'not rendered any more' } as const

export function staleFindings(files: readonly StaleFile[]): Findings {
  const diagnostics = files.map(({ what, path }) =>
    diagnose('MESH-E881', { what: AS_TOLD[what], path }, { file: path, start: 0, end: 0 }),
  )
  return { diagnostics, texts: new Map() }
}

export function tasksDue({ meshFile }: Places, { tasks }: Plan): Findings {
  const span = { file: meshFile, start: 0, end: 0 }
  const diagnostics = tasks.map((task) => diagnose('MESH-E880', { task: describeTask(task) }, span))
  return { diagnostics, texts: new Map() }
}
