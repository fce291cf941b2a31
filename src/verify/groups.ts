/** Values that should agree. */

/** The items by key, the largest group first; of equal ones the one that was met first. */
export function groupsOf<T>(items: readonly T[], keyOf: (item: T) => string): (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length)
}
