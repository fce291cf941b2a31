/** Reads the user's own objects of each cluster, and has them judged. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure } from '../diagnostics/failure.ts'
import { searchFor, type Search } from '../intent/search.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { judgeManifests } from '../safety/judge.ts'
import { findFiles } from './find-files.ts'
import type { Sources } from './sources.ts'

/** Bytes by path, by the name of a cluster. */
export type GivenManifests = ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>

export interface JudgedManifests {
  readonly diagnostics: readonly Diagnostic[]
  readonly searches: readonly Search[]
  /** Paths that the patterns found. */
  readonly found: readonly string[]
  /** All that was read. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** @param given files beside those that the clusters name */
export async function judgeUserManifests(
  sources: Sources,
  mesh: Mesh,
  meshFile: string,
  given: GivenManifests,
): Promise<JudgedManifests> {
  const stranger = [...given.keys()].find((name) => !mesh.clusters.some((cluster) => cluster.name === name))
  if (stranger !== undefined) {
    throw new Failure(`there is no cluster ${stranger}`, {
      exitCode: exit.invalid,
      hints: [`manifests are given for one of ${mesh.clusters.map(({ name }) => name).join(', ')}`],
    })
  }
  const wanted = mesh.clusters.filter(({ name, manifests = [] }) => manifests.length > 0 || given.has(name))
  if (wanted.length === 0) return { diagnostics: [], searches: [], found: [], files: new Map() }
  const levels = (await sources.above()).length
  const diagnostics: Diagnostic[] = []
  const searches = new Map<Search, Cluster>()
  for (const cluster of wanted) {
    for (const { path, origin } of cluster.manifests ?? []) {
      const made = searchFor(path, origin, levels)
      if ('diagnostic' in made) diagnostics.push(made.diagnostic)
      else searches.set(made.search, cluster)
    }
  }
  const found = await findFiles(sources, [...searches.keys()], meshFile)
  diagnostics.push(...found.diagnostics)
  const files = new Map([...found.files, ...[...given.values()].flatMap((own) => [...own])])
  const rest = { searches: [...searches.keys()], found: [...found.files.keys()], files }
  if (diagnostics.length > 0) return { diagnostics, ...rest }
  for (const cluster of wanted) {
    const paths = [...found.found].flatMap(([search, list]) => (searches.get(search) === cluster ? list : []))
    const own = new Map([...new Set(paths)].sort().map((path) => [path, found.files.get(path) ?? EMPTY]))
    diagnostics.push(...judgeManifests(mesh, cluster, new Map([...own, ...(given.get(cluster.name) ?? [])])))
  }
  return { diagnostics, ...rest }
}

const EMPTY = new Uint8Array()
