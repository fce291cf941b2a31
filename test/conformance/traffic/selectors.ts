/** Label and field selectors of a LIST or WATCH (Kubernetes API conventions, "Labels and selectors"). */
import { at } from '../manifests.ts'
import type { StoredObject } from './object-store.ts'

export type Test = (object: StoredObject) => boolean

/** What `labelSelector` and `fieldSelector` of a query let through. */
export function selected(query: URLSearchParams): Test {
  const tests = [
    ...terms(query.get('labelSelector')).map((term) => testOf(term, (object, key) => object.metadata.labels?.[key])),
    ...terms(query.get('fieldSelector')).map((term) => testOf(term, fieldOf)),
  ]
  return (object) => tests.every((test) => test(object))
}

/** Divides at commas outside of parentheses. */
function terms(selector: string | null): string[] {
  return (selector ?? '').match(/[^,(]+(\([^)]*\))?/g) ?? []
}

function testOf(term: string, read: (object: StoredObject, key: string) => string | undefined): Test {
  const [, setKey, operator, set] = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(term) ?? []
  if (setKey !== undefined && set !== undefined) {
    const values = new Set(set.split(',').map((value) => value.trim()))
    return (object) => values.has(read(object, setKey) ?? '') === (operator === 'in')
  }
  const [, key, relation, wanted] = /^(.+?)(!=|==|=)(.*)$/.exec(term) ?? []
  if (key !== undefined) return (object) => ((read(object, key) ?? '') === wanted) === (relation !== '!=')
  if (term.startsWith('!')) return (object) => read(object, term.slice(1)) === undefined
  return (object) => read(object, term) !== undefined
}

function fieldOf(object: StoredObject, path: string): string | undefined {
  const value = at(object, ...path.split('.'))
  return value === undefined ? undefined : `${value as string | number | boolean}`
}
