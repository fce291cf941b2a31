/** All clusters and services of an intent, from wherever they are said, with defaults. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Complaints } from './complaints.ts'
import { discover } from './discover.ts'
import type { IntentDocument } from './document.ts'
import { entryAt, layered, type Entry } from './entry.ts'
import { readIncluded } from './included.ts'
import type { Cluster, Mesh as Intent, Service } from './schema.gen.ts'
import type { Search } from './search.ts'
import type { Schemas } from './validate.ts'

/** What other files than the mesh file say. */
export interface Further {
  readonly clusters: readonly Entry<Cluster>[]
  readonly services: readonly Entry<Service>[]
  readonly discovered: readonly Entry<Service>[]
}

export const NOTHING_FURTHER: Further = { clusters: [], services: [], discovered: [] }

/**
 * Reads what the patterns of an intent found; the order of files and patterns makes no difference.
 *
 * @param found paths by search
 * @param files bytes by path
 */
export function readFurther(
  found: ReadonlyMap<Search, readonly string[]>,
  files: ReadonlyMap<string, Uint8Array>,
  document: IntentDocument,
  schemas: Schemas,
): { readonly further: Further; readonly diagnostics: readonly Diagnostic[] } {
  const bytesOf = (paths: Iterable<string>): ReadonlyMap<string, Uint8Array> =>
    new Map([...new Set(paths)].sort().flatMap((path) => (files.has(path) ? [[path, files.get(path) ?? EMPTY]] : [])))
  const searches = [...found]
  const included = readIncluded(
    bytesOf(searches.flatMap(([search, paths]) => (search.discovery === undefined ? paths : []))),
    schemas,
  )
  const discovered = searches.flatMap(([{ discovery }, paths]) =>
    discovery === undefined
      ? []
      : [
          discover({
            said: discovery.said,
            at: (...path) => document.valueAt(['discover', discovery.index, ...path]),
            files: bytesOf(paths),
          }),
        ],
  )
  return {
    further: { ...included, discovered: discovered.flatMap(({ services }) => services) },
    diagnostics: [...included.diagnostics, ...discovered.flatMap(({ diagnostics }) => diagnostics)],
  }
}

const EMPTY = new Uint8Array()

export function clustersOf(
  intent: Intent,
  document: IntentDocument,
  further: Further,
  complaints: Complaints,
): Entry<Cluster>[] {
  const here = (intent.clusters ?? []).map((said, i) => entryAt(said, document, 'clusters', i))
  const all = [...here, ...further.clusters]
  twice(
    all,
    ({ name }) => name,
    (cluster, at, related) => complaints.add(diagnose('MESH-E202', { cluster }, at, related)),
  )
  if (all.length === 0) {
    const why = 'name at least one, here or in a file of include'
    complaints.add(diagnose('MESH-E208', { owner: 'the mesh', field: 'clusters', why }, document.valueAt(['metadata'])))
  }
  const defaults = intent.defaults?.cluster
  const fallback = defaults && entryAt(defaults, document, 'defaults', 'cluster')
  return all.map((entry) => layered(entry, fallback))
}

export function servicesOf(
  intent: Intent,
  document: IntentDocument,
  further: Further,
  complaints: Complaints,
): Entry<Service>[] {
  const here = (intent.services ?? []).map((said, i) => entryAt(said, document, 'services', i))
  const listed = [...here, ...further.services]
  const refuse = (service: string, at: Place, related: Related): void =>
    complaints.add(diagnose('MESH-E203', { service }, at, related))
  twice(listed, keyOf, refuse)
  const discovered = distinct(further.discovered)
  twice(discovered, keyOf, refuse)
  const byKey = new Map(discovered.map((entry) => [keyOf(entry.said), entry]))
  const keys = new Set(listed.map(({ said }) => keyOf(said)))
  const merged = listed.map((entry) => {
    const manifest = byKey.get(keyOf(entry.said))
    if (manifest === undefined) return entry
    const [cluster = ''] = manifest.said.clusters ?? []
    if (entry.said.clusters?.includes(cluster) === false) {
      const args = { service: keyOf(entry.said), cluster, clusters: entry.said.clusters }
      const related = [{ span: manifest.at('name'), note: `exported here, of ${cluster}` }]
      complaints.add(diagnose('MESH-E136', args, entry.at('clusters', 0), related))
    }
    return layered(entry, manifest)
  })
  const defaults = intent.defaults?.service
  const fallback = defaults && entryAt(defaults, document, 'defaults', 'service')
  return [...merged, ...discovered.filter(({ said }) => !keys.has(keyOf(said)))].map((entry) =>
    layered(entry, fallback),
  )
}

function keyOf({ name, namespace }: Service): string {
  return `${name}.${namespace}`
}

type Place = ReturnType<Entry<unknown>['at']>
type Related = Diagnostic['related']

/** Calls back for each entry whose key an earlier one has, with both places. */
function twice<T>(
  entries: readonly Entry<T>[],
  key: (said: T) => string,
  complain: (key: string, at: Place, related: Related) => void,
): void {
  const first = new Map<string, Entry<T>>()
  for (const entry of entries) {
    const name = key(entry.said)
    const other = first.get(name)
    if (other === undefined) first.set(name, entry)
    else complain(name, entry.at('name'), [{ span: other.at('name'), note: 'the first one' }])
  }
}

/** Two patterns for one cluster may find the same manifest: that is one service. */
function distinct(discovered: readonly Entry<Service>[]): Entry<Service>[] {
  const seen = new Map<string, Entry<Service>>()
  for (const entry of discovered) {
    const { file, start } = entry.at('name')
    const key = JSON.stringify([entry.said.clusters, keyOf(entry.said), file, start])
    if (!seen.has(key)) seen.set(key, entry)
  }
  return [...seen.values()]
}
