/** The fields of the intent, read from its JSON Schema (draft-07), for `explain` and the reference. */

export interface Field {
  /** `clusters[].gateway.addresses` */
  readonly path: string
  /** `list of strings` */
  readonly type: string
  readonly required: boolean
  readonly description: string
  readonly default?: string
  /** The only values, where they are few. */
  readonly allowed: readonly string[]
  /** `at least 1` */
  readonly constraints: readonly string[]
  readonly example?: unknown
  /** Names of the fields below. */
  readonly children: readonly string[]
}

/** The part of JSON Schema that the schema of the intent uses. */
interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly definitions?: Readonly<Record<string, Schema>>
  readonly pattern?: string
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minProperties?: number
}

/** Where what is said once for all clusters or services stands, and where it is said for one of them. */
const DEFAULTS = [
  ['defaults.cluster', 'clusters[]'],
  ['defaults.service', 'services[]'],
] as const

/** Every field, parents before children, in the order of the schema. */
export function fieldsOf(schema: object): readonly Field[] {
  const root = schema as Schema
  const fields = [...walk(root, root, '')]
  // What a field of the defaults is like, its counterpart shows.
  return fields.map((field) => {
    const example = field.example ?? fields.find((f) => f.path === counterpart(field.path))?.example
    return example === undefined ? field : { ...field, example }
  })
}

/** `clusters[].gateway` of `defaults.cluster.gateway`. */
export function counterpart(path: string): string | undefined {
  const pair = DEFAULTS.find(([defaults]) => path.startsWith(`${defaults}.`))
  return pair === undefined ? undefined : pair[1] + path.slice(pair[0].length)
}

/** `defaults.cluster.gateway` of `clusters[].gateway`. */
export function defaultsPath(path: string): string | undefined {
  const pair = DEFAULTS.find(([, each]) => path.startsWith(`${each}.`))
  return pair === undefined ? undefined : pair[0] + path.slice(pair[1].length)
}

function* walk(root: Schema, schema: Schema, prefix: string): Generator<Field> {
  for (const variant of variantsOf(root, schema)) {
    for (const [name, property] of Object.entries(variant.properties ?? {})) {
      const at = resolve(root, property)
      const path = prefix === '' ? name : `${prefix}.${name}`
      yield toField(root, at, path, variant.required?.includes(name) === true)
      yield* walk(root, at, path)
      if (at.items !== undefined) yield* walk(root, at.items, `${path}[]`)
    }
  }
}

function resolve(root: Schema, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const target = root.definitions?.[schema.$ref.replace('#/definitions/', '')]
  if (target === undefined) throw new Error(`the schema has no ${schema.$ref}`)
  return { ...resolve(root, target), ...schema }
}

/** A schema, or what it lets one choose from. */
function variantsOf(root: Schema, schema: Schema): readonly Schema[] {
  const at = resolve(root, schema)
  const choice = at.oneOf ?? at.anyOf
  return choice === undefined ? [at] : choice.flatMap((variant) => variantsOf(root, variant))
}

function toField(root: Schema, schema: Schema, path: string, required: boolean): Field {
  const said = / ?Default: (.+)\.$/.exec(schema.description ?? '')
  const fallback = said?.[1] ?? (schema.default === undefined ? undefined : JSON.stringify(schema.default))
  const allowed = variantsOf(root, schema)
    .flatMap((v) => (v.const === undefined ? (v.enum ?? []) : [v.const]))
    .map(String)
  const example = schema.examples?.[0] ?? (isEmpty(schema.default) ? allowed[0] : schema.default)
  const below = [schema, ...(schema.items === undefined ? [] : [schema.items])].flatMap((s) => variantsOf(root, s))
  return {
    path,
    type: typeOf(root, schema),
    required,
    description: (schema.description ?? '').replace(said?.[0] ?? '', ''),
    ...(fallback !== undefined && { default: fallback }),
    allowed,
    constraints: constraintsOf(schema),
    ...(example !== undefined && { example }),
    children: [...new Set(below.flatMap((s) => Object.keys(s.properties ?? {})))],
  }
}

/** An empty list shows nothing. */
function isEmpty(value: unknown): boolean {
  return value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)
}

const NAMES: Readonly<Record<string, string>> = { integer: 'whole number', boolean: 'true or false' }
const SEVERAL: Readonly<Record<string, string>> = { 'true or false': 'truth values' }

function typeOf(root: Schema, schema: Schema): string {
  const types = variantsOf(root, schema).flatMap((variant) => {
    if (variant.type === 'array') return `list of ${entriesOf(root, variant.items)}`
    if (variant.type === 'object' && typeof variant.additionalProperties === 'object')
      return `map of ${several(typeOf(root, variant.additionalProperties))}`
    if (variant.type === undefined) return typeof (variant.const ?? variant.enum?.[0] ?? '')
    return [variant.type].flat().map((type) => NAMES[type] ?? type)
  })
  return [...new Set(types)].join(' or ')
}

/** `strings`, or the words that can stand there. */
function entriesOf(root: Schema, items: Schema = {}): string {
  const { enum: words } = resolve(root, items)
  return words === undefined ? several(typeOf(root, items)) : words.join(' or ')
}

function several(type: string): string {
  return type
    .split(' or ')
    .map((one) => SEVERAL[one] ?? `${one}s`)
    .join(' or ')
}

function constraintsOf(schema: Schema): string[] {
  const range = (min: number | undefined, max: number | undefined, unit: string): string[] => {
    if (min === undefined && max === undefined) return []
    const amount =
      max === undefined
        ? `at least ${min}`
        : min === undefined
          ? `at most ${max}`
          : min === max
            ? `exactly ${min}`
            : `${min} to ${max}`
    return [`${amount}${unit}`]
  }
  return [
    ...range(schema.minItems, schema.maxItems, ''),
    ...range(schema.minProperties, undefined, ''),
    ...(schema.minLength === 1 && schema.maxLength === undefined
      ? ['not empty']
      : range(schema.minLength, schema.maxLength, ' characters')),
    ...range(schema.minimum, schema.maximum, ''),
    ...(schema.pattern === undefined ? [] : [`matches ${schema.pattern}`]),
  ]
}
