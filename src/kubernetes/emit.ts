/**
 * The one YAML writer. Kustomize and kubectl read with YAML 1.1 rules, most other tools with 1.2: what is written here
 * means the same to both.
 *
 * How a text is to be quoted the `yaml` package knows. It builds a tree of nodes for each object, though, which takes most
 * of the time of a run, so what is all over a mesh is written without it: blocks, and texts that nothing but a text can
 * be. The bytes are the same, which a test holds.
 */
import { Document, isScalar, Scalar, visit } from 'yaml'
import { invariant } from '../diagnostics/failure.ts'
import type { Manifest } from './manifest.ts'

/** Plain data: objects and arrays of strings, numbers, truth values and nulls. What is undefined is left out of an object. */
export function emitYaml(value: unknown): string {
  const collection = collectionOf(value)
  return collection === undefined || collection.length === 0
    ? emitByPackage(value)
    : `${blockOf(collection, Array.isArray(value), '')}\n`
}

/** Several objects as one YAML stream. */
export function emitManifests(manifests: readonly Manifest[]): string {
  return manifests.map(emitYaml).join('---\n')
}

type Collection = readonly (readonly [key: string, value: unknown])[]

/** The entries of an object or an array; undefined for a scalar. */
function collectionOf(value: unknown): Collection | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
  invariant(isPlain, 'only plain data is written as YAML')
  const entries = Object.entries(value)
  return Array.isArray(value) ? entries : entries.filter(([, v]) => v !== undefined)
}

/** Begins at the end of a line that is indented already. */
function blockOf(collection: Collection, isList: boolean, indent: string): string {
  const lines = collection.map(([key, value]) =>
    isList ? `- ${itemOf(value, `${indent}  `)}` : `${keyOf(key, indent)}:${fieldOf(value, `${indent}  `)}`,
  )
  return lines.join(`\n${indent}`)
}

function itemOf(value: unknown, indent: string): string {
  const collection = collectionOf(value)
  if (collection === undefined) return scalarOf(value, indent)
  return collection.length === 0 ? emptyOf(value) : blockOf(collection, Array.isArray(value), indent)
}

function fieldOf(value: unknown, indent: string): string {
  const collection = collectionOf(value)
  if (collection === undefined) return ` ${scalarOf(value, indent)}`
  if (collection.length === 0) return ` ${emptyOf(value)}`
  return `\n${indent}${blockOf(collection, Array.isArray(value), indent)}`
}

function emptyOf(value: unknown): string {
  return Array.isArray(value) ? '[]' : '{}'
}

/** Begins with a letter, and has nothing in it that could end it; or four numbers with dots between. */
const PLAIN = /^(?:[A-Za-z_](?:[\w./@=+-]|:(?=[\w/]))*|\d{1,3}(?:\.\d{1,3}){3})$/

/** Words that are something else to one reader or another, in whatever case; `e-5` could be the tail of a float. */
const WORDS = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?\d+)$/i

/** A longer key could need another form, so the package is asked. */
const PLAIN_KEY_MAX = 200

function isPlainText(text: string): boolean {
  return PLAIN.test(text) && !WORDS.test(text)
}

function keyOf(key: string, indent: string): string {
  if (key.length <= PLAIN_KEY_MAX && isPlainText(key)) return key
  // What marks the end of a document is written in another way where a line begins with it.
  const emitted = indent === '' ? emitByPackage({ [key]: null }) : emitByPackage([{ [key]: null }]).slice('- '.length)
  invariant(emitted.endsWith(': null\n') && !emitted.startsWith('?'), `a key of ${key.length} characters is written`)
  return emitted.slice(0, -': null\n'.length)
}

function scalarOf(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    if (isPlainText(value)) return value
    if (/^\d+$/.test(value)) return `"${value}"`
  }
  if (typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value)
  // The package has indented the further lines of a text by two; empty ones bear no indent.
  return itemByPackage(value).replaceAll(/\n  /g, `\n${indent}`)
}

/** A mesh has the same few short texts that need quotes in each of its objects. */
const known = new Map<unknown, string>()
const KNOWN_MAX = 1000
const KNOWN_LENGTH_MAX = 100

function itemByPackage(value: unknown): string {
  const answer = known.get(value) ?? emitByPackage([value]).slice('- '.length, -1)
  if (known.size < KNOWN_MAX && typeof value === 'string' && value.length < KNOWN_LENGTH_MAX) known.set(value, answer)
  return answer
}

/**
 * Texts that the `yaml` package's 1.1 mode would write in a way that some reader takes for something else: octal in 1.2
 * spelling, the value and merge indicators, and what looks like the tail of a float; and as a block, white space alone
 * and a first line that begins with a tab.
 */
const AMBIGUOUS = /^[-+]?0o[0-7_]+$|^=$|^<<$|^[eE][0-9]+$|^\.+$|^\s+$|^\n*\t/

/** Folding changes blanks at the ends of lines; a text is written whole, on one line or as a block. */
const NEVER = Number.MAX_SAFE_INTEGER

/** The same by the package alone. */
export function emitByPackage(value: unknown): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false })
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && typeof node.value === 'string' && AMBIGUOUS.test(node.value)) {
        node.type = Scalar.QUOTE_DOUBLE
      }
    },
  })
  return document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: NEVER, directives: false })
}
