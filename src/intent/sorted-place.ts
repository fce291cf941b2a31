/** Where a new item belongs in a list that somebody keeps in order, or not. */

type Key = (element: unknown) => string

/** By which texts a list may be in order; the first that it is in counts. */
const ORDERS: Readonly<Record<'clusters' | 'services', readonly Key[]>> = {
  clusters: [(e) => field(e, 'name')],
  services: [
    (e) => `${field(e, 'namespace')} ${field(e, 'name')}`,
    (e) => `${field(e, 'name')} ${field(e, 'namespace')}`,
  ],
}

/** Numbers in a name by their value, so that cluster-10 follows cluster-9. */
const natural = (text: string): string => text.replaceAll(/\d+/g, (digits) => digits.padStart(10, '0'))

/** The index at which `element` goes in: its place in a list that is in order, else the end. */
export function sortedPlace(list: 'clusters' | 'services', elements: readonly unknown[], element: unknown): number {
  // One element is in every order, and so says nothing about what its owner wants.
  if (elements.length < 2) return elements.length
  for (const order of ORDERS[list]) {
    for (const key of [(e: unknown) => natural(order(e)), order]) {
      const keys = elements.map(key)
      if (!keys.every((k, i) => i === 0 || (keys[i - 1] ?? '') <= k)) continue
      const after = keys.findIndex((k) => k > key(element))
      return after === -1 ? elements.length : after
    }
  }
  return elements.length
}

function field(element: unknown, name: string): string {
  if (typeof element !== 'object' || element === null) return ''
  const value = (element as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
