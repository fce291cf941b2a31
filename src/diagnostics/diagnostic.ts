/**
 * Diagnostics: what is wrong with the user's input, as values.
 *
 * Three kinds of trouble have three channels. A *diagnostic* is about the input: collected, never thrown. A *failure*
 * is about the world (disk, git, a missing key): thrown by the shell, see failure.ts. An *invariant* is our own bug.
 */
import { severityOf, type Code, type CodeArgs } from './catalogue.ts'
import type { Severity } from './entry.ts'

/** A stretch of a file: UTF-16 offsets, `end` exclusive. Lines and columns are computed at the edge. */
export interface Span {
  /** Path relative to the folder of the mesh file, with forward slashes. */
  readonly file: string
  readonly start: number
  readonly end: number
  /** Of something that comes by a YAML alias: where it is written, in the same file. */
  readonly anchor?: { readonly start: number; readonly end: number }
}

export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  /** What the message is made of; never a secret. */
  readonly args: Readonly<Record<string, unknown>>
  readonly span?: Span
  readonly related?: readonly { readonly span: Span; readonly note: string }[]
}

/** Makes a diagnostic; the arguments are checked against the catalogue entry of `code`. An anchor becomes a note. */
export function diagnose<C extends Code>(
  code: C,
  args: CodeArgs[C],
  span?: Span,
  related: Diagnostic['related'] = [],
): Diagnostic {
  const anchor = span?.anchor && { file: span.file, ...span.anchor }
  const notes =
    anchor === undefined ? related : [{ span: anchor, note: 'written here, where the anchor is' }, ...related]
  return {
    code,
    severity: severityOf(code),
    args: { ...args },
    ...(span !== undefined && { span }),
    ...(notes.length > 0 && { related: notes }),
  }
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error')
}

/** A value, or the reasons why there is none. Warnings can accompany a value. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly diagnostics: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Sorts by file, position and code, so that a report does not depend on the order of the checks. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const key = (d: Diagnostic): string => d.span?.file ?? ''
  return [...diagnostics].sort(
    (a, b) =>
      compare(key(a), key(b)) ||
      (a.span?.start ?? 0) - (b.span?.start ?? 0) ||
      compare(a.code, b.code) ||
      compare(JSON.stringify(a.args), JSON.stringify(b.args)),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
