/** Maps whose keys are the user's own: half of one and half of another would select nothing, so they are replaced. */
const WHOLE: ReadonlySet<string> = new Set(['selector', 'labels'])

/** Objects are merged key by key; lists, plain values and maps of labels are replaced: what is said closer wins. */
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
