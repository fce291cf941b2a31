/** What ServiceEntry and DestinationRule of one imported host have in common. */
import { istioAnnotations, labels, type Metadata } from '../kubernetes/manifest.ts'
import type { Balancing } from '../mesh/failover.ts'
import type { Cluster, Consumer, Mesh, Provider, Service } from '../mesh/mesh.ts'

/** The clusters at the two ends of an import, and who may use it. */
export interface Sides {
  readonly into: Cluster
  /** Those that serve, sorted by name; at least one. */
  readonly providers: readonly Serving[]
  readonly balancing: Balancing
  readonly consumer: Consumer
}

export interface Serving {
  readonly cluster: Cluster
  readonly provider: Provider
}

/** Same name and namespace for both: a sidecar that sees one sees the other. */
export function importedMetadata(mesh: Mesh, service: Service, into: Cluster): Metadata {
  return {
    name: service.key,
    namespace: into.importNamespace.name,
    labels: labels(mesh.name, 'services'),
    annotations: istioAnnotations('services'),
  }
}

/** Of the endpoints behind which a subset has pods. */
export function subsetLabel(subset: string): Readonly<Record<string, string>> {
  return { [`subset.meshwright.dev/${subset}`]: 'true' }
}

/** Namespaces that see an import: exportTo takes `*` only alone (istio: pkg/config/validation/validation.go). */
export function exportTo(consumer: Consumer): readonly string[] {
  return consumer.namespaces ?? ['*']
}
