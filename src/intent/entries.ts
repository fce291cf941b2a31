/** All clusters and services of an intent, from wherever they are said, with defaults. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Complaints } from './complaints.ts'
import { discover } from './discover.ts'
import { clusterOf, discoveredByKey, joined, judgeHeadless, judgeListed, judgeProtocols, keyOf } from './discovered.ts'
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
  const discovered = discoveredByKey(further.discovered)
  for (const manifests of discovered.values()) twice(manifests, keyOf, refuse, clusterOf)
  for (const [key, manifests] of discovered)
    judgeHeadless(listed.find(({ said }) => keyOf(said) === key)?.said, manifests, complaints)
  const merged = listed.map((entry) => {
    const manifests = discovered.get(keyOf(entry.said))
    if (manifests === undefined) return entry
    judgeListed(entry, manifests, complaints)
    judgeProtocols(entry, manifests, complaints)
    return layered(entry, joined(manifests, entry.said, complaints))
  })
  const keys = new Set(listed.map(({ said }) => keyOf(said)))
  const unlisted = [...discovered].flatMap(([key, manifests]) =>
    keys.has(key) ? [] : [joined(manifests, {}, complaints)],
  )
  const defaults = intent.defaults?.service
  const fallback = defaults && entryAt(defaults, document, 'defaults', 'service')
  return [...merged, ...unlisted].map((entry) => ({ ...layered(entry, fallback), own: entry.said }))
}

type Place = ReturnType<Entry<unknown>['at']>
type Related = Diagnostic['related']

/** Calls back for each entry that an earlier one has the key and discriminator of, with both places. */
function twice<T>(
  entries: readonly Entry<T>[],
  key: (said: T) => string,
  complain: (key: string, at: Place, related: Related) => void,
  apart: (said: T) => string = () => '',
): void {
  const first = new Map<string, Entry<T>>()
  for (const entry of entries) {
    const name = `${key(entry.said)} ${apart(entry.said)}`
    const other = first.get(name)
    if (other === undefined) first.set(name, entry)
    else complain(key(entry.said), entry.at('name'), [{ span: other.at('name'), note: 'the first one' }])
  }
}
