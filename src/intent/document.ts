/**
 * One YAML document of the intent, with the way back from a value to its place in the text.
 *
 * Size and aliases are bounded here, so that a hostile file costs no more than an honest one.
 */
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
  type Node,
} from 'yaml'
import { diagnose, type Checked, type Span } from '../diagnostics/diagnostic.ts'

export const INTENT_BYTES_MAX = 10_000_000
/** Uses of anchors, nested ones multiplied, as the `yaml` package counts them: honest files have one for each service. */
const ALIASES_MAX = 10_000

/** Keys and indexes from the root of a document to a value. */
export type ValuePath = readonly (string | number)[]

export interface IntentDocument {
  readonly file: string
  readonly value: unknown
  /** Where the value at `path` stands; the nearest enclosing value when there is none. */
  readonly valueAt: (path: ValuePath) => Span
  /** Where the key that ends `path` stands; the value when there is no such key. */
  readonly keyAt: (path: ValuePath) => Span
}

export function parseIntent(file: string, bytes: Uint8Array): Checked<IntentDocument> {
  const whole: Span = { file, start: 0, end: 0 }
  const refuse = (...diagnostics: readonly ReturnType<typeof diagnose>[]): Checked<IntentDocument> => ({
    ok: false,
    diagnostics,
  })
  if (bytes.length > INTENT_BYTES_MAX) {
    return refuse(diagnose('MESH-E102', { bytes: bytes.length, bytesMax: INTENT_BYTES_MAX }, whole))
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse(diagnose('MESH-E103', { file }, whole))
  }
  const documents = parseAllDocuments(text, {
    lineCounter: new LineCounter(),
    prettyErrors: false,
    uniqueKeys: true,
    merge: true,
    version: '1.2',
  })
  const document = documents[0]
  if (document === undefined) return refuse(diagnose('MESH-E106', { file }, whole))
  const errors = documents.flatMap((d) => d.errors)
  if (errors.length > 0) {
    return refuse(
      ...errors.map((e) => diagnose('MESH-E101', { detail: e.message }, { file, start: e.pos[0], end: e.pos[1] })),
    )
  }
  const second = documents[1]
  if (second !== undefined) {
    const start = second.range[0]
    return refuse(diagnose('MESH-E105', { documents: documents.length }, { file, start, end: start }))
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return refuse(diagnose('MESH-E106', { file }, whole))
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch (error) {
    // toJS throws a ReferenceError when aliases expand to too much or point nowhere.
    const detail = error instanceof Error ? error.message : String(error)
    return refuse(
      /alias/i.test(detail) && /excessive|resource/i.test(detail)
        ? diagnose('MESH-E104', { aliasesMax: ALIASES_MAX }, whole)
        : diagnose('MESH-E101', { detail }, danglingAlias(file, document) ?? whole),
    )
  }
  return {
    ok: true,
    diagnostics: [],
    value: {
      file,
      value,
      valueAt: (path) => spanOf(file, locate(document, path).value),
      keyAt: (path) => {
        const place = locate(document, path)
        return spanOf(file, place.key ?? place.value)
      },
    },
  }
}

/** The first alias that no anchor stands before. */
function danglingAlias(file: string, document: Document.Parsed): Span | undefined {
  let found: Span | undefined
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return undefined
      found = spanOf(file, node)
      return visit.BREAK
    },
  })
  return found
}

interface Place {
  readonly key?: Node
  readonly value: Node | null
}

function locate(document: Document.Parsed, path: ValuePath): Place {
  let place: Place = { value: document.contents }
  for (const step of path) {
    const next = child(document, place.value, step)
    if (next === undefined) return { value: place.key ?? place.value }
    place = next
  }
  return place
}

function child(document: Document.Parsed, parent: Node | null, step: string | number): Place | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined || isPair(item) ? undefined : { value: item as Node }
  }
  if (!isMap(node)) return undefined
  for (const { key, value } of node.items) {
    if (isScalar(key) && key.value === step) return { key, value: value as Node | null }
  }
  // A merge key (<<) brings in the keys of one map or of a list of maps.
  for (const { key, value } of node.items) {
    if (!isScalar(key) || (key.value !== '<<' && typeof key.value !== 'symbol')) continue
    const merged = isSeq(value) ? value.items : [value]
    for (const source of merged) {
      const found = child(document, source as Node | null, step)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function spanOf(file: string, node: Node | null): Span {
  const range = node?.range
  return range ? { file, start: range[0], end: range[1] } : { file, start: 0, end: 0 }
}
