/** Reads what was written as a stranger would: folders of Kustomize, YAML by the rules of 1.1 and of 1.2. */
import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}

/** Every object of a YAML stream that somebody else wrote. */
export function objectsOf(text: string, where: string, version: '1.1' | '1.2' = '1.2'): KubernetesObject[] {
  return parseAllDocuments(text, { version }).map((document) => {
    if (document.errors[0] !== undefined) throw new Error(`${where}: ${document.errors[0].message}`)
    return document.toJS() as KubernetesObject
  })
}

/** Every object of one of our own files, in which readers of both versions must see the same. */
export function ownObjectsOf(text: string, where: string): KubernetesObject[] {
  const newer = objectsOf(text, where, '1.2')
  const difference = inequality(objectsOf(text, where, '1.1'), newer)
  if (difference !== undefined) throw new Error(`${where} is not the same in YAML 1.1 and 1.2\n${difference}`)
  return newer
}

/** What a folder's kustomization lists, and what these list, by reading the files. */
export function resourcesOf(folder: string): KubernetesObject[] {
  const index = parse(readFileSync(join(folder, 'kustomization.yaml'), 'utf8')) as { resources?: string[] | null }
  return (index.resources ?? []).flatMap((name) => {
    const path = join(folder, name)
    return statSync(path).isDirectory() ? resourcesOf(path) : ownObjectsOf(readFileSync(path, 'utf8'), path)
  })
}

/** `ServiceEntry mesh-imports/svc-2.bar` */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`
}

/** Asserts that both are the same objects with the same content; their order and that of keys is the builder's own. */
export function sameObjects(actual: readonly KubernetesObject[], expected: readonly KubernetesObject[]): void {
  deepStrictEqual(actual.map(nameOf).sort(), expected.map(nameOf).sort(), 'other objects')
  const byName = new Map(actual.map((object) => [nameOf(object), object]))
  for (const object of expected) {
    const difference = inequality(byName.get(nameOf(object)), object)
    if (difference !== undefined) throw new Error(`${nameOf(object)} is not what its file says\n${difference}`)
  }
}

/** Where two values differ, in words. */
function inequality(actual: unknown, expected: unknown): string | undefined {
  try {
    deepStrictEqual(actual, expected)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The object of that kind and name. */
export function objectNamed(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name)
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`)
  return found
}

/** A value below `from`, or undefined where the path leads nowhere. */
export function at(from: unknown, ...path: readonly (string | number)[]): unknown {
  let value = from
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}
