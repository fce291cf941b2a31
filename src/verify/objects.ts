/** Kubernetes objects as they are found in the output. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { FoundDocument, Locate } from './documents.ts'
import { fieldAt, isMap, listOf, shown, textOf, type Fields } from './fields.ts'

export interface FoundObject {
  /** API group, empty for the core one: `networking.istio.io`. */
  readonly group: string
  readonly kind: string
  /** Empty when it names none. */
  readonly namespace: string
  readonly name: string
  readonly fields: Fields
  readonly at: Locate
}

/** The objects of a document: several when it is a list, which is what Kustomize makes of one. */
export function objectsOf({ value, at }: FoundDocument): { objects: FoundObject[]; diagnostics: Diagnostic[] } {
  const kind = textOf(fieldAt(value, 'kind'))
  if (kind.endsWith('List') && Array.isArray(fieldAt(value, 'items'))) {
    const items = listOf(fieldAt(value, 'items')).map((item, i) =>
      objectsOf({ value: item, at: (...path) => at('items', i, ...path) }),
    )
    return { objects: items.flatMap((i) => i.objects), diagnostics: items.flatMap((i) => i.diagnostics) }
  }
  const apiVersion = textOf(fieldAt(value, 'apiVersion'))
  const name = textOf(fieldAt(value, 'metadata', 'name'))
  if (!isMap(value) || kind === '' || apiVersion === '' || name === '') {
    return { objects: [], diagnostics: [diagnose('MESH-E702', { found: shown(value) }, at())] }
  }
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
  const namespace = textOf(fieldAt(value, 'metadata', 'namespace'))
  return { objects: [{ group, kind, namespace, name, fields: value, at }], diagnostics: [] }
}

/** `ServiceEntry mesh-imports/svc-1.foo` */
export function titleOf({ kind, namespace, name }: FoundObject): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

export function ofKind(objects: readonly FoundObject[], group: string, kind: string): FoundObject[] {
  return objects.filter((object) => object.group === group && object.kind === kind)
}

/** The same object to the API server, whatever the version. */
function identityOf({ group, kind, namespace, name }: FoundObject): string {
  return [group, kind, namespace, name].join('\0')
}

/** What stands twice in one cluster: Kustomize refuses to build it. */
export function judgeTwice(objects: readonly FoundObject[]): Diagnostic[] {
  const first = new Map<string, FoundObject>()
  return objects.flatMap((object) => {
    const other = first.get(identityOf(object))
    if (other === undefined) first.set(identityOf(object), object)
    if (other === undefined) return []
    const related = [{ span: other.at('metadata', 'name'), note: 'here is the other one' }]
    return [diagnose('MESH-E705', { object: titleOf(object) }, object.at('metadata', 'name'), related)]
  })
}

/** Without these two, a mistake in Git takes the object out of the cluster (Argo CD's sync options, Flux's kustomize-controller). */
export function judgeProtection(object: FoundObject): Diagnostic[] {
  const annotation = (key: string): string => textOf(fieldAt(object.fields, 'metadata', 'annotations', key))
  const options = new Set(
    annotation('argocd.argoproj.io/sync-options')
      .split(',')
      .map((option) => option.trim()),
  )
  const missing = [
    ...['Prune=false', 'Delete=false'].filter((option) => !options.has(option)),
    ...(annotation('kustomize.toolkit.fluxcd.io/prune').toLowerCase() === 'disabled'
      ? []
      : ['kustomize.toolkit.fluxcd.io/prune: Disabled']),
  ]
  if (missing.length === 0) return []
  return [diagnose('MESH-E707', { object: titleOf(object), missing }, object.at('metadata', 'annotations'))]
}
