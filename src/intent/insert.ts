/**
 * Adds an item to a list of the intent as text, where the list is: what the user wrote keeps every byte, and with it
 * comments, order, quotes and line ends. That it worked is not believed but proven, by reading the result.
 */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document } from 'yaml'
import { insertIntoBlock, newListLines } from './insert-block.ts'
import { insertIntoFlow } from './insert-flow.ts'
import {
  applied,
  columnOf,
  endingAt,
  endOf,
  lineEnd,
  linesAfter,
  linesBehind,
  type Insertion,
  type ParsedMap,
  type ParsedSeq,
} from './insertion.ts'
import { flowItem, type Item } from './item.ts'
import { sortedPlace } from './sorted-place.ts'

export type ListName = 'clusters' | 'services'

/**
 * @param text a mesh.yaml that can be read as YAML
 * @returns undefined where the list is written in a way that has no safe place for more
 */
export function insertItem(text: string, list: ListName, item: Item): Insertion | undefined {
  const { document, value } = read(text)
  const elements = value?.[list] ?? []
  if (value === undefined || !Array.isArray(elements)) return undefined
  // Where there is no room in between, there may be some at the end.
  for (const index of new Set([sortedPlace(list, elements, item), elements.length])) {
    const insertion = insertionInto(text, document, list, index, item)
    if (insertion === undefined) continue
    const expected = { ...value, [list]: elements.toSpliced(index, 0, item) as unknown }
    const found = read(applied(text, insertion)).value
    if (JSON.stringify(found) === JSON.stringify(expected)) return insertion
  }
  return undefined
}

function read(text: string): {
  readonly document: Document.Parsed
  readonly value?: Readonly<Record<string, unknown>>
} {
  const document = parseDocument(text, { keepSourceTokens: true, prettyErrors: false, merge: true, version: '1.2' })
  if (document.errors.length > 0 || !isMap(document.contents)) return { document }
  // How much aliases may expand to is judged where the intent is parsed.
  return { document, value: document.toJS({ maxAliasCount: -1 }) as Readonly<Record<string, unknown>> }
}

function insertionInto(
  text: string,
  document: Document.Parsed,
  list: ListName,
  index: number,
  item: Item,
): Insertion | undefined {
  const root = document.contents as ParsedMap
  const json = root.flow === true && isScalar(root.items[0]?.key) && root.items[0].key.type === 'QUOTE_DOUBLE'
  const added = flowItem(item, json)
  const pair = root.items.find(({ key }) => isScalar(key) && key.value === list)
  if (pair === undefined) {
    if (root.flow !== true) return newList(text, root, list, item)
    const key = json ? JSON.stringify(list) : list
    return insertIntoFlow(text, root, root.items.length, `${key}: [${added}]`)
  }
  const keyEnd = endOf(pair.key)
  const value = isAlias(pair.value) ? pair.value.resolve(document) : pair.value
  if (isSeq(value)) {
    const seq = value as ParsedSeq
    if (seq.flow !== true) return insertIntoBlock(text, root, seq, index, item)
    const emptied = seq.items.length === 0 && root.flow !== true ? intoBrackets(text, root, keyEnd, item) : undefined
    return emptied ?? insertIntoFlow(text, seq, index, added)
  }
  if (!isScalar(value) || value.source !== '' || root.flow === true) return undefined
  // A comment behind the key stays there.
  return linesAfter(text, lineEnd(text, keyEnd), newListLines(root, item))
}

/** Brackets with nothing in them, and nothing behind them, are no layout to keep: a list in lines is easier to go on with. */
function intoBrackets(text: string, root: ParsedMap, keyEnd: number, item: Item): Insertion | undefined {
  const [, colon = '', replaced] = /^([ \t]*:)([ \t]*\[[ \t]*\][ \t]*)(?=\r?\n|$)/.exec(text.slice(keyEnd)) ?? []
  if (replaced === undefined) return undefined
  const start = keyEnd + colon.length
  const ending = endingAt(text, start)
  const lines = newListLines(root, item).map((line) => ending + line)
  return { start, replaced, text: lines.join('') }
}

/** A list that is not there begins behind the last key. */
function newList(text: string, root: ParsedMap, list: ListName, item: Item): Insertion {
  const column = columnOf(root)
  const lines = [`${' '.repeat(column)}${list}:`, ...newListLines(root, item)]
  return linesBehind(text, endOf(root), column, lines)
}
