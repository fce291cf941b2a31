/** Status of trust as text, Markdown and JSON. */
import { printable } from './printable.ts'
import { day } from '../trust/days.ts'
import { isDue, type Ending } from '../trust/expiry.ts'
import type { ClusterStatus, RootStatus, TrustStatus } from '../trust/status.ts'

export function textStatus(status: TrustStatus): string {
  const { roots, clusters, next, wait, limits, endings } = status
  return [
    ...aligned([ROOT_HEAD, ...roots.map(rootRow)]),
    '',
    ...aligned([CLUSTER_HEAD, ...clusters.map(clusterRow)]),
    ...section('ends soon', endings.filter(isDue).map(endingText)),
    ...section('limits', limits),
    ...section('wait for', wait),
    ...section('next', next.length > 0 ? next : ['nothing: no change is under way']),
    '',
  ].join('\n')
}

export function markdownStatus(status: TrustStatus): string {
  const { mesh, roots, clusters, next, wait, limits, endings } = status
  const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
    [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`)
  const list = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', `**${title}**`, '', ...lines.map((line) => `- ${cell(line)}`)]
  return [
    `### Trust of mesh ${cell(mesh)}`,
    '',
    ...table(ROOT_HEAD, roots.map(rootRow)),
    '',
    ...table(CLUSTER_HEAD, clusters.map(clusterRow)),
    ...list('ends soon', endings.filter(isDue).map(endingText)),
    ...list('limits', limits),
    ...list('wait for', wait),
    ...list('next', next.length > 0 ? next : ['nothing: no change is under way']),
    '',
  ].join('\n')
}

export function jsonStatus(status: TrustStatus): string {
  const { step, endings, ...rest } = status
  const all = { ...rest, stage: step.kind, endings: endings.map((ending) => ({ ...ending, due: isDue(ending) })) }
  return `${JSON.stringify(all, null, 2)}\n`
}

const ROOT_HEAD = ['ROOT', 'STATE', 'UNTIL', 'TRUSTED BY', 'SIGNS', 'FINGERPRINT']
const CLUSTER_HEAD = ['CLUSTER', 'GENERATION', 'SIGNED BY', 'TRUSTS', 'UNTIL']

function rootRow({ id, state, until, trustedBy, signs, fingerprint }: RootStatus): string[] {
  const names = (all: readonly string[]): string => all.join(',') || '-'
  return [id, state, until ? day(until) : 'not made', names(trustedBy), names(signs), fingerprint ?? '-']
}

function clusterRow({ name, removed, generation, root, trusts, until, pending }: ClusterStatus): string[] {
  const asked = pending === undefined ? '' : ` (${pending} asked for)`
  const last = until ? day(until) : '-'
  return [
    name,
    `${generation ?? '-'}${asked}`,
    root ?? '-',
    trusts?.join(',') ?? '-',
    removed ? `${last} (removed)` : last,
  ]
}

const WHAT: Readonly<Record<Ending['what'], string>> = {
  root: 'root',
  intermediate: 'intermediate of',
  crl: 'CRL of root',
  'sealing-certificate': 'sealing certificate of',
}
const REMEDY: Readonly<Record<Ending['what'], (of: string) => string>> = {
  root: () => 'begin now: meshwright trust rotate root',
  intermediate: (of) => `meshwright trust rotate intermediate ${of}`,
  crl: () => 'the root signs a new one at its next use',
  'sealing-certificate': () => 'fetch the present one with kubeseal --fetch-cert; what is sealed stays as it is',
}

function endingText({ what, of, date, days }: Ending): string {
  const when = days < 0 ? `ended on ${day(date)}` : `ends on ${day(date)}, in ${days} days`
  return `${WHAT[what]} ${of} ${when}: ${REMEDY[what](of)}`
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)]
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => (row[i] ?? '').length)))
  return rows.map((row) =>
    row
      .map((text, i) => text.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** Nothing in it is taken for markup, or calls anybody. */
function cell(text: string): string {
  return printable(text, 1000).replaceAll(/[\\`*_[\]<>|@#]/g, String.raw`\$&`)
}
