/** Stands in for the arguments of a message, so that a message can be shown where there is no occurrence of it. */

/** Arguments whose value decides between two messages; the usual one is shown. */
const UNUSUAL = new Set<string | symbol>(['removed'])

/** For each name that is asked for, a value that shows as `<name>`. */
export function standIns(): Record<string, unknown> {
  return new Proxy({}, { get: (_target, name) => (UNUSUAL.has(name) ? false : standIn(`<${String(name)}>`)) })
}

/** Behaves as text, number or list, as far as messages use them. */
function standIn(shown: string): object {
  return {
    length: 1,
    join: () => shown,
    map: (each: (value: unknown) => unknown) => [each(shown)],
    includes: () => false,
    toJSON: () => shown,
    toString: () => shown,
    // `${value}` asks for a string; `value + 1` does not say what it wants, and `value > 1` wants a number.
    [Symbol.toPrimitive]: (hint: string) => (hint === 'string' ? shown : hint === 'number' ? Number.NaN : `${shown}+`),
  }
}
