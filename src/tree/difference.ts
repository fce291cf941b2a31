/** What differs between two outputs: objects and their fields, not lines. */
import { fieldChanges, type FieldChange } from './fields.ts'
import type { FileTree } from './file-tree.ts'
import { idOf, objectsIn, type TreeObject } from './objects.ts'
import { veiled } from './veil.ts'

export interface ObjectChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** As it is now; as it was, when it is removed. */
  readonly object: TreeObject
  readonly before?: TreeObject
  /** Only of what is changed. */
  readonly fields: readonly FieldChange[]
}

/** A file that holds no objects. */
export interface FileChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** Relative to the output folder. */
  readonly path: string
}

export interface Part {
  /** Name of a cluster; empty for what belongs to none. */
  readonly cluster: string
  /** Removed ones first, then in the order of their files. */
  readonly objects: readonly ObjectChange[]
  readonly files: readonly FileChange[]
}

export interface Difference {
  /** Clusters of which nothing is left, and those of which there was nothing. */
  readonly clusters: { readonly added: readonly string[]; readonly removed: readonly string[] }
  /** Parts that differ, sorted by cluster. */
  readonly parts: readonly Part[]
  /** Files of objects whose text differs, though none of their objects does. */
  readonly rewritten: readonly string[]
}

/** Only files that differ are parsed. */
export function difference(before: FileTree, after: FileTree): Difference {
  const [old, now] = [clustersOf(before), clustersOf(after)]
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path))
  const byCluster = new Map<string, string[]>()
  for (const path of paths.sort()) {
    const known = byCluster.get(appliedTo(path))
    if (known === undefined) byCluster.set(appliedTo(path), [path])
    else known.push(path)
  }
  const compared = [...byCluster.keys()].sort().map((cluster) => {
    return partOf(cluster, byCluster.get(cluster) ?? [], { before, after })
  })
  return {
    clusters: {
      added: [...now].filter((name) => !old.has(name)).sort(),
      removed: [...old].filter((name) => !now.has(name)).sort(),
    },
    parts: compared.map(({ part }) => part).filter(({ objects, files }) => objects.length + files.length > 0),
    rewritten: compared.flatMap(({ rewritten }) => rewritten),
  }
}

/** Cluster that the objects of a file are for: the same names stand in the file of each cluster for Flux. */
function appliedTo(path: string): string {
  return /^flux\/([^/]+)\.yaml$/.exec(path)?.[1] ?? clusterOf(path)
}

export function clusterOf(path: string): string {
  return /^clusters\/([^/]+)\//.exec(path)?.[1] ?? ''
}

function clustersOf(tree: FileTree): Set<string> {
  return new Set([...tree.keys()].map(clusterOf).filter((name) => name !== ''))
}

function partOf(
  cluster: string,
  paths: readonly string[],
  { before, after }: { readonly before: FileTree; readonly after: FileTree },
): { readonly part: Part; readonly rewritten: readonly string[] } {
  // All at once, since an object that moves from one file to another is the same object.
  const old = new Map<string, TreeObject>()
  const now = new Map<string, TreeObject>()
  const files: FileChange[] = []
  const holders = new Map<string, readonly string[]>()
  for (const path of paths) {
    const [was, is] = [objectsAt(before, path), objectsAt(after, path)]
    for (const [id, object] of was) old.set(id, object)
    for (const [id, object] of is) now.set(id, object)
    if (was.size + is.size > 0) holders.set(path, [...was.keys(), ...is.keys()])
    else files.push({ kind: !before.has(path) ? 'added' : after.has(path) ? 'changed' : 'removed', path })
  }
  const removed = [...old.values()].filter((object) => !now.has(idOf(object)))
  const objects = [
    ...removed.map((object): ObjectChange => ({ kind: 'removed', object, before: object, fields: [] })),
    ...[...now.values()].flatMap((object) => changeOf(old.get(idOf(object)), object)),
  ]
  const changed = new Set(objects.map(({ object }) => idOf(object)))
  const rewritten = [...holders].filter(([, ids]) => !ids.some((id) => changed.has(id))).map(([path]) => path)
  return { part: { cluster, objects, files }, rewritten }
}

function objectsAt(tree: FileTree, path: string): ReadonlyMap<string, TreeObject> {
  const text = tree.get(path)
  if (text === undefined || isIndex(path) || !/\.ya?ml$/.test(path)) return new Map()
  // Values for a Helm chart are no object of Kubernetes, but their fields are as much worth a look.
  const chart = CHARTS.get(/^clusters\/[^/]+\/istio\/([^/]+)$/.exec(path)?.[1] ?? '')
  if (chart === undefined) return objectsIn(text)
  const head = `apiVersion: values\nkind: Values\nmetadata: { name: ${chart} }\nspec:\n`
  return objectsIn(`${head}${text.replaceAll(/^(?=[^\n])/gm, '  ')}`)
}

/** Charts by the file with their values; an IstioOperator is no object that is applied, either. */
const CHARTS: ReadonlyMap<string, string> = new Map([
  ['values.yaml', 'istiod'],
  ['gateway-values.yaml', 'gateway'],
  ['istio-operator.yaml', 'istio-operator'],
])

/** An index of Kustomize says nothing that its files do not say. */
export function isIndex(path: string): boolean {
  return path.endsWith('/kustomization.yaml')
}

function changeOf(before: TreeObject | undefined, object: TreeObject): ObjectChange[] {
  if (before === undefined) return [{ kind: 'added', object, fields: [] }]
  const all = fieldChanges(before.fields, object.fields)
  const fields = isCoreDns(object) ? withoutPlugins(all) : all
  return fields.length === 0
    ? []
    : [{ kind: 'changed', object, before, fields: fields.map((field) => veiled(object.kind, field)) }]
}

function isCoreDns({ kind, name }: TreeObject): boolean {
  return kind === 'ConfigMap' && name.startsWith('coredns')
}

/** Lines of a Corefile may hold credentials in any form, so that those alone are shown that name a host. */
function withoutPlugins(fields: readonly FieldChange[]): FieldChange[] {
  const isData = ({ path }: FieldChange): boolean => path.startsWith('data.')
  const isRecord = ({ before, after }: FieldChange): boolean =>
    /^[0-9a-f.:]+( [a-z0-9.-]+)+$/i.test(String(after ?? before))
  const others = fields.filter((field) => isData(field) && !isRecord(field))
  if (others.length === 0) return [...fields]
  const [gone, come] = [
    others.filter(({ before }) => before !== undefined),
    others.filter(({ after }) => after !== undefined),
  ]
  const counted = { path: 'data, other lines', before: `${gone.length} gone`, after: `${come.length} new` }
  return [...fields.filter((field) => !others.includes(field)), counted]
}

/** Removing more different objects than this is asked for expressly, and so is removing a whole cluster. */
export const REMOVED_MAX = 20

/**
 * What is only removed with the user's express consent; undefined when there is no such thing. One host that many
 * clusters lose counts once, since a reviewer sees one host go.
 */
export function tooMuchRemoved({ clusters, parts }: Difference): string | undefined {
  if (clusters.removed.length > 0) return `the whole output of ${named(clusters.removed)}`
  const removed = parts.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'removed'))
  const count = new Set(removed.map(({ object }) => idOf(object))).size
  return count > REMOVED_MAX ? `${count} different objects` : undefined
}

/** A message names no more clusters than this. */
const NAMED_MAX = 10

function named(clusters: readonly string[]): string {
  const more = clusters.length > NAMED_MAX ? ` and ${clusters.length - NAMED_MAX} more` : ''
  return `${clusters.slice(0, NAMED_MAX).join(', ')}${more}`
}
