/** What differs between two values of YAML, field by field. */
import { isRecord } from './objects.ts'
import { isSecret } from './veil.ts'

export interface FieldChange {
  /** `spec.ports[http].number`; an element of a list of texts has `[]` in place of a key. */
  readonly path: string
  /** Absent when there was no such field. */
  readonly before?: unknown
  /** Absent when there is no such field any more. */
  readonly after?: unknown
}

/**
 * Elements of a list are told apart by what names them, not by their place: an endpoint more is one change. The order
 * of a list is told only when nothing else differs in it.
 */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(after), ...Object.keys(before)])]
    return keys.flatMap((key) => fieldChanges(own(before, key), own(after, key), path === '' ? key : `${path}.${key}`))
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChanges(before, after, path)
  if (typeof before === 'string' && typeof after === 'string' && (before + after).includes('\n')) {
    // A line of a key does not look like one.
    if (isSecret(before) || isSecret(after)) return before === after ? [] : [{ path, before, after }]
    return listChanges(linesOf(before), linesOf(after), path)
  }
  if (same(before, after)) return []
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}

/** A key can be called like what every object has: `constructor`. */
function own(record: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function listChanges(before: readonly unknown[], after: readonly unknown[], path: string): FieldChange[] {
  const [old, now] = [keyed(before), keyed(after)]
  const changes = [...new Set([...now.keys(), ...old.keys()])].flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)]
    const place = `${path}[${isRecord(is ?? was) ? key.replace(/ 0$/, '') : ''}]`
    return fieldChanges(was, is, place)
  })
  if (changes.length > 0 || same(before, after)) return changes
  return [{ path, before: 'another order', after: 'the same elements' }]
}

/** Fields that name an element of a list, in the order in which they are looked for (Kubernetes: `listMapKey`). */
const NAMES = ['name', 'number', 'port', 'address', 'host', 'key']

/** Elements by what names them; equal ones are counted, so that a list with one twice differs from one without. */
function keyed(list: readonly unknown[]): Map<string, unknown> {
  const elements = new Map<string, unknown>()
  const seen = new Map<string, number>()
  for (const element of list) {
    const name = nameOf(element)
    const count = seen.get(name) ?? 0
    seen.set(name, count + 1)
    elements.set(`${name} ${count}`, element)
  }
  return elements
}

function nameOf(element: unknown): string {
  if (!isRecord(element)) return JSON.stringify(element) ?? ''
  for (const field of NAMES) {
    const value = element[field]
    if (typeof value === 'string' || typeof value === 'number') return String(value)
    if (isRecord(value)) return nameOf(value)
  }
  return ''
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function same(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}
