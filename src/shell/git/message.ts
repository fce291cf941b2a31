/** The commit message: subject, what changed where, trailers (read again by lineage.ts). */
import type { Changes } from './changes.ts'

export interface MessageParts {
  readonly mesh: string
  readonly source: string
  readonly version: string
  readonly changes: Changes
  /** Lines of the body in place of the count for each folder. */
  readonly summary?: readonly string[]
}

const LINES_MAX = 20

export function commitMessage(parts: MessageParts): string {
  const { mesh, source, version, changes } = parts
  const paths = [...changes.added, ...changes.modified, ...changes.deleted]
  const clusters = new Set(paths.flatMap((path) => /^clusters\/([^/]+)\//.exec(path)?.[1] ?? []))
  const subject = `mesh ${mesh}: render ${source.slice(0, 7)} (${counted(clusters.size, 'cluster')}, ${counted(paths.length, 'file')} changed)`
  const lines = (parts.summary ?? folderLines(changes)).map((line) => line.replaceAll(/\s+/g, ' ').trim())
  const shown = lines.filter((line) => line !== '').slice(0, LINES_MAX)
  const more = lines.length - shown.length
  const body = [...shown, ...(more > 0 ? [`and ${String(more)} more`] : [])]
  const trailers = [`Mesh-Name: ${mesh}`, `Mesh-Source-Commit: ${source}`, `Generated-by: meshwright ${version}`]
  return [[subject], body, trailers]
    .filter((paragraph) => paragraph.length > 0)
    .map(join)
    .join('\n')
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

function folderLines(changes: Changes): string[] {
  const folders = new Map<string, Record<keyof Changes, number>>()
  for (const kind of ['added', 'modified', 'deleted'] as const) {
    for (const path of changes[kind]) {
      const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '.'
      const counts = folders.get(folder) ?? { added: 0, modified: 0, deleted: 0 }
      counts[kind] += 1
      folders.set(folder, counts)
    }
  }
  return [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, counts]) => {
      const said = (['added', 'modified', 'deleted'] as const).filter((kind) => counts[kind] > 0)
      return `${folder}: ${said.map((kind) => `${String(counts[kind])} ${kind}`).join(', ')}`
    })
}

function counted(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? '' : 's'}`
}
