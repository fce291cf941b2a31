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
    ...files.map(({ kind, path }) => ({ kind: 'file', name: path.replace(`clusters/${cluster}/`, ''), what: kind })),
  ]
  if (items.length <= NAMED_MAX) return items.map(({ kind, name, what }) => `${kind} ${name} ${what}`)
  const counts = new Map<string, number>()
  for (const { kind, what } of items) counts.set(`${kind} ${what}`, (counts.get(`${kind} ${what}`) ?? 0) + 1)
  return [...counts].map(([words, count]) => `${String(count)} ${words}`)
}
