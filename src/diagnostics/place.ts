/** Where a diagnostic stands, for readers that are programs. */
import type { Diagnostic, Span } from './diagnostic.ts'
import { positionOf, type Position } from './frame.ts'
import type { SourceTexts } from './report.ts'

export interface Place {
  readonly file: string
  /** Absent where the text of the file is not at hand. `end` is the position after the last character. */
  readonly region?: { readonly start: Position; readonly end: Position }
}

/** Offsets as lines and columns. */
export function placeOfSpan(span: Span, sources: SourceTexts): Place {
  const text = sources.get(span.file)
  if (text === undefined) return { file: span.file }
  return { file: span.file, region: { start: positionOf(text, span.start), end: positionOf(text, span.end) } }
}

export function placeOf({ span }: Diagnostic, sources: SourceTexts): Place | undefined {
  return span === undefined ? undefined : placeOfSpan(span, sources)
}
