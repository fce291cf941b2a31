/** Each folder has a bare index that names all that lies in it, since what is not named is never applied. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { FoundDocument } from './documents.ts'
import { fieldAt, isMap, shown, textOf, textsOf } from './fields.ts'
import { INDEX, isManifest, isYaml, type ClusterOutput } from './read.ts'

const FIELDS = new Set(['apiVersion', 'kind', 'resources'])
/** Names that Kustomize takes for the index as well; with two of them it refuses the folder. */
const OTHER_NAMES = ['kustomization.yml', 'Kustomization']

export function judgeIndexes(cluster: ClusterOutput): Diagnostic[] {
  const folders = foldersOf(cluster)
  return [...folders].flatMap(([folder, entries]) => {
    const path = `${folder}/${INDEX}`
    const second = OTHER_NAMES.filter((name) => cluster.files.has(`${folder}/${name}`)).map((name) =>
      diagnose('MESH-E728', { detail: `${name} is a second index` }, { file: `${folder}/${name}`, start: 0, end: 0 }),
    )
    const documents = cluster.indexes.get(path)
    if (documents !== undefined) return [...second, ...judgeIndex(cluster, { folder, entries, path, documents })]
    const isNeeded = folder === cluster.folder || entries.manifests.size > 0
    const missing = diagnose('MESH-E724', { folder }, { file: path, start: 0, end: 0 })
    return isNeeded ? [...second, missing] : second
  })
}

interface Entries {
  /** Files and folders that must be named. */
  readonly manifests: Set<string>
  /** Folders that have an index, and so can be named. */
  readonly buildable: Set<string>
}

/** Every folder of the cluster, and what lies directly in it. */
function foldersOf(cluster: ClusterOutput): ReadonlyMap<string, Entries> {
  const folders = new Map<string, Entries>([[cluster.folder, { manifests: new Set(), buildable: new Set() }]])
  for (const path of cluster.files.keys()) {
    const parts = path.split('/')
    for (let depth = 2; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/')
      const entries = folders.get(folder) ?? { manifests: new Set(), buildable: new Set() }
      folders.set(folder, entries)
      const entry = parts[depth] ?? ''
      const isIndex = depth < parts.length - 1 && parts.at(-1) === INDEX
      if (isManifest(cluster, path) || isIndex) entries.manifests.add(entry)
      if (isIndex && depth === parts.length - 2) entries.buildable.add(entry)
    }
  }
  return folders
}

interface Index {
  readonly folder: string
  readonly entries: Entries
  readonly path: string
  readonly documents: readonly FoundDocument[]
}

function judgeIndex(cluster: ClusterOutput, { folder, entries, path, documents }: Index): Diagnostic[] {
  const [document, second] = documents
  const whole: Span = { file: path, start: 0, end: 0 }
  const not = (detail: string, span: Span): Diagnostic => diagnose('MESH-E728', { detail }, span)
  if (document === undefined || !isMap(document.value)) {
    // What could not be parsed has been told already.
    return cluster.whole || document !== undefined ? [not('it is no map', whole)] : []
  }
  const { value, at } = document
  const found = Object.keys(value)
    .filter((key) => !FIELDS.has(key))
    .map((key) => diagnose('MESH-E725', { key: shown(key) }, at(key)))
  if (second) found.push(not('it has a second document', second.at()))
  const isKustomization = textOf(fieldAt(value, 'apiVersion')).startsWith('kustomize.config.k8s.io/')
  if (!isKustomization || fieldAt(value, 'kind') !== 'Kustomization') {
    found.push(not('its apiVersion and kind are not those of a Kustomization', at('kind')))
  }
  const resources = textsOf(fieldAt(value, 'resources'))
  if (resources === undefined) return [...found, not('its resources are no list of names', at('resources'))]
  for (const [i, resource] of resources.entries()) {
    const place = (): Span => at('resources', i)
    const target = `${folder}/${resource}`
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(resource)) {
      found.push(not(`${shown(resource)} is no name of a file or folder beside it`, place()))
    } else if (resources.indexOf(resource) < i) {
      found.push(not(`${resource} is named twice`, place()))
    } else if (cluster.files.has(target)) {
      if (!isYaml(resource) || resource === INDEX) found.push(not(`${resource} is no file of manifests`, place()))
    } else if (!entries.buildable.has(resource)) {
      found.push(diagnose('MESH-E726', { resource }, place()))
    }
  }
  const missing = [...entries.manifests].filter((entry) => !resources.includes(entry)).sort()
  return [...found, ...missing.map((entry) => diagnose('MESH-E727', { entry }, at('resources')))]
}
