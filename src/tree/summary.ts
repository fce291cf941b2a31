/** What a change means for the objects of each cluster, in a few lines for a commit message. */
import { difference, type Part } from './difference.ts'
import type { FileTree } from './file-tree.ts'

/** Texts of the files that differ; one that is added has none before, one that is deleted none after. */
export interface TextChange {
  readonly before: FileTree
  readonly after: FileTree
}

/** With more of them, a cluster's objects are counted and not named. */
const NAMED_MAX = 6

interface Item {
  readonly kind: string
  readonly name: string
  readonly what: string
}

/** One line for each cluster: `cluster-1: ServiceEntry svc-3.bar added, ConfigMap coredns changed`. */
export function changeSummary({ before, after }: TextChange): string[] {
  return difference(before, after).parts.map(
    (part) => `${part.cluster || 'all clusters'}: ${describe(part).join(', ')}`,
  )
}

function describe({ cluster, objects, files }: Part): string[] {
  const items: Item[] = [
    ...objects.map(({ kind, object }) => ({ kind: object.kind, name: object.name, what: kind })),
    ...files.map(({ kind, path }) => ({ kind: FILE, name: path.replace(`clusters/${cluster}/`, ''), what: kind })),
  ]
  if (items.length <= NAMED_MAX) return items.map(named)
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    // Values of two charts are no two of a kind.
    const key = item.kind === VALUES ? named(item) : `${item.kind} ${item.what}`
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    if (more.length === 0) return [named(first)]
    const files = objects.length > 0 ? 'other files' : 'files'
    return [`${String(more.length + 1)} ${first.kind === FILE ? files : pluralOf(first.kind)} ${first.what}`]
  })
}

const FILE = 'file'
/** Not a kind of Kubernetes: how the values of a chart are compared. */
const VALUES = 'Values'

function named({ kind, name, what }: Item): string {
  return kind === VALUES ? `${name} values ${what}` : `${kind} ${name} ${what}`
}

function pluralOf(kind: string): string {
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`
  return /(?:s|x|z|ch|sh)$/.test(kind) ? `${kind}es` : `${kind}s`
}
