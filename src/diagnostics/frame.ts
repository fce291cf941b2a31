/** Lines, columns and the piece of text that a diagnostic is about. */
import type { Span } from './diagnostic.ts'

export interface Position {
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
}

export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: before.length - start + 1 }
}

const WIDTH_MAX = 100
const MARGIN = 20

/** The line of the span with carets below it; a long line is cut around the place. */
export function codeFrame(text: string, span: Span): string {
  const { line, column } = positionOf(text, span.start)
  // As a whole, since a part of a key may not look like one.
  const source = withoutCredentials((text.split('\n')[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' '))
  const from = source.length <= WIDTH_MAX ? 0 : Math.max(0, column - 1 - MARGIN)
  const shown =
    (from > 0 ? '…' : '') + source.slice(from, from + WIDTH_MAX) + (from + WIDTH_MAX < source.length ? '…' : '')
  const indent = column - 1 - from + (from > 0 ? 1 : 0)
  const marked = text.slice(span.start, span.end)
  // Of something that goes over several lines, the first word is enough to find it.
  const length = marked.includes('\n') ? (/^\S*/.exec(marked)?.[0].length ?? 1) : marked.length
  const gutter = String(line)
  const blank = ' '.repeat(gutter.length)
  // Nothing a file contains may drive the reader's terminal, or hide in it.
  const safe = shown.replaceAll(/[\u0000-\u001f\u007f-\u009f]|\p{Cf}|\p{Zl}|\p{Zp}/gu, '·')
  return `${gutter} | ${safe}\n${blank} | ${' '.repeat(indent)}${'^'.repeat(Math.max(1, Math.min(length, shown.length - indent)))}`
}

/** A password in a URL, an age identity, or as much base64 in one piece as a line of a key has. */
const CREDENTIALS = /(?<=[a-z]:\/\/)[^\s/@]+(?=@)|AGE-SECRET-KEY-[A-Z0-9-]*|[A-Za-z0-9+/]{64,}=*/gi

/** Whatever a line is shown for: such a thing must not come into the log of a pipeline by it. */
function withoutCredentials(line: string): string {
  return line.replaceAll(CREDENTIALS, (found) => '*'.repeat(found.length))
}
