/** Which pods a provider's gateway takes for a subset: the SNI that callers send has its name. */
import { istioAnnotations, labels, sorted, type Manifest } from '../kubernetes/manifest.ts'
import type { Lock, LockedHost, LockedSubset } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { localName } from './sni.ts'

/**
 * One DestinationRule for each exposed service with subsets. It stands in the namespace of the gateway and is exported to
 * nobody else, for a rule in the service's own namespace would take the place of what the callers within the cluster have:
 * Istio asks for rules in the namespace of who calls first (istio: pilot/pkg/model/push_context.go, destinationRule).
 * No TLS is set: by default it is that of Istio's own, and the gateway takes no pods without it.
 */
export function exportedSubsets(mesh: Mesh, lock: Lock, cluster: Cluster): Manifest[] {
  return [...lock.hosts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, host]) => {
      const subsets = lockedSubsets(host, cluster.name)
      // Where the service has a rule of its own, that is the one that the gateway shall see.
      if (subsets.length === 0 || subsets.some((subset) => subset.labels === undefined)) return []
      return [ruleFor(mesh, cluster, { key, host, subsets })]
    })
}

function lockedSubsets({ exposures }: LockedHost, cluster: string): readonly LockedSubset[] {
  return exposures.find((exposure) => exposure.cluster === cluster && exposure.subsets !== undefined)?.subsets ?? []
}

interface Exported {
  readonly key: string
  readonly host: LockedHost
  readonly subsets: readonly LockedSubset[]
}

function ruleFor(mesh: Mesh, cluster: Cluster, { key, host, subsets }: Exported): Manifest {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'DestinationRule',
    metadata: {
      // Imports are called `<service>.<namespace>`, and may be in the same namespace.
      name: `meshwright-exports.${key}`,
      namespace: cluster.gateway.namespace,
      labels: labels(mesh.name, 'gateway'),
      annotations: istioAnnotations('gateway'),
    },
    spec: {
      host: localName({ name: host.service, namespace: host.namespace }, cluster),
      subsets: subsets.map(({ name, labels: ofPods = {} }) => ({ name, labels: sorted(ofPods) })),
      exportTo: ['.'],
    },
  }
}
