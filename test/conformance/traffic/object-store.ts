/** Kubernetes objects in memory; every change is told to those who watch. */
import type { KubernetesObject } from '../manifests.ts'

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED'

/** An object as an API server gives it. */
export interface StoredObject extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & {
    readonly uid: string
    readonly resourceVersion: string
    readonly creationTimestamp: string
  }
}

/** Kinds by API group: those that istiod asks for without asking first whether they exist, and its own. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  '': ['Namespace', 'Service', 'Pod', 'Node', 'ConfigMap', 'Secret', 'ServiceAccount'],
  'discovery.k8s.io': ['EndpointSlice'],
  'coordination.k8s.io': ['Lease'],
  'networking.k8s.io': ['Ingress', 'IngressClass'],
  'apiextensions.k8s.io': ['CustomResourceDefinition'],
  'admissionregistration.k8s.io': ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  'networking.istio.io': [
    ...['Gateway', 'ServiceEntry', 'DestinationRule', 'VirtualService', 'WorkloadEntry', 'WorkloadGroup'],
    ...['Sidecar', 'EnvoyFilter', 'ProxyConfig'],
  ],
  'security.istio.io': ['AuthorizationPolicy', 'PeerAuthentication', 'RequestAuthentication'],
  'telemetry.istio.io': ['Telemetry'],
  'extensions.istio.io': ['WasmPlugin'],
}

interface Bucket {
  readonly kind: string
  readonly objects: Map<string, StoredObject>
  readonly watchers: Set<(type: EventType, object: StoredObject) => void>
}

export class ObjectStore {
  #revision = 1
  readonly #buckets = new Map<string, Bucket>()

  constructor() {
    for (const [group, kinds] of Object.entries(KINDS)) {
      for (const kind of kinds) {
        this.#buckets.set(`${group}/${resourceOf(kind)}`, { kind, objects: new Map(), watchers: new Set() })
      }
    }
    // istiod reads a kind of its own only when there is a definition of it.
    for (const [group, kinds] of Object.entries(KINDS).filter(([name]) => name.endsWith('.istio.io'))) {
      for (const kind of kinds) {
        const metadata = { name: `${resourceOf(kind)}.${group}` }
        this.put({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata })
      }
    }
  }

  /** Of the last change. */
  get revision(): number {
    return this.#revision
  }

  /** Kind of `group/resource`; undefined for one that this server does not have. */
  kindOf(key: string): string | undefined {
    return this.#buckets.get(key)?.kind
  }

  list(key: string): StoredObject[] {
    return [...(this.#buckets.get(key)?.objects.values() ?? [])]
  }

  get(key: string, id: string): StoredObject | undefined {
    return this.#buckets.get(key)?.objects.get(id)
  }

  /** Creates or replaces. */
  put(object: KubernetesObject): StoredObject {
    const bucket = this.#bucketOf(object)
    const before = bucket.objects.get(idOf(object))
    this.#revision += 1
    const { metadata } = object
    const ownLabel = object.kind === 'Namespace' && { 'kubernetes.io/metadata.name': metadata.name }
    const stored: StoredObject = {
      ...object,
      metadata: {
        ...metadata,
        labels: { ...metadata.labels, ...ownLabel },
        uid: before?.metadata.uid ?? `00000000-0000-4000-8000-${String(this.#revision).padStart(12, '0')}`,
        creationTimestamp: before?.metadata.creationTimestamp ?? '2026-01-01T00:00:00Z',
        resourceVersion: String(this.#revision),
      },
    }
    bucket.objects.set(idOf(object), stored)
    for (const tell of bucket.watchers) tell(before === undefined ? 'ADDED' : 'MODIFIED', stored)
    return stored
  }

  /** Takes an object away, if it is there. */
  remove(object: KubernetesObject): void {
    const bucket = this.#bucketOf(object)
    const before = bucket.objects.get(idOf(object))
    if (before === undefined) return
    this.#revision += 1
    bucket.objects.delete(idOf(object))
    const metadata = { ...before.metadata, resourceVersion: String(this.#revision) }
    for (const tell of bucket.watchers) tell('DELETED', { ...before, metadata })
  }

  /** Tells of changes until the result is called. */
  watch(key: string, tell: (type: EventType, object: StoredObject) => void): () => void {
    const watchers = this.#buckets.get(key)?.watchers
    watchers?.add(tell)
    return () => void watchers?.delete(tell)
  }

  #bucketOf({ apiVersion, kind }: KubernetesObject): Bucket {
    const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : ''
    const bucket = this.#buckets.get(`${group}/${resourceOf(kind)}`)
    if (bucket === undefined) throw new Error(`this API server has no ${kind} of ${apiVersion}`)
    return bucket
  }
}

/** `namespace/name`; without namespace `/name`. */
export function idOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`
}

/** Name of a kind in paths: its English plural in lower case. */
function resourceOf(kind: string): string {
  const name = kind.toLowerCase()
  if (name.endsWith('s')) return `${name}es`
  return /[^aeiou]y$/.test(name) ? `${name.slice(0, -1)}ies` : `${name}s`
}
