/** Looks into values that came out of YAML and may be anything at all. */
export type Fields = Readonly<Record<string, unknown>>

/** The value as a map; an empty one when it is something else. */
export function fieldsOf(value: unknown): Fields {
  return isMap(value) ? value : {}
}

export function isMap(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The value as a list; an empty one when it is something else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Empty when it is no text: what is compared with it then differs. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The value as a list of texts; undefined when it is no list, or something else is in it. */
export function textsOf(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : undefined
}

/** The value at the end of a path of keys; undefined where there is none. */
export function fieldAt(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inner, key) => (isMap(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value)
}

/** A value for a message: short, on one line. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  let text: string
  try {
    text = typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value)
  } catch {
    // Aliases can make a value contain itself.
    text = typeof value
  }
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '·')
  return line === '' ? 'an empty text' : line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line
}

const SHOWN_MAX = 120
