/** Objects are merged key by key, lists and plain values replaced: what is said closer wins. */
export function withDefaults<T extends object>(said: T, defaults: object | undefined): T {
  if (defaults === undefined) return said
  const merged: Record<string, unknown> = { ...defaults }
  for (const [key, value] of Object.entries(said)) {
    const fallback = merged[key]
    merged[key] = isObject(value) && isObject(fallback) ? withDefaults(value, fallback) : value
  }
  return merged as T
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
