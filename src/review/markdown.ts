/**
 * A review as the comment of a pull request. Names in it may be anybody's, so nothing of them is taken for markup, and
 * nobody is called by them.
 */
import { noPaint } from '../diagnostics/paint.ts'
import type { Part } from '../tree/difference.ts'
import { CLASSES, classOf, sentenceOf, type Consequence } from './consequence.ts'
import { isNothing, type Review } from './review.ts'
import { consentText, partLines, partTitle, summaryOf } from './text.ts'

/** Bytes. GitHub takes 65,536 characters for a comment, GitLab 1,000,000; the rest is for what a user puts around it. */
export const MARKDOWN_BYTES_MAX = 60_000
/** What follows of a change is worth more than its fields, but not everything either. */
const CONSEQUENCES_BYTES_MAX = 30_000
const LEFT_OUT_BYTES_MAX = 2_000

export function markdownReview(review: Review): string {
  const { mesh, against, consequences, tasks, consent, difference } = review
  const title = `### Mesh ${code(mesh)} against ${code(against)}\n`
  if (isNothing(review)) return `${title}\nNothing changes.\n`
  const head = [
    title,
    `${summaryOf(review)}\n`,
    ...(consent === undefined ? [] : [`> **${plain(consentText(consent))}**\n`]),
    ...consequenceLines(consequences),
    ...(tasks.length === 0
      ? []
      : [cut(['**to do, by `generate`**\n', ...tasks.map((t) => `- ${plain(t)}`)], 10_000), '']),
  ].join('\n')
  let text = head
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

function consequenceLines(consequences: readonly Consequence[]): string[] {
  const lines = CLASSES.flatMap((name) => {
    const own = consequences.filter((c) => classOf(c) === name)
    return own.length === 0 ? [] : [`**${name}**\n`, ...own.map((c) => `- ${sentenceOf(c, code)}`), '']
  })
  return [cut(lines, CONSEQUENCES_BYTES_MAX)]
}

/** Undefined when not even its title fits. */
function details(part: Part, bytes: number): string | undefined {
  const lines = partLines(part, noPaint).map((line) => line.slice(2))
  const title = `${partTitle(part)} (${part.objects.length} objects)`
  const fence = fenceFor(lines)
  const frame = `<details><summary>${html(title)}</summary>\n\n${fence}diff\n\n${fence}\n\n</details>\n`
  if (bytesOf(frame) + 100 > bytes) return undefined
  const body = cut(
    lines.map((line) => line.replace(/^~/, '!')),
    bytes - bytesOf(frame),
  )
  return `<details><summary>${html(title)}</summary>\n\n${fence}diff\n${body}\n${fence}\n\n</details>\n`
}

/** As many lines as there is room for, and a line that says how many are left out. */
function cut(lines: readonly string[], bytes: number): string {
  let size = 0
  const fitting = lines.findIndex((line) => (size += bytesOf(line) + 1) > bytes - 60)
  if (fitting < 0) return lines.join('\n')
  return [...lines.slice(0, fitting), `... and ${lines.length - fitting} lines more`].join('\n')
}

/** Longer than any run of backticks within, so that nothing ends it early (CommonMark, fenced code blocks). */
function fenceFor(lines: readonly string[]): string {
  const runs = lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length)
  return '`'.repeat(Math.max(2, ...runs) + 1)
}

/** A name as code, whatever is in it. */
function code(name: string): string {
  const line = name.replaceAll(/\s+/g, ' ')
  const fence = fenceFor([line]).slice(line.includes('`') ? 0 : 2)
  return line.includes('`') ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`
}

/** A text without markup; a mention is cut in two by an empty comment. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~]/g, (c) => `\\${c}`).replaceAll('@', '@<!-- -->')
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('@', '&#64;<!-- -->')
}

function bytesOf(text: string): number {
  return Buffer.byteLength(text)
}
