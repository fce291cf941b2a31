/** What the rules ask of a cluster, and of the user's own objects in it. */
import type { UserObject } from '../intent/user-objects.ts'
import { importsOf, isProvidedBy, type Cluster, type Mesh, type Service } from '../mesh/mesh.ts'

/** One cluster with the user's own objects. */
export interface Subject {
  readonly mesh: Mesh
  readonly cluster: Cluster
  readonly objects: readonly UserObject[]
  readonly imports: readonly Import[]
  /** Services that it runs and that another cluster calls. */
  readonly provided: readonly Service[]
}

/** A host that the pods of a cluster may call. */
export interface Import {
  readonly host: string
  /** Absent: all. */
  readonly namespaces?: readonly string[]
}

export function subjectOf(mesh: Mesh, cluster: Cluster, objects: readonly UserObject[]): Subject {
  return {
    mesh,
    cluster,
    objects: objects.filter((object) => !isOurs(object)),
    imports: importsOf(mesh, cluster.name).map(({ host, consumers }) => {
      const namespaces = consumers.find((consumer) => consumer.cluster === cluster.name)?.namespaces
      return { host, ...(namespaces && { namespaces }) }
    }),
    provided: mesh.services.filter(
      (service) =>
        isProvidedBy(service, cluster.name) && service.consumers.some((consumer) => consumer.cluster !== cluster.name),
    ),
  }
}

/** What was read back from a cluster has ours among it. */
function isOurs({ fields }: UserObject): boolean {
  const labels = record(record(fields['metadata'])['labels'])
  return labels['app.kubernetes.io/managed-by'] === 'meshwright'
}

export function titleOf({ kind, namespace, name }: UserObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`
}

/** Objects of a kind that say their namespace: of others it is not known where they count. */
export function ofKind(
  { objects }: Subject,
  group: string,
  kind: string,
): (UserObject & { readonly namespace: string })[] {
  return objects.flatMap((object) => {
    const { namespace } = object
    return object.group === group && object.kind === kind && namespace !== undefined ? [{ ...object, namespace }] : []
  })
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function texts(value: unknown): string[] {
  return list(value).filter((item) => typeof item === 'string')
}

/** Whether a host of Istio, which may begin with `*`, covers a name. */
export function covers(pattern: string, name: string): boolean {
  return pattern.startsWith('*') ? name.endsWith(pattern.slice(1)) : pattern === name
}

/** Whether `exportTo` lets a namespace see an object. */
export function isShownTo({ spec, namespace }: UserObject, to: string): boolean {
  const said = texts(spec['exportTo'])
  return said.length === 0 || said.some((each) => each === '*' || each === to || (each === '.' && namespace === to))
}

/** Whether a selector picks pods with these labels for certain: an empty one picks all. */
export function picks(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(record(selector)).every(([key, value]) => labels[key] === value)
}
