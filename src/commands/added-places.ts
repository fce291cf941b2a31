/** Places in a text that is on no disk, told as what they are: in what would be added, or where they are in the file. */
import type { Diagnostic, Span } from '../diagnostics/diagnostic.ts'
import type { Insertion } from '../intent/insertion.ts'
import type { Findings } from './report.ts'

/** A stretch of the text with all additions in it. */
export interface AddedStretch {
  readonly name: string
  readonly start: number
  readonly text: string
  readonly replaced: string
}

/** The stretches after one more insertion, whose place is in the text with the former ones. */
export function withStretch(
  stretches: readonly AddedStretch[],
  name: string,
  { start, text, replaced }: Insertion,
): readonly AddedStretch[] {
  const moved = stretches.map((s) => (s.start >= start ? { ...s, start: s.start + text.length - replaced.length } : s))
  return [...moved, { name, start, text, replaced }].sort((a, b) => a.start - b.start)
}

/**
 * @param file as the findings name the file that would be written
 * @param before its text as it is on the disk
 */
export function placedBefore(
  { diagnostics, texts }: Findings,
  file: string,
  before: string,
  stretches: readonly AddedStretch[],
): Findings {
  const place = (span: Span): Span => (span.file === file ? placed(span, stretches) : span)
  return {
    diagnostics: diagnostics.map((d): Diagnostic => ({
      ...d,
      ...(d.span && { span: place(d.span) }),
      ...(d.related && { related: d.related.map((r) => ({ ...r, span: place(r.span) })) }),
    })),
    texts: new Map([...texts, [file, before], ...stretches.map((s) => [titleOf(s), s.text.trim()] as const)]),
  }
}

function titleOf({ name }: AddedStretch): string {
  return `in what would be added, ${name}`
}

function placed({ anchor, ...span }: Span, stretches: readonly AddedStretch[]): Span {
  const within = stretches.find(({ start, text }) => span.start >= start && span.start < start + text.length)
  if (within !== undefined) {
    const shown = within.text.trim()
    const from = within.start + within.text.indexOf(shown)
    const inside = (at: number): number => Math.min(Math.max(at - from, 0), shown.length)
    return { file: titleOf(within), start: inside(span.start), end: inside(span.end) }
  }
  const back = (at: number): number => at - shiftAt(at, stretches)
  return {
    file: span.file,
    start: back(span.start),
    end: back(span.end),
    ...(anchor && { anchor: { start: back(anchor.start), end: back(anchor.end) } }),
  }
}

/** By how much the additions before an offset have moved what is there. */
function shiftAt(at: number, stretches: readonly AddedStretch[]): number {
  return stretches.reduce((shift, { start, text, replaced }) => {
    if (at <= start) return shift
    return shift + Math.min(at - start, text.length) - (at >= start + text.length ? replaced.length : 0)
  }, 0)
}
