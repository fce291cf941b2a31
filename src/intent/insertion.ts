/** Where things end in a YAML text, and what is put there. */
import { isCollection, isNode, isPair, isScalar, type YAMLMap, type YAMLSeq } from 'yaml'

export type ParsedMap = YAMLMap.Parsed
export type ParsedSeq = YAMLSeq.Parsed

/** One stretch of new text. Without it, and with `replaced` in its place, the text is what it was. */
export interface Insertion {
  /** UTF-16 offset. */
  readonly start: number
  /** What it takes the place of: nothing, or the brackets of an empty list. */
  readonly replaced: string
  readonly text: string
}

export function insertAt(start: number, text: string): Insertion {
  return { start, replaced: '', text }
}

export function applied(text: string, { start, replaced, text: added }: Insertion): string {
  return text.slice(0, start) + added + text.slice(start + replaced.length)
}

/** Offset behind the last token of a node; the ranges of the parser may go on over blanks and comments. */
export function endOf(node: unknown): number {
  if (isPair(node)) return isScalar(node.value) && node.value.source === '' ? endOf(node.key) : endOf(node.value)
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return endOf(node.items.at(-1))
  return isNode(node) ? (node.range?.[1] ?? 0) : 0
}

/** Offset of the end of the line of `at`, before its line end. */
export function lineEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  if (newline === -1) return text.length
  return newline > at && text[newline - 1] === '\r' ? newline - 1 : newline
}

/** What ends the line before `at`; what ends the first one if there is none. */
export function endingAt(text: string, at: number): string {
  const before = text.lastIndexOf('\n', at - 1)
  const newline = before === -1 ? text.indexOf('\n') : before
  return text[newline - 1] === '\r' ? '\r\n' : '\n'
}

/**
 * Puts lines behind what ends at `end`: behind the comment in its line, and behind the comments below that are indented
 * by more than `column`, which go with it.
 */
export function linesBehind(text: string, end: number, column: number, lines: readonly string[]): Insertion {
  // A block scalar has its line end in it.
  if (text[end - 1] === '\n') return linesBefore(text, end, lines)
  let at = lineEnd(text, end)
  const comment = new RegExp(String.raw`\r?\n[ ]{${column + 1},}#[^\n]*?(?=\r?\n|$)`, 'y')
  for (;;) {
    comment.lastIndex = at
    const found = comment.exec(text)
    if (found === null) break
    at += found[0].length
  }
  return linesAfter(text, at, lines)
}

/** @param at the end of a line */
export function linesAfter(text: string, at: number, lines: readonly string[]): Insertion {
  const ending = endingAt(text, at)
  return insertAt(at, lines.map((line) => ending + line).join(''))
}

/** @param at the start of a line */
export function linesBefore(text: string, at: number, lines: readonly string[]): Insertion {
  const ending = endingAt(text, at)
  return insertAt(at, lines.map((line) => line + ending).join(''))
}

/** Column at which a collection's lines begin. */
export function columnOf({ srcToken }: { readonly srcToken?: unknown }): number {
  return (srcToken as { readonly indent?: number } | undefined)?.indent ?? 0
}
