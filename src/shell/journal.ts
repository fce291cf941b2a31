/**
 * The journal of a write: which files change, from what to what. With the digests a later run can tell whether what it
 * would finish is still what was begun, or whether somebody has moved on in between (a checkout, a pull).
 */
import { Failure } from '../diagnostics/failure.ts'
import { isInnerPath } from '../mesh/names.ts'

export const JOURNAL = 'journal.json'
const VERSION = 1

/** `sha256:<hex>` of a file's bytes; null for a file that is not there. */
export type ContentDigest = string | null

export interface JournalEntry {
  /** Relative to the folder. */
  readonly path: string
  readonly before: ContentDigest
  /** Null for a file that is removed. The new text of the n-th entry is staged under the name `n`. */
  readonly after: ContentDigest
}

export interface JournalFolder {
  /** Relative to the folder that holds the journal. */
  readonly folder: string
  readonly entries: readonly JournalEntry[]
}

export interface Journal {
  readonly version: typeof VERSION
  readonly folders: readonly JournalFolder[]
}

export function newJournal(folders: readonly JournalFolder[]): Journal {
  return { version: VERSION, folders }
}

/**
 * Reads a journal that may be damaged, or made by somebody who means harm: only paths that stay inside of the folders
 * that this run would write itself are taken.
 *
 * @param allowed folders relative to the one that holds the journal
 * @throws Failure
 */
export function parseJournal(text: string, place: string, allowed: ReadonlySet<string>): Journal {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isRecord(value) && typeof value['version'] === 'number' && value['version'] !== VERSION) {
    throw new Failure(`${place} holds an unfinished write of another version of meshwright`, {
      hints: ['run generate with that version once, so that it finishes'],
    })
  }
  if (!isJournal(value)) {
    throw new Failure(`${place} holds an unfinished write whose journal is damaged`, {
      hints: [`see what git status says, then remove ${place} and generate again`],
    })
  }
  const strange = value.folders.find(
    ({ folder, entries }) => !allowed.has(folder) || entries.some(({ path }) => !isInnerPath(path)),
  )
  if (strange !== undefined) {
    throw new Failure(
      `${place} holds an unfinished write into ${strange.folder || 'this folder'}, which is not written now`,
      {
        hints: ['finish it with the same -o DIR, or remove that folder and generate again'],
      },
    )
  }
  return value
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isJournal(value: unknown): value is Journal {
  const digest = (d: unknown): boolean => d === null || (typeof d === 'string' && /^sha256:[0-9a-f]{64}$/.test(d))
  return (
    isRecord(value) &&
    value['version'] === VERSION &&
    Array.isArray(value['folders']) &&
    value['folders'].every(
      (f) =>
        isRecord(f) &&
        typeof f['folder'] === 'string' &&
        Array.isArray(f['entries']) &&
        f['entries'].every(
          (e) => isRecord(e) && typeof e['path'] === 'string' && digest(e['before']) && digest(e['after']),
        ),
    )
  )
}
