/** What `explain` prints: text for a terminal. */
import { stringify } from 'yaml'
import type { CodePage } from './codes.ts'
import { counterpart, defaultsPath, type Field } from './fields.ts'
import { indented, wrapped } from './text.ts'

const WIDTH = 80

export function codeText({ code, severity, title, message, help, explanation, example }: CodePage): string {
  const parts = [`${code} (${severity}): ${title}`, ...(explanation === undefined ? [] : [wrapped(explanation, WIDTH)])]
  if (example === undefined) parts.push(`message:\n${indented(wrapped(message, WIDTH - 2))}`)
  else parts.push(`example:\n${indented(example)}`)
  if (help !== undefined) parts.push(`what to do:\n${indented(wrapped(help, WIDTH - 2))}`)
  return `${parts.join('\n\n')}\n`
}

export function fieldText(field: Field, fields: readonly Field[]): string {
  const { path, description, example, children } = field
  const parts = [`${path}\n${indented(kindOf(field))}`, wrapped(description, WIDTH)]
  const [also, original] = [defaultsPath(path), counterpart(path)]
  if (fields.some((f) => f.path === also)) parts.push(`Can be said once for all, as ${also}.`)
  if (fields.some((f) => f.path === original)) parts.push(`Holds wherever ${original} is not given.`)
  const below = children.flatMap((name) => fields.filter((f) => f.path === childPath(path, name, fields)))
  if (below.length > 0) {
    const width = Math.max(...children.map((name) => name.length)) + 2
    const lines = below.map(({ path: at, description: text }) => {
      const [first = '', ...rest] = wrapped(firstSentence(text), WIDTH - 2 - width).split('\n')
      const name = (at.split('.').at(-1) ?? '').padEnd(width)
      return [name + first, ...rest.map((line) => ' '.repeat(width) + line)].join('\n')
    })
    parts.push(`fields:\n${indented(lines.join('\n'))}`)
  } else if (example !== undefined) {
    parts.push(`example:\n${indented(snippet(path, example).trimEnd())}`)
  }
  return `${parts.join('\n\n')}\n`
}

/** `list of strings, required, at least 1` */
export function kindOf({ type, required, allowed, constraints, default: fallback }: Field): string {
  return [
    allowed.length > 0 ? `${allowed.length === 1 ? 'only' : 'one of'} ${allowed.join(', ')}` : type,
    ...(required ? ['required'] : []),
    ...constraints,
    ...(fallback === undefined ? [] : [`default: ${fallback}`]),
  ].join(', ')
}

/** Path of a field below another one, which may be a list. */
function childPath(path: string, name: string, fields: readonly Field[]): string {
  return fields.some((f) => f.path === `${path}[].${name}`) ? `${path}[].${name}` : `${path}.${name}`
}

/** The value where it stands in a mesh file. */
function snippet(path: string, value: unknown): string {
  const nested = path
    .split('.')
    .reverse()
    .reduce<unknown>(
      (inner, step) => (step.endsWith('[]') ? { [step.slice(0, -2)]: [inner] } : { [step]: inner }),
      value,
    )
  return stringify(nested, { lineWidth: 0 })
}

export function firstSentence(text: string): string {
  return /^.+?\.(?= |$)/.exec(text)?.[0] ?? text
}
