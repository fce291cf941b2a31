/** A review for people: what follows from it first, then every object by cluster. */
import type { Paint } from '../diagnostics/paint.ts'
import type { ObjectChange, Part } from '../tree/difference.ts'
import type { FieldChange } from '../tree/fields.ts'
import { titleOf } from '../tree/objects.ts'
import { CLASSES, classOf, sentenceOf } from './consequence.ts'
import { isNothing, type Review } from './review.ts'

export function textReview(review: Review, paint: Paint): string {
  if (isNothing(review)) return `mesh ${review.mesh}: nothing changes against ${review.against}\n`
  const { mesh, against, consequences, tasks, consent, difference } = review
  const sections = [
    [`mesh ${mesh} against ${against}: ${summaryOf(review)}`],
    ...CLASSES.map((name) => {
      const own = consequences.filter((c) => classOf(c) === name)
      const color = name === 'removes' || name === 'moves' ? paint.red : name === 'widens' ? paint.yellow : paint.bold
      return own.length === 0 ? [] : [color(name), ...own.map((c) => `  ${sentenceOf(c)}`)]
    }),
    tasks.length === 0 ? [] : [paint.bold('to do, by generate'), ...tasks.map((task) => `  ${task}`)],
    consent === undefined ? [] : [paint.red(consentText(consent))],
    ...difference.parts.map((part) => [paint.bold(partTitle(part)), ...partLines(part, paint)]),
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

export function consentText(what: string): string {
  return `${what} would be removed: generate does that with --allow-delete only`
}

/** `3 objects added, 1 changed in 2 clusters` */
export function summaryOf({ difference: { parts } }: Review): string {
  const count = (kind: ObjectChange['kind']): number =>
    parts.reduce((sum, { objects }) => sum + objects.filter((o) => o.kind === kind).length, 0)
  const counts = (['removed', 'added', 'changed'] as const)
    .map((kind) => [count(kind), kind] as const)
    .filter(([n]) => n > 0)
    .map(([n, kind], i) => (i === 0 ? `${n} object${n === 1 ? '' : 's'} ${kind}` : `${n} ${kind}`))
  const clusters = parts.filter(({ cluster }) => cluster !== '').length
  const where = clusters === 0 ? '' : ` in ${clusters} cluster${clusters === 1 ? '' : 's'}`
  return counts.length === 0 ? `no object changes${where}` : `${counts.join(', ')}${where}`
}

export function partTitle({ cluster }: Part): string {
  return cluster === '' ? 'for all clusters' : cluster
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const

export function partLines({ objects, files }: Part, paint: Paint): string[] {
  const color = { added: paint.green, removed: paint.red, changed: paint.yellow }
  const others = files.filter(({ path }) => !path.endsWith('/kustomization.yaml'))
  return [
    ...objects.flatMap(({ kind, object, fields }) => [
      `  ${color[kind](SIGNS[kind])} ${titleOf(object)}`,
      ...fields.map((field) => `      ${fieldLine(field)}`),
    ]),
    ...others.map(({ kind, path }) => `  ${color[kind](SIGNS[kind])} ${path}`),
  ]
}

function fieldLine({ path, before, after }: FieldChange): string {
  if (before === after) return `${path}: ${shown(after)} again`
  if (before === undefined) return `${path}: + ${shown(after)}`
  if (after === undefined) return `${path}: - ${shown(before)}`
  return `${path}: ${shown(before)} -> ${shown(after)}`
}

const SHOWN_MAX = 160

/** On one line, without anything that a terminal would obey. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '·')
  return line.length > SHOWN_MAX ? `${line.slice(0, SHOWN_MAX)}…` : line
}
