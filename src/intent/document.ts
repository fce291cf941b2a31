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
  type Alias,
  type Document,
  type Node,
} from 'yaml'
import { diagnose, type Checked, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'

export const INTENT_BYTES_MAX = 10_000_000
/** Uses of anchors, nested ones multiplied, as the `yaml` package counts them: honest files have one for each service. */
const ALIASES_MAX = 10_000

/** Keys and indexes from the root of a document to a value. */
export type ValuePath = readonly (string | number)[]

export interface IntentDocument {
  readonly file: string
  readonly value: unknown
  /** Where it begins, with its line `---` if it has one. */
  readonly start: number
  /**
   * Where the value at `path` stands; the nearest enclosing value when there is none. What comes by an alias stands where
   * the alias does, with its anchor beside it.
   */
  readonly valueAt: (path: ValuePath) => Span
  /** Where the key that ends `path` stands; the value when there is no such key. */
  readonly keyAt: (path: ValuePath) => Span
}

/** The one document of a mesh file. */
export function parseIntent(file: string, bytes: Uint8Array): Checked<IntentDocument> {
  const parsed = parseDocuments(file, bytes)
  if (!parsed.ok) return parsed
  const [document, second] = parsed.value
  if (document === undefined) return { ok: false, diagnostics: [diagnose('MESH-E106', { file }, wholeOf(file))] }
  if (second !== undefined) {
    const { start } = second
    const args = { documents: parsed.value.length }
    return { ok: false, diagnostics: [diagnose('MESH-E105', args, { file, start, end: start })] }
  }
  return { ok: true, value: document, diagnostics: [] }
}

/** All documents of a file that say something. */
export function parseDocuments(file: string, bytes: Uint8Array): Checked<readonly IntentDocument[]> {
  const refuse = (...diagnostics: readonly Diagnostic[]): Checked<never> => ({ ok: false, diagnostics })
  if (bytes.length > INTENT_BYTES_MAX) {
    return refuse(diagnose('MESH-E102', { bytes: bytes.length, bytesMax: INTENT_BYTES_MAX }, wholeOf(file)))
  }
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return refuse(diagnose('MESH-E103', { file }, wholeOf(file)))
  }
  const marker = conflictIn(text)
  if (marker !== undefined) return refuse(diagnose('MESH-E107', { file }, { file, ...marker }))
  const documents = parseAllDocuments(text, {
    lineCounter: new LineCounter(),
    prettyErrors: false,
    // What the package would warn about on stderr is of no use to the user of a mesh.
    logLevel: 'error',
    uniqueKeys: true,
    merge: true,
    version: '1.2',
  })
  const errors = documents.flatMap((d) => d.errors)
  if (errors.length > 0) {
    return refuse(
      ...errors.map((e) => diagnose('MESH-E101', { detail: e.message }, { file, start: e.pos[0], end: e.pos[1] })),
    )
  }
  const read = documents.filter(({ contents: c }) => c !== null && !(isScalar(c) && c.value === null))
  const values = read.map((document) => valueOf(file, document))
  const diagnostics = values.flatMap((value) => ('diagnostic' in value ? [value.diagnostic] : []))
  if (diagnostics.length > 0) return refuse(...diagnostics)
  return { ok: true, value: values.flatMap((value) => ('document' in value ? [value.document] : [])), diagnostics: [] }
}

/** The first line that git writes where both sides of a merge changed something, if the one that ends it follows. */
function conflictIn(text: string): { readonly start: number; readonly end: number } | undefined {
  const [marker] = text.matchAll(/^<{7} [^\r\n]*/gm)
  if (marker === undefined || !/^>{7} /m.test(text.slice(marker.index))) return undefined
  return { start: marker.index, end: marker.index + marker[0].length }
}

function valueOf(
  file: string,
  document: Document.Parsed,
): { readonly document: IntentDocument } | { readonly diagnostic: Diagnostic } {
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: ALIASES_MAX })
  } catch (error) {
    // toJS throws a ReferenceError when aliases expand to too much or point nowhere.
    const detail = error instanceof Error ? error.message : String(error)
    return {
      diagnostic:
        /alias/i.test(detail) && /excessive|resource/i.test(detail)
          ? diagnose('MESH-E104', { aliasesMax: ALIASES_MAX }, wholeOf(file))
          : diagnose('MESH-E101', { detail }, danglingAlias(file, document) ?? wholeOf(file)),
    }
  }
  return {
    document: {
      file,
      value,
      start: document.range[0],
      valueAt: (path) => {
        const { value: node, alias } = locate(document, path)
        return spanOf(file, document, node, alias)
      },
      keyAt: (path) => {
        const { key, value: node, alias } = locate(document, path)
        return spanOf(file, document, key ?? node, alias)
      },
    },
  }
}

function wholeOf(file: string): Span {
  return { file, start: 0, end: 0 }
}

/** The first alias that no anchor stands before. */
function danglingAlias(file: string, document: Document.Parsed): Span | undefined {
  let found: Span | undefined
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return undefined
      found = spanOf(file, document, node)
      return visit.BREAK
    },
  })
  return found
}

interface Place {
  readonly key?: Node
  readonly value: Node | null
  /** The first alias on the way: the place itself is at its anchor. */
  readonly alias?: Alias
}

function locate(document: Document.Parsed, path: ValuePath): Place {
  let place: Place = { value: document.contents }
  for (const step of path) {
    const next = child(document, place, step)
    if (next === undefined) return place.key === undefined ? place : { ...place, value: place.key }
    place = next
  }
  return place
}

function child(document: Document.Parsed, parent: Place, step: string | number): Place | undefined {
  const alias = parent.alias ?? (isAlias(parent.value) ? parent.value : undefined)
  const via = alias && { alias }
  const node = resolved(document, parent.value)
  if (isSeq(node)) {
    const item = node.items[Number(step)]
    return item === undefined || isPair(item) ? undefined : { value: item as Node, ...via }
  }
  if (!isMap(node)) return undefined
  for (const { key, value } of node.items) {
    if (isScalar(key) && key.value === step) return { key, value: value as Node | null, ...via }
  }
  // A merge key (<<) brings in the keys of one map or of a list of maps.
  for (const { key, value } of node.items) {
    if (!isScalar(key) || (key.value !== '<<' && typeof key.value !== 'symbol')) continue
    const merged = isSeq(value) ? value.items : [value]
    for (const source of merged) {
      const found = child(document, { value: source as Node | null, ...via }, step)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function resolved(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? node) : node
}

function spanOf(file: string, document: Document.Parsed, node: Node | null, through?: Alias): Span {
  const alias = through ?? (isAlias(node) ? node : undefined)
  const [here, there] = alias === undefined ? [node?.range] : [alias.range, resolved(document, node)?.range]
  if (!here) return wholeOf(file)
  const anchored = there && there !== here && { anchor: { start: there[0], end: there[1] } }
  return { file, start: here[0], end: here[1], ...anchored }
}
