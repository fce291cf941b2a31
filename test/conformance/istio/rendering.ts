/** What was rendered, as objects that can be changed, and as text again. */
import { parseAllDocuments } from 'yaml'

/** Any object of Kubernetes; the values are looked at one by one. */
export interface Loose {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; [field: string]: unknown }
  spec: Record<string, unknown>
}

export class Rendering {
  readonly #files: Map<string, string>
  readonly #parsed = new Map<string, Loose[]>()

  constructor(files: ReadonlyMap<string, string>) {
    this.#files = new Map(files)
  }

  /** Objects of Istio of a kind, in every cluster or in one. */
  all(kind: string, cluster = ''): Loose[] {
    const prefix = cluster === '' ? 'clusters/' : `clusters/${cluster}/`
    return [...this.#files.keys()]
      .filter((path) => path.startsWith(prefix) && /\/(services|gateway)\/[^/]+\.yaml$/.test(path))
      .flatMap((path) => this.#objects(path))
      .filter((object) => object.kind === kind && object.apiVersion.includes('istio.io'))
  }

  /** Cluster that an object of all() is for. */
  clusterOf(object: Loose): string {
    for (const [path, objects] of this.#parsed) if (objects.includes(object)) return path.split('/')[1] ?? ''
    throw new Error(`${object.kind} ${object.metadata.name} is not of this rendering`)
  }

  remove(object: Loose): void {
    for (const objects of this.#parsed.values())
      if (objects.includes(object)) objects.splice(objects.indexOf(object), 1)
  }

  /** Adds an object beside another one. */
  addBeside(object: Loose, added: Loose): void {
    for (const objects of this.#parsed.values()) if (objects.includes(object)) objects.push(added)
  }

  /** Adds an object to a cluster, in a file of its own that its index names. */
  add(cluster: string, object: object): void {
    const folder = `clusters/${cluster}/services`
    const index = `${folder}/kustomization.yaml`
    const text = this.#files.get(index) ?? ''
    this.#files.set(
      index,
      text.includes('resources: []')
        ? text.replace('resources: []', 'resources:\n  - added.yaml')
        : `${text}  - added.yaml\n`,
    )
    this.#files.set(`${folder}/added.yaml`, `${JSON.stringify(object)}\n`)
  }

  /** Replaces in the text of a file. @returns whether there was something to replace */
  edit(path: string, from: string | RegExp, to: string): boolean {
    const text = this.#files.get(path) ?? ''
    const edited = text.replace(from, to)
    this.#files.set(path, edited)
    return edited !== text
  }

  files(): Map<string, string> {
    const texts = [...this.#parsed].map(([path, objects]): [string, string] => [
      path,
      // A list without objects is still a file that an index names, which Kustomize refuses to build when it is empty.
      objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('') || '# nothing\n',
    ])
    return new Map([...this.#files, ...texts.filter(([path]) => this.#changed(path))])
  }

  #objects(path: string): Loose[] {
    const known = this.#parsed.get(path)
    if (known !== undefined) return known
    if (path.endsWith('kustomization.yaml')) return []
    const objects = parseAllDocuments(this.#files.get(path) ?? '').map((document) => document.toJS() as Loose)
    this.#parsed.set(path, objects)
    this.#before.set(path, JSON.stringify(objects))
    return objects
  }

  readonly #before = new Map<string, string>()

  #changed(path: string): boolean {
    return JSON.stringify(this.#parsed.get(path)) !== this.#before.get(path)
  }
}
