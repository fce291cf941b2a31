/** Finds what somebody wants to have explained. */
import type { Code } from '../diagnostics/catalogue.ts'
import { suggest } from '../diagnostics/suggest.ts'
import { codesInOrder, numberOf } from './codes.ts'
import { counterpart, type Field } from './fields.ts'

export type Subject =
  | { readonly kind: 'code'; readonly code: Code }
  | { readonly kind: 'field'; readonly field: Field }
  /** Several fields end like this. */
  | { readonly kind: 'ambiguous'; readonly paths: readonly string[] }
  | { readonly kind: 'unknown'; readonly suggestion?: string }

/** @param asked a code such as `MESH-E308`, `e308` or `308`, or the path of a field or its end */
export function findSubject(asked: string, fields: readonly Field[]): Subject {
  const number = /^(?:mesh-?)?[ew]?(\d{3})$/i.exec(asked.trim())?.[1]
  const code = codesInOrder().find((c) => numberOf(c) === Number(number))
  if (code !== undefined) return { kind: 'code', code }
  // Another number would be another matter, so none is suggested.
  if (number !== undefined) return { kind: 'unknown' }
  if (/^mesh-/i.test(asked)) return unknown(suggest(asked, codesInOrder()))
  return findField(asked, fields)
}

function findField(asked: string, fields: readonly Field[]): Subject {
  const wanted = plain(asked)
  const exact = fields.find(({ path }) => plain(path) === wanted)
  if (exact !== undefined) return { kind: 'field', field: exact }
  const own = ownFields(fields)
  const ending = own.filter(({ path }) => plain(path).endsWith(`.${wanted}`))
  const [only] = ending
  if (only !== undefined && ending.length === 1) return { kind: 'field', field: only }
  if (only !== undefined) return { kind: 'ambiguous', paths: ending.map(({ path }) => path) }
  const ends = new Map(
    [...fields, ...own].flatMap(({ path }) => endsOf(plain(path)).map((end) => [end, path] as const)),
  )
  const meant = suggest(wanted, [...ends.keys()])
  return unknown(meant === undefined ? undefined : ends.get(meant))
}

/** Without those that repeat another one in the defaults. */
function ownFields(fields: readonly Field[]): Field[] {
  return fields.filter(({ path }) => !fields.some((other) => other.path === counterpart(path)))
}

function unknown(suggestion: string | undefined): Subject {
  return { kind: 'unknown', ...(suggestion !== undefined && { suggestion }) }
}

/** `clusters[0].name`, `clusters[].name` and `clusters.name` are the same. */
function plain(path: string): string {
  return path
    .trim()
    .toLowerCase()
    .replaceAll(/\[\d*\]/g, '')
    .replace(/^\./, '')
}

/** `b.c` and `c`, of `a.b.c`, and itself. */
function endsOf(path: string): string[] {
  const parts = path.split('.')
  return parts.map((_, i) => parts.slice(i).join('.'))
}
