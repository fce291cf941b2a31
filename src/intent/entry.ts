/** One cluster or service as the intent says it, and where each part of it was said. */
import type { Span } from '../diagnostics/diagnostic.ts'
import { withDefaults } from './defaults.ts'
import type { IntentDocument, ValuePath } from './document.ts'

/** Where the value at a path stands. */
export type Locate = (...path: ValuePath) => Span

export interface Entry<T> {
  readonly said: T
  /** What it says itself, where defaults are among what is said. */
  readonly own?: T
  /** For what was not said, some place that the reader will understand. */
  readonly at: Locate
}

export function entryAt<T>(said: T, document: IntentDocument, ...base: ValuePath): Entry<T> {
  return { said, at: (...path) => document.valueAt([...base, ...path]) }
}

/**
 * What `entry` says, and what `fallback` says beside it. Places are where a value really comes from, and that of the name
 * where there is none.
 */
export function layered<T extends object>(entry: Entry<T>, fallback: Entry<object> | undefined): Entry<T> {
  return {
    said: withDefaults(entry.said, fallback?.said),
    at: (...path) => {
      if (has(entry.said, path)) return entry.at(...path)
      return fallback !== undefined && has(fallback.said, path) ? fallback.at(...path) : entry.at('name')
    },
  }
}

function has(value: unknown, path: ValuePath): boolean {
  let current = value
  for (const step of path) {
    if (typeof current !== 'object' || current === null || !(step in current)) return false
    current = (current as Record<string | number, unknown>)[step]
  }
  return true
}
