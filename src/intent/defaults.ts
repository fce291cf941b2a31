/** Where half of one and half of another would make no sense: maps whose keys are the user's own, and ways that exclude each other. */
const WHOLE: ReadonlySet<string> = new Set(['selector', 'labels', 'loadBalancer'])

/** Objects are merged key by key; lists, plain values and what is WHOLE are replaced: what is said closer wins. */
export function withDefaults<T extends object>(said: T, defaults: object | undefined): T {
  if (defaults === undefined) return said
  const merged: Record<string, unknown> = { ...defaults }
  for (const [key, value] of Object.entries(said)) {
    const fallback = merged[key]
    const merge = isObject(value) && isObject(fallback) && !WHOLE.has(key)
    merged[key] = merge ? withDefaults(value, fallback) : value
  }
  return merged as T
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
