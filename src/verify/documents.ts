/** Files of YAML as values with their places. Reads by YAML 1.1, as Kustomize and kubectl do. Never throws. */
import { isNode, parseAllDocuments, parseDocument } from 'yaml'
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'

/** Keys and indexes from the root of a document to a value. */
type ValuePath = readonly (string | number)[]

/**
 * Where the value at a path stands; the nearest enclosing one when there is none. Costs a parse of the document, so it
 * is asked for findings only.
 */
export type Locate = (...path: ValuePath) => Span

export interface FoundDocument {
  readonly value: unknown
  readonly at: Locate
}

export interface DocumentsReading {
  readonly documents: readonly FoundDocument[]
  /** Parts that could not be read. */
  readonly diagnostics: readonly Diagnostic[]
}

type ReadDocuments = (file: string, text: string) => DocumentsReading

const OPTIONS = { version: '1.1', prettyErrors: false, logLevel: 'error' } as const

/** What one part of a file holds; offsets are those within the part. */
type Parsed = { readonly start: number; readonly end: number } & (
  { readonly value: unknown } | { readonly problem: string }
)

/**
 * A reader for the files of one output. A host's manifests are the same text in most clusters, so each text is parsed
 * once only.
 */
export function documentReader(): ReadDocuments {
  const known = new Map<string, readonly Parsed[]>()
  return (file, text) => {
    const documents: FoundDocument[] = []
    const diagnostics: Diagnostic[] = []
    for (const { source, offset } of partsOf(text)) {
      const parsed = known.get(source) ?? parsePart(source)
      known.set(source, parsed)
      for (const part of parsed) {
        const span = { file, start: offset + part.start, end: offset + part.end }
        if ('value' in part) documents.push({ value: part.value, at: locator(span, text) })
        else diagnostics.push(diagnose('MESH-E701', { detail: part.problem }, span))
      }
    }
    return { documents, diagnostics }
  }
}

/**
 * Cuts at the document markers: three hyphens at the start of a line are one wherever they stand (YAML 1.2, rule
 * c-forbidden). Marker and first comments stay out, since they are what differs between equal documents.
 */
function partsOf(text: string): { source: string; offset: number }[] {
  const starts = [...text.matchAll(/(?<![^\n])---(?=[ \t\r\n]|$)/g)].map((match) => match.index)
  if (starts[0] !== 0) starts.unshift(0)
  return starts.map((start, i) => {
    const whole = text.slice(start, starts[i + 1])
    const lead = /^(?:---[ \t]*\r?\n)?(?:#[^\n]*\n)*/.exec(whole)?.[0].length ?? 0
    return { source: whole.slice(lead), offset: start + lead }
  })
}

function parsePart(source: string): readonly Parsed[] {
  try {
    const documents = parseAllDocuments(source, OPTIONS)
    const nothing = 'empty' in documents ? [documents] : []
    const [problem] = [...documents, ...nothing].flatMap(({ errors, warnings }) => [...errors, ...warnings])
    // What is missing at the end is reported as behind it.
    const place = (offset: number): number => Math.min(offset, source.length)
    if (problem) return [{ problem: firstLine(problem), start: place(problem.pos[0]), end: place(problem.pos[1]) }]
    return documents.flatMap((document) => {
      const value: unknown = document.toJS()
      const [start, end] = [document.contents?.range?.[0] ?? 0, document.range[1]]
      return value === null || value === undefined ? [] : [{ value, start, end }]
    })
  } catch (error) {
    // Aliases that expand without end, and nesting that no stack can hold, are thrown.
    if (error instanceof Error) return [{ problem: firstLine(error), start: 0, end: 0 }]
    throw error
  }
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0] ?? ''
}

/** Parses the document again when a place is asked for: to keep all nodes would cost far more than the values. */
function locator(whole: Span, text: string): Locate {
  return (...path) => {
    const document = parseDocument(text.slice(whole.start, whole.end), OPTIONS)
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true)
      if (!isNode(node) || !node.range) continue
      const [from, to] = node.range
      return { file: whole.file, start: whole.start + from, end: whole.start + to }
    }
    const lineEnd = text.indexOf('\n', whole.start)
    return { ...whole, end: lineEnd < 0 ? whole.end : Math.min(whole.end, lineEnd) }
  }
}
