/** Holds parsed documents against the schemas, and points each complaint at its place in the text. */
import { Ajv, type ErrorObject } from 'ajv'
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { IntentDocument, ValuePath } from './document.ts'
import type { Mesh as Intent } from './schema.gen.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { protocolRefusal, refusalOf } from './refusal.ts'

interface Schema {
  readonly $id: string
}

/** The parsed files of schemas/. */
export interface Schemas {
  readonly mesh: Schema
  readonly included: Schema
}

let ajv: Ajv | undefined

/** Holds the document of a mesh file against the schema of one. */
export function validateIntent(document: IntentDocument, schemas: Schemas): Checked<Intent> {
  const value = withoutBareLists(document.value)
  const diagnostics = judge({ ...document, value }, 'the mesh', schemas.mesh, '')
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: value as Intent, diagnostics: [] }
}

/** `services:` with nothing behind it is a list that somebody has not begun yet. */
function withoutBareLists(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const bare = (key: string, said: unknown): boolean => said === null && (key === 'clusters' || key === 'services')
  return Object.fromEntries(Object.entries(value).filter(([key, said]) => !bare(key, said)))
}

/** Complaints about a document of an included file, which says itself that it is of this kind. */
export function validateIncluded(
  document: IntentDocument,
  kind: 'Cluster' | 'Service',
  schemas: Schemas,
): readonly Diagnostic[] {
  return judge(document, `the ${kind.toLowerCase()}`, schemas.included, `#/definitions/${kind}Document`)
}

function judge(document: IntentDocument, root: string, schema: Schema, definition: string): readonly Diagnostic[] {
  ajv ??= new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true })
  if (ajv.getSchema(schema.$id) === undefined) ajv.addSchema(schema)
  const validate = ajv.getSchema(`${schema.$id}${definition}`)
  if (validate === undefined) throw new Error(`invariant: ${schema.$id} has no ${definition}`)
  if (validate(document.value) === true) return []
  return (validate.errors ?? []).map((error) => toDiagnostic(document, root, error))
}

function toDiagnostic(document: IntentDocument, root: string, error: ErrorObject): Diagnostic {
  const path = pathOf(error.instancePath, document.value)
  const where = nameOf(path, root)
  const found = describe(error.data)
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty'])
      const known = Object.keys((error.parentSchema?.['properties'] as object | undefined) ?? {})
      const suggestion = suggest(key, known)
      const args = { key, where, known, ...(suggestion !== undefined && { suggestion }) }
      return diagnose('MESH-E110', args, document.keyAt([...path, key]))
    }
    case 'required': {
      const key = String(error.params['missingProperty'])
      return diagnose('MESH-E111', { key, where }, document.keyAt(path))
    }
    case 'type':
      return diagnose(
        'MESH-E112',
        { where, expected: withArticle(String(error.params['type'])), found },
        document.valueAt(path),
      )
    case 'const':
    case 'enum': {
      const allowed = (
        error.keyword === 'const' ? [error.params['allowedValue']] : error.params['allowedValues']
      ) as string[]
      const suggestion = typeof error.data === 'string' ? suggest(error.data, allowed) : undefined
      const reason = path.at(-1) === 'protocol' && suggestion === undefined ? protocolRefusal(error.data) : undefined
      if (reason !== undefined) return diagnose('MESH-E226', { where, found, reason }, document.valueAt(path))
      const args = { where, found, allowed, ...(suggestion !== undefined && { suggestion }) }
      return diagnose('MESH-E113', args, document.valueAt(path))
    }
    default:
      return diagnose('MESH-E114', { where, detail: refusalOf(error) }, document.valueAt(path))
  }
}

/** A JSON pointer (RFC 6901) as keys and indexes. */
function pathOf(pointer: string, root: unknown): ValuePath {
  const path: (string | number)[] = []
  let value = root
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(key) : key)
    value = (value as Record<string, unknown> | undefined)?.[key]
  }
  return path
}

/** `clusters[0].gateway`, as a person would name it. */
export function nameOf(path: ValuePath, root: string): string {
  if (path.length === 0) return root
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
}

export function describe(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function withArticle(type: string): string {
  const names: Readonly<Record<string, string>> = { array: 'a list', integer: 'a whole number', object: 'an object' }
  return type
    .split(',')
    .map((each) => names[each] ?? `a ${each}`)
    .join(' or ')
}
