/** What a folder of the output is for a cluster: the objects that `kustomize build` gives, applied one after the other. */
import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { present } from '../check.ts'
import { nameOf, objectsOf, type KubernetesObject } from '../manifests.ts'
import type { Subject } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import type { ApiClient, ApplyOptions } from './api-client.ts'

/** The folders of a cluster that engines apply; the first has all others in it. */
export const FOLDERS = ['.', 'trust', 'gateway', 'services', 'dns'] as const

export type Folder = (typeof FOLDERS)[number]

/** What `kustomize build` gives for a folder of a cluster. */
export function builtObjects(
  bench: Workbench,
  { output }: Subject,
  cluster: string,
  folder: Folder,
): KubernetesObject[] {
  const path = join(output, 'clusters', cluster, folder)
  const text = bench.run(bench.tool('kustomize'), ['build', path]).toString('utf8')
  return text.trim() === '' ? [] : objectsOf(text, path)
}

/** Makes the namespaces that objects are in, as they are there on a real cluster. */
export async function makeNamespaces(api: ApiClient, objects: readonly KubernetesObject[]): Promise<void> {
  for (const name of new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []))) {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }
    if ((await api.get(namespace)) === undefined) await api.apply(namespace, { manager: 'somebody' })
  }
}

/** Applies an object, and asserts that the API server has, or would have, what was sent: nothing lost, nothing changed. */
export async function applySame(
  api: ApiClient,
  object: KubernetesObject,
  options: ApplyOptions = {},
): Promise<KubernetesObject> {
  const stored = await api.apply(object, options)
  sameContent(stored, object)
  return stored
}

/** Everything but what the API server or other owners add to metadata and status. */
function sameContent(stored: KubernetesObject, sent: KubernetesObject): void {
  const { metadata, ...content } = sent
  for (const [field, value] of Object.entries(content)) {
    deepStrictEqual(stored[field], value, `${nameOf(sent)}: ${field} is not what was applied`)
  }
  for (const field of ['labels', 'annotations'] as const) {
    for (const [key, value] of Object.entries(metadata[field] ?? {})) {
      strictEqual(stored.metadata[field]?.[key], value, `${nameOf(sent)}: ${field} ${key}`)
    }
  }
}

/** Moves with every change of the object that is stored. */
export function versionOf(object: KubernetesObject | undefined): string {
  return present((object?.metadata as { readonly resourceVersion?: string } | undefined)?.resourceVersion, 'version')
}
