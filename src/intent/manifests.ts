/** Kubernetes manifests as they lie in a repository: the core v1 Services among them. */
import { diagnose, type Checked, type Span } from '../diagnostics/diagnostic.ts'
import { parseDocuments, type ValuePath } from './document.ts'
import type { Locate } from './entry.ts'
import { describe } from './validate.ts'

export type Fields = Readonly<Record<string, unknown>>

/** One core v1 Service, not judged yet. */
export interface ServiceManifest {
  readonly metadata: Fields
  readonly spec: Fields
  readonly at: Locate
  /** Where the first template of its file is, if there is one. */
  readonly template: () => Span | undefined
}

/** Everything else in the file is passed over. */
export function servicesIn(file: string, bytes: Uint8Array): Checked<readonly ServiceManifest[]> {
  const parsed = parseDocuments(file, bytes)
  const template = (): Span | undefined => templateIn(file, bytes)
  if (!parsed.ok) {
    const first = parsed.diagnostics[0]
    const start = first?.code === 'MESH-E101' ? template() : undefined
    if (first?.span === undefined || start === undefined) return parsed
    const related = [{ span: first.span, note: String(first.args['detail']) }]
    return { ok: false, diagnostics: [diagnose('MESH-E130', { file }, start, related)] }
  }
  const value = parsed.value.flatMap((document) =>
    objectsOf(document.value).flatMap(({ object, base }): ServiceManifest[] => {
      if (object['apiVersion'] !== 'v1' || object['kind'] !== 'Service') return []
      const at: Locate = (...path) => document.valueAt([...base, ...path])
      return [{ metadata: fieldsOf(object['metadata']), spec: fieldsOf(object['spec']), at, template }]
    }),
  )
  return { ok: true, value, diagnostics: [] }
}

/** An object, or those of a list as `kubectl get --output yaml` writes it. */
function objectsOf(value: unknown): readonly { readonly object: Fields; readonly base: ValuePath }[] {
  const object = fieldsOf(value)
  const { kind, items } = object
  if ((kind !== 'List' && kind !== 'ServiceList') || !Array.isArray(items)) return [{ object, base: [] }]
  // Items of a ServiceList need not repeat what they are.
  const own = kind === 'ServiceList' ? { apiVersion: 'v1', kind: 'Service' } : {}
  return items.map((item, i) => ({ object: { ...own, ...fieldsOf(item) }, base: ['items', i] }))
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

/** Go templates, as in a Helm chart; in a manifest itself they can only stand within a string. */
function templateIn(file: string, bytes: Uint8Array): Span | undefined {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  const start = text.indexOf('{{')
  return start < 0 ? undefined : { file, start, end: start + 2 }
}

/** A value that is not of its type. A template can happen to be YAML: `{{ .Values.name }}` is a map in a map. */
export function wrongType(manifest: ServiceManifest, value: unknown, expected: string, path: ValuePath): Problem {
  const span = manifest.at(...path)
  if (typeof value === 'object' && manifest.template() !== undefined) {
    return { diagnostic: diagnose('MESH-E130', { file: span.file }, span) }
  }
  const where = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1)
  return {
    diagnostic:
      value === undefined
        ? diagnose('MESH-E111', { key: where, where: 'the Service' }, manifest.at('metadata', 'name'))
        : diagnose('MESH-E112', { where, expected, found: describe(value) }, span),
  }
}

export interface Problem {
  readonly diagnostic: ReturnType<typeof diagnose>
}
