/** A new element of a list or map in brackets, as JSON has them too. */
import { isNode, isPair } from 'yaml'
import { endingAt, endOf, insertAt, lineEnd, type Insertion, type ParsedMap, type ParsedSeq } from './insertion.ts'

/** @returns undefined where the brackets are not there as tokens */
export function insertIntoFlow(
  text: string,
  collection: ParsedSeq | ParsedMap,
  index: number,
  added: string,
): Insertion | undefined {
  const token = collection.srcToken
  if (token?.type !== 'flow-collection') return undefined
  const behindBracket = token.start.offset + 1
  const { items } = collection
  if (items.length === 0) return insertAt(behindBracket, added)
  const indent = indentOf(text, items)
  if (index === 0) return asFirst(text, behindBracket, indent, added)

  const end = endOf(items[index - 1])
  const comma = token.items[index]?.start.find(({ type }) => type === 'comma')?.offset
  const rest = (at: number): string => text.slice(at, lineEnd(text, at))
  if (comma !== undefined) {
    // A comment behind the comma is about what stands before it.
    return indent !== undefined && isBlank(rest(comma + 1))
      ? onNewLine(text, comma + 1, indent, `${added},`)
      : insertAt(comma + 1, ` ${added},`)
  }
  // Between the last element and its comment there is no room for a comma, but on the next line there is.
  if (/^[ \t]*#/.test(rest(end))) return onNewLine(text, end, indent ?? '  ', `, ${added}`)
  return indent !== undefined && lineIndent(text, items.at(-1)) !== undefined
    ? insertAt(end, `,${endingAt(text, end)}${indent}${added}`)
    : insertAt(end, `, ${added}`)
}

function asFirst(text: string, behindBracket: number, indent: string | undefined, added: string): Insertion {
  const line = text.slice(behindBracket, lineEnd(text, behindBracket))
  if (indent !== undefined && isBlank(line)) return onNewLine(text, behindBracket, indent, `${added},`)
  return insertAt(behindBracket + (/^[ \t]*/.exec(line)?.[0].length ?? 0), `${added}, `)
}

function onNewLine(text: string, at: number, indent: string, added: string): Insertion {
  const end = lineEnd(text, at)
  return insertAt(end, `${endingAt(text, end)}${indent}${added}`)
}

/** Nothing but blanks or a comment. */
function isBlank(rest: string): boolean {
  return /^[ \t]*(?:#.*)?$/.test(rest)
}

/** Indentation of the elements that begin a line; undefined where none does. */
function indentOf(text: string, items: readonly unknown[]): string | undefined {
  for (const item of items) {
    const indent = lineIndent(text, item)
    if (indent !== undefined) return indent
  }
  return undefined
}

/** Indentation of an element that begins a line, maybe with its anchor or tag. */
function lineIndent(text: string, element: unknown): string | undefined {
  const node = isPair(element) ? element.key : element
  const start = isNode(node) ? node.range?.[0] : undefined
  if (start === undefined) return undefined
  return /^([ \t]*)(?:[&!]\S*[ \t]+)*$/.exec(text.slice(text.lastIndexOf('\n', start - 1) + 1, start))?.[1]
}
