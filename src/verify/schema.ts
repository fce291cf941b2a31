/** Words in which shapes are told. */

export type Schema = object | true

/** An object with these fields and no others; those whose names end with `?` may be absent. */
export function closed(fields: Readonly<Record<string, Schema>>): object {
  const names = Object.keys(fields)
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(fields).map(([name, schema]) => [name.replace('?', ''), schema])),
    required: names.filter((name) => !name.endsWith('?')),
    additionalProperties: false,
  }
}
