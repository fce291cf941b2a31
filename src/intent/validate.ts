/** Holds a parsed document against schemas/mesh.schema.json and points each complaint at its place in the text. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { IntentDocument, ValuePath } from './document.ts'
import type { Mesh as Intent } from './schema.gen.ts'
import { suggest } from '../diagnostics/suggest.ts'

let compiled: ValidateFunction | undefined

/** `schema` is the parsed schemas/mesh.schema.json. */
export function validateIntent(document: IntentDocument, schema: object): Checked<Intent> {
  compiled ??= new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false }).compile(schema)
  if (compiled(document.value)) return { ok: true, value: document.value as Intent, diagnostics: [] }
  return { ok: false, diagnostics: (compiled.errors ?? []).map((error) => toDiagnostic(document, error)) }
}

function toDiagnostic(document: IntentDocument, error: ErrorObject): Diagnostic {
  const path = pathOf(error.instancePath, document.value)
  const where = nameOf(path)
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
      const args = { where, found, allowed, ...(suggestion !== undefined && { suggestion }) }
      return diagnose('MESH-E113', args, document.valueAt(path))
    }
    default:
      return diagnose('MESH-E114', { where, detail: error.message ?? error.keyword }, document.valueAt(path))
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
export function nameOf(path: ValuePath): string {
  if (path.length === 0) return 'the mesh'
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')
}

function describe(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function withArticle(type: string): string {
  return { array: 'a list', integer: 'a whole number' }[type] ?? (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`)
}
