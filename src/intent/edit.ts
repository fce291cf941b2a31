/**
 * Sets single values in the intent as text: what the user wrote keeps every byte. As with `insertItem`, the result is
 * read back, and whatever changed more than was asked for is no result.
 */
import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Document } from 'yaml'
import { insertIntoBlock } from './insert-block.ts'
import { insertIntoFlow } from './insert-flow.ts'
import { applied, columnOf, endOf, linesBehind, type Insertion, type ParsedMap, type ParsedSeq } from './insertion.ts'
import { flowItem, type Item, type ItemValue } from './item.ts'

export interface Edit {
  /** Keys and indexes from the root of the document; an index behind the last item adds one. */
  readonly path: readonly (string | number)[]
  readonly value: ItemValue
}

/**
 * @param at UTF-16 offset of anything in the document that is meant
 * @returns undefined where the text is written in a way that has no safe place for it
 */
export function edited(text: string, at: number, edits: readonly Edit[]): string | undefined {
  // What grows in front of a place moves it, but never out of its document.
  const documentIndex = indexOfDocument(text, at)
  let result: string | undefined = text
  for (const edit of edits) {
    if (result === undefined) return undefined
    result = editedOnce(result, documentIndex, edit)
  }
  return result
}

function documentsOf(text: string): readonly Document.Parsed[] {
  const parsed = parseAllDocuments(text, { keepSourceTokens: true, prettyErrors: false, merge: true, version: '1.2' })
  return Array.isArray(parsed) ? (parsed as readonly Document.Parsed[]) : []
}

function indexOfDocument(text: string, at: number): number {
  return Math.max(
    0,
    documentsOf(text).findLastIndex(({ range }) => range[0] <= at),
  )
}

function editedOnce(text: string, index: number, edit: Edit): string | undefined {
  const document = documentsOf(text)[index]
  if (document === undefined || document.errors.length > 0 || !isMap(document.contents)) return undefined
  const insertion = insertionFor(text, document.contents, edit)
  if (insertion === undefined) return undefined
  const result = applied(text, insertion)
  const [before, after] = [valuesOf(text), valuesOf(result)]
  if (before === undefined || after === undefined) return undefined
  const expected = before.map((value, i) => (i === index ? withValue(value, edit.path, edit.value) : value))
  return canonical(after) === canonical(expected) ? result : undefined
}

function valuesOf(text: string): readonly unknown[] | undefined {
  const documents = documentsOf(text)
  if (documents.some(({ errors }) => errors.length > 0)) return undefined
  return documents.map((document): unknown => document.toJS({ maxAliasCount: -1 }))
}

/** The deepest map or list on the way that is there takes what is missing. */
function insertionFor(text: string, root: ParsedMap, { path, value }: Edit): Insertion | undefined {
  let node: unknown = root
  for (const [depth, step] of path.entries()) {
    const rest = nested(path.slice(depth + 1), value)
    if (isSeq(node) && typeof step === 'number') {
      const seq = node as ParsedSeq
      if (step < seq.items.length) node = seq.items[step]
      else return typeof rest === 'object' ? intoList(text, root, seq, rest as Item) : undefined
    } else if (isMap(node) && typeof step === 'string') {
      const map = node as ParsedMap
      const pair = map.items.find(({ key }) => isScalar(key) && key.value === step)
      if (pair === undefined) return intoMap(text, root, map, step, rest)
      if (isScalar(pair.value) && pair.value.source === '' && depth < path.length - 1) return undefined
      node = pair.value
    } else return undefined
    if (isAlias(node)) return undefined
  }
  if (!isScalar(node) || typeof value === 'object' || !node.range) return undefined
  const [start, end] = node.range
  const replaced = text.slice(start, end)
  const plain = replaced !== '' && !/["'\s]/.test(replaced)
  const json = replaced.startsWith('"')
  if (!plain && !json) return undefined
  return { start, replaced, text: flowItem(value, json) }
}

function nested(path: Edit['path'], value: ItemValue): ItemValue {
  return path.reduceRight<ItemValue>((inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }), value)
}

function intoMap(text: string, root: ParsedMap, map: ParsedMap, key: string, value: ItemValue): Insertion | undefined {
  if (map.flow === true) {
    const [first] = map.items
    const json = isScalar(first?.key) && first.key.type === 'QUOTE_DOUBLE'
    const added = `${json ? JSON.stringify(key) : key}: ${flowItem(value, json)}`
    return insertIntoFlow(text, map, map.items.length, added)
  }
  if (map.items.length === 0) return undefined
  const column = map === root ? columnOf(map) : columnOfKeys(text, map)
  if (column === undefined) return undefined
  return linesBehind(text, endOf(map), column, [`${' '.repeat(column)}${key}: ${flowItem(value)}`])
}

/** A map behind a dash begins in the middle of a line; its other keys stand below its first one. */
function columnOfKeys(text: string, map: ParsedMap): number | undefined {
  const start = map.range?.[0]
  if (start === undefined) return undefined
  const line = text.lastIndexOf('\n', start - 1) + 1
  return /^[ -]*$/.test(text.slice(line, start)) ? start - line : undefined
}

function intoList(text: string, root: ParsedMap, seq: ParsedSeq, item: Item): Insertion | undefined {
  if (seq.flow === true) return insertIntoFlow(text, seq, seq.items.length, flowItem(item))
  return insertIntoBlock(text, root, seq, seq.items.length, item)
}

function withValue(whole: unknown, path: Edit['path'], value: ItemValue): unknown {
  const [step, ...rest] = path
  if (step === undefined) return value
  if (typeof step === 'number') {
    const list: readonly unknown[] = Array.isArray(whole) ? whole : []
    return [...list.slice(0, step), withValue(list[step], rest, value), ...list.slice(step + 1)]
  }
  const map = typeof whole === 'object' && whole !== null ? whole : {}
  return { ...map, [step]: withValue((map as Readonly<Record<string, unknown>>)[step], rest, value) }
}

/** Keys in order, so that the place of a new one does not matter. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}
