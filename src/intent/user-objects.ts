/** Objects of the user's own, as they lie in files of one cluster. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { parseDocuments, type ValuePath } from './document.ts'
import type { Locate } from './entry.ts'
import { fieldsOf, type Fields } from './manifests.ts'

/** Not judged yet: every field may be anything. */
export interface UserObject {
  /** API group; empty for that of Services and ConfigMaps. */
  readonly group: string
  readonly kind: string
  readonly name: string
  /** Absent: not said. */
  readonly namespace?: string
  readonly fields: Fields
  readonly spec: Fields
  readonly at: Locate
}

/** @returns the objects, with a warning in place of a file that cannot be read: much that lies about is no manifest */
export function userObjects(
  cluster: string,
  files: ReadonlyMap<string, Uint8Array>,
): { readonly objects: readonly UserObject[]; readonly diagnostics: readonly Diagnostic[] } {
  const objects: UserObject[] = []
  const diagnostics: Diagnostic[] = []
  for (const [file, bytes] of files) {
    const parsed = parseDocuments(file, bytes)
    if (!parsed.ok) diagnostics.push(unreadable(cluster, file, parsed.diagnostics[0]))
    for (const { value, valueAt } of parsed.ok ? parsed.value : []) objects.push(...objectsIn(value, valueAt))
  }
  return { objects, diagnostics }
}

function unreadable(cluster: string, file: string, found: Diagnostic | undefined): Diagnostic {
  const start: Span = { file, start: 0, end: 0 }
  const detail = found?.args['detail']
  const problem = typeof detail === 'string' ? detail : 'it is no YAML of a size that is read'
  return diagnose('MESH-W900', { cluster, what: file, problem }, found?.span ?? start)
}

/** An object, or those of a List. */
function* objectsIn(value: unknown, valueAt: (path: ValuePath) => Span, base: ValuePath = []): Generator<UserObject> {
  const fields = fieldsOf(value)
  const { apiVersion, kind, items } = fields
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return
  if (kind.endsWith('List') && Array.isArray(items) && base.length === 0) {
    const own = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
    for (const [i, item] of items.entries()) yield* objectsIn({ ...own, ...fieldsOf(item) }, valueAt, ['items', i])
    return
  }
  const { name, namespace } = fieldsOf(fields['metadata'])
  if (typeof name !== 'string') return
  yield {
    group: apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
    kind,
    name,
    ...(typeof namespace === 'string' && { namespace }),
    fields,
    spec: fieldsOf(fields['spec']),
    at: (...path) => valueAt([...base, ...path]),
  }
}

/** YAML within YAML, as in a ConfigMap; undefined where it is none. */
export function yamlText(text: string): unknown {
  const parsed = parseDocuments('', new TextEncoder().encode(text))
  return parsed.ok ? parsed.value[0]?.value : undefined
}
