/** A review for people: what follows from it first, then every object by cluster. */
import type { Paint } from '../diagnostics/paint.ts'
import { isIndex, type ObjectChange, type Part } from '../tree/difference.ts'
import type { FieldChange } from '../tree/fields.ts'
import { isRecord, titleOf, type TreeObject } from '../tree/objects.ts'
import { CLASSES, classOf, sentenceOf } from './consequence.ts'
import { printable } from './printable.ts'
import { isNothing, type Review } from './review.ts'

/** Clusters that a sentence names; below, and in JSON, all are named. */
export const CLUSTERS_MAX = 8

export function textReview(review: Review, paint: Paint): string {
  const { mesh, consequences, tasks, consent, difference, rewritten } = review
  const against = printable(review.against)
  if (isNothing(review)) return `mesh ${mesh}: nothing changes against ${against}\n`
  const sections = [
    [`mesh ${mesh} against ${against}: ${summaryOf(review)}`],
    ...CLASSES.map((name) => {
      const own = consequences.filter((c) => classOf(c) === name)
      const color = name === 'removes' || name === 'moves' ? paint.red : name === 'widens' ? paint.yellow : paint.bold
      return own.length === 0 ? [] : [color(name), ...own.map((c) => `  ${sentenceOf(c, printable, CLUSTERS_MAX)}`)]
    }),
    tasks.length === 0 ? [] : [paint.bold('to do, by generate'), ...tasks.map((task) => `  ${task}`)],
    consent === undefined ? [] : [paint.red(consentText(consent))],
    ...difference.parts.map((part) => [paint.bold(partTitle(part)), ...partBlocks(part, paint).flat()]),
    rewritten.length === 0 ? [] : [rewrittenText(rewritten), ...rewritten.map((path) => `  ${printable(path)}`)],
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

export function consentText(what: string): string {
  return `${printable(what, LINE_MAX)} would be removed: generate does that with --allow-delete only`
}

/** A sentence with some names in it. */
const LINE_MAX = 2_000

export function rewrittenText({ length }: readonly string[]): string {
  return length === 1
    ? '1 file is written anew, and means the same as before'
    : `${length} files are written anew, and mean the same as before`
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
  return cluster === '' ? 'for all clusters' : printable(cluster)
}

const SIGNS = { added: '+', removed: '-', changed: '~' } as const

/** One block of lines for each object and file. */
export function partBlocks({ objects, files }: Part, paint: Paint): string[][] {
  const color = { added: paint.green, removed: paint.red, changed: paint.yellow }
  const others = files.filter(({ path }) => !isIndex(path))
  // An index says nothing that its files do not say, unless they say nothing.
  const shown = objects.length + others.length === 0 ? files : others
  return [
    ...objects.map(({ kind, object, fields }) => [
      `  ${color[kind](SIGNS[kind])} ${printable(titleOf(object))}${kind === 'removed' && isKept(object) ? KEPT : ''}`,
      ...fields.map((field) => `      ${fieldLine(field)}`),
    ]),
    ...shown.map(({ kind, path }) => [`  ${color[kind](SIGNS[kind])} ${printable(path)}`]),
  ]
}

const KEPT = ' (no engine prunes it: it stays in the cluster)'

/** Both engines must keep it, since the output does not say which of them reads it. */
function isKept({ fields: { metadata } }: TreeObject): boolean {
  const annotations = isRecord(metadata) ? metadata['annotations'] : undefined
  if (!isRecord(annotations)) return false
  const options = annotations['argocd.argoproj.io/sync-options']
  const kept = typeof options === 'string' && options.split(',').includes('Prune=false')
  return kept && annotations['kustomize.toolkit.fluxcd.io/prune'] === 'Disabled'
}

function fieldLine({ path, before, after }: FieldChange): string {
  const place = printable(path)
  if (before === after) return `${place}: ${shown(after)} again`
  if (before === undefined) return `${place}: + ${shown(after)}`
  if (after === undefined) return `${place}: - ${shown(before)}`
  return `${place}: ${shown(before)} -> ${shown(after)}`
}

const VALUE_MAX = 160

function shown(value: unknown): string {
  return printable(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''), VALUE_MAX)
}
