/** The commit message: subject, what changed, trailers (read again by lineage.ts). */
import type { Changes } from './changes.ts'

export interface MessageParts {
  readonly mesh: string
  readonly source: string
  /** Path of the mesh file from the root of the repository. */
  readonly file?: string
  readonly version: string
  readonly changes: Changes
  /** Lines of the body. */
  readonly summary: readonly string[]
  /** Further trailers. */
  readonly trailers?: readonly string[]
}

const LINES_MAX = 20
const LINE_CHARACTERS_MAX = 300

export function commitMessage(parts: MessageParts): string {
  const { mesh, source, version, changes, summary } = parts
  const paths = [...changes.added, ...changes.modified, ...changes.deleted]
  const subject = `mesh ${mesh}: render ${source.slice(0, 7)} (${paths.length === 0 ? 'nothing changed' : countsOf(paths)})`
  const trailers = [
    `Mesh-Name: ${mesh}`,
    `Mesh-Source-Commit: ${source}`,
    ...(parts.file === undefined ? [] : [`Mesh-Source-File: ${encoded(parts.file)}`]),
    `Generated-by: meshwright ${version}`,
    ...(parts.trailers ?? []).map(oneLine),
  ]
  return paragraphs([subject], bodyOf(summary), trailers)
}

/** Without commas, which part the values of a trailer where they are read. */
function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** `2 clusters, 5 files changed` */
export function countsOf(paths: readonly string[]): string {
  const clusters = new Set(paths.flatMap((path) => /^clusters\/([^/]+)\//.exec(path)?.[1] ?? []))
  return `${counted(clusters.size, 'cluster')}, ${counted(paths.length, 'file')} changed`
}

/** Not more than a person reads. */
export function bodyOf(summary: readonly string[]): string[] {
  const lines = summary.map(oneLine).filter((line) => line !== '')
  const shown = lines
    .slice(0, LINES_MAX)
    .map((line) => (line.length > LINE_CHARACTERS_MAX ? `${line.slice(0, LINE_CHARACTERS_MAX)} …` : line))
  const more = lines.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${String(more)} more`] : [])]
}

/** What is left out when it is empty, and set apart by an empty line otherwise. */
export function paragraphs(...parts: readonly (readonly string[])[]): string {
  return parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => `${line}\n`).join(''))
    .join('\n')
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

function counted(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? '' : 's'}`
}
