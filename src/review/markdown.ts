/**
 * A review as the comment of a pull request. Names in it may be anybody's, so nothing of them is taken for markup, and
 * nobody is called by them.
 */
import { noPaint } from '../diagnostics/paint.ts'
import type { Part } from '../tree/difference.ts'
import { CLASSES, classOf, sentenceOf, type Consequence, type ConsequenceClass } from './consequence.ts'
import { printable } from './printable.ts'
import { isNothing, type Review } from './review.ts'
import { CLUSTERS_MAX, consentText, partBlocks, partTitle, rewrittenText, summaryOf } from './text.ts'

/** Bytes. GitHub takes 65,536 characters for a comment, GitLab 1,000,000; the rest is for what a user puts around it. */
export const MARKDOWN_BYTES_MAX = 60_000
/** What follows of a change is worth more than its fields, but not everything either. */
const CONSEQUENCES_BYTES_MAX = 30_000
const TASKS_BYTES_MAX = 10_000
/** What even names that nobody could have given leave to the details. */
const HEAD_BYTES_MAX = 50_000
const LEFT_OUT_BYTES_MAX = 2_000

export function markdownReview(review: Review): string {
  const { mesh, against, consequences, tasks, consent, difference, rewritten } = review
  const title = `### Mesh ${code(mesh)} against ${code(against)}\n`
  if (isNothing(review)) return `${title}\nNothing changes.\n`
  const lines = [
    title,
    `${summaryOf(review)}\n`,
    ...(consent === undefined ? [] : [`> **${plain(consentText(consent))}**\n`]),
    ...consequenceLines(consequences),
    ...(tasks.length === 0
      ? []
      : [cut(['**to do, by `generate`**\n', ...tasks.map((t) => `- ${plain(t)}`)], TASKS_BYTES_MAX), '']),
    ...(rewritten.length === 0 ? [] : [`${rewrittenText(rewritten)}.\n`]),
  ]
  let text = cut(lines.join('\n').split('\n'), HEAD_BYTES_MAX)
  for (const [i, part] of difference.parts.entries()) {
    const left = MARKDOWN_BYTES_MAX - bytesOf(text) - LEFT_OUT_BYTES_MAX - 100
    const block = details(part, left)
    if (block === undefined) {
      const rest = difference.parts.slice(i).map((p) => code(partTitle(p)))
      return `${text}\n${cut([`Left out, since a comment has no room for it: ${rest.length} more, with`, ...rest], LEFT_OUT_BYTES_MAX)}\n`
    }
    text += `\n${block}`
  }
  return text
}

/** How many sentences of a kind, and clusters in a sentence, are tried until they fit: no kind is left out whole. */
const SIZES: readonly (readonly [sentences: number, clusters: number])[] = [
  [Number.MAX_SAFE_INTEGER, CLUSTERS_MAX],
  [400, CLUSTERS_MAX],
  [200, CLUSTERS_MAX],
  [100, CLUSTERS_MAX],
  [30, 5],
  [10, 3],
  [3, 3],
  [1, 3],
]

function consequenceLines(consequences: readonly Consequence[]): string[] {
  const tried = SIZES.map(([sentences, clusters]) => () => {
    return CLASSES.flatMap((name) => classLines(name, consequences, sentences, clusters))
  })
  for (const lines of tried) if (bytesOf(lines().join('\n')) <= CONSEQUENCES_BYTES_MAX) return lines()
  return tried.at(-1)?.() ?? []
}

function classLines(
  name: ConsequenceClass,
  consequences: readonly Consequence[],
  sentences: number,
  clusters: number,
): string[] {
  const kinds = new Map<string, Consequence[]>()
  for (const consequence of consequences) {
    if (classOf(consequence) !== name) continue
    kinds.set(consequence.kind, [...(kinds.get(consequence.kind) ?? []), consequence])
  }
  if (kinds.size === 0) return []
  const told = [...kinds].flatMap(([kind, own]) => [
    ...own.slice(0, sentences).map((consequence) => `- ${sentenceOf(consequence, code, clusters)}`),
    ...(own.length > sentences ? [`- and ${own.length - sentences} more: ${kind.replace('-', ' ')}`] : []),
  ])
  return [`**${name}**\n`, ...told, '']
}

/** As many whole objects as there is room for; undefined when not even the title fits. */
function details(part: Part, bytes: number): string | undefined {
  const blocks = partBlocks(part, noPaint).map((lines) =>
    lines.map((line) => line.slice(2).replace(/^~/, '!')).join('\n'),
  )
  const title = `${partTitle(part)} (${part.objects.length} object${part.objects.length === 1 ? '' : 's'})`
  const fence = fenceFor(blocks)
  const frame = `<details><summary>${html(title)}</summary>\n\n${fence}diff\n\n${fence}\n\n</details>\n`
  if (bytesOf(frame) + 100 > bytes) return undefined
  const body = cut(blocks, bytes - bytesOf(frame), 'objects and files')
  return `<details><summary>${html(title)}</summary>\n\n${fence}diff\n${body}\n${fence}\n\n</details>\n`
}

/** As many lines as there is room for, and a line that says how many are left out. */
function cut(lines: readonly string[], bytes: number, what = 'lines'): string {
  let size = 0
  const fitting = lines.findIndex((line) => (size += bytesOf(line) + 1) > bytes - 60)
  if (fitting < 0) return lines.join('\n')
  return [...lines.slice(0, fitting), `... and ${lines.length - fitting} ${what} more`].join('\n')
}

/** Longer than any run of backticks within, so that nothing ends it early (CommonMark, fenced code blocks). */
function fenceFor(lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length)
  return '`'.repeat(Math.max(2, ...runs) + 1)
}

/** A name as code, whatever is in it. */
function code(name: string): string {
  const line = printable(name).trim() || '·'
  const fence = fenceFor([line]).slice(line.includes('`') ? 0 : 2)
  return line.includes('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}

/** A sentence with some names in it. */
const LINE_MAX = 2_000

/** A text without markup; a mention is cut in two by an empty comment. */
function plain(text: string): string {
  return printable(text, LINE_MAX)
    .replaceAll(/[\\`*_{}[\]()#+!|<>~]/g, (c) => `\\${c}`)
    .replaceAll('@', '@<!-- -->')
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '&#64;<!-- -->')
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}
