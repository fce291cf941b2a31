/** The Kubernetes objects in the text of a rendered file. */
import { parseAllDocuments } from 'yaml'

export interface ObjectId {
  /** API group, empty for the core one. */
  readonly group: string
  readonly kind: string
  /** Empty when it has none. */
  readonly namespace: string
  readonly name: string
}

export interface TreeObject extends ObjectId {
  readonly fields: Readonly<Record<string, unknown>>
}

/**
 * The objects of a file by their identity. A text that is no YAML, or that holds something else, gives fewer objects:
 * it is for `verify` to judge it.
 */
export function objectsIn(text: string): ReadonlyMap<string, TreeObject> {
  const objects = new Map<string, TreeObject>()
  for (const value of valuesIn(text)) {
    const object = isPlain(value) ? objectOf(value) : undefined
    if (object !== undefined) objects.set(idOf(object), object)
  }
  return objects
}

/** Never throws: a file that was edited by hand is overwritten, and must not stop what would mend it. */
function valuesIn(text: string): unknown[] {
  try {
    return parseAllDocuments(text, { version: '1.1', logLevel: 'error' }).flatMap((document) =>
      'errors' in document && document.errors.length === 0 ? [document.toJS() as unknown] : [],
    )
  } catch (error) {
    // Aliases that expand without end, and nesting that no stack can hold, are thrown.
    if (error instanceof Error) return []
    throw error
  }
}

/** Deeper than any object that somebody meant. */
const DEPTH_MAX = 64

/** Maps, lists and scalars of JSON: an alias can make a value contain itself, and a tag makes sets and binary data. */
function isPlain(value: unknown, depth = 0): boolean {
  if (depth > DEPTH_MAX) return false
  if (Array.isArray(value)) return value.every((element) => isPlain(element, depth + 1))
  if (isRecord(value)) return Object.values(value).every((element) => isPlain(element, depth + 1))
  return typeof value !== 'object' || value === null
}

function objectOf(value: unknown): TreeObject | undefined {
  if (!isRecord(value)) return undefined
  const { apiVersion, kind, metadata } = value
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !isRecord(metadata)) return undefined
  const { name, namespace = '' } = metadata
  if (typeof name !== 'string' || typeof namespace !== 'string') return undefined
  return { group: apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '', kind, namespace, name, fields: value }
}

/** One text for what the API server takes for one object, whatever the version. */
export function idOf({ group, kind, namespace, name }: ObjectId): string {
  return [group, kind, namespace, name].join(' ')
}

/** `ServiceEntry mesh-imports/svc-1.foo` */
export function titleOf({ kind, namespace, name }: ObjectId): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
