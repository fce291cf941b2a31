/**
 * How Argo CD takes the output: an AppProject that allows this mesh and nothing else, and an ApplicationSet that makes
 * one Application for each cluster. The settings were tried with Argo CD 3.2.
 */
import { invariant } from '../diagnostics/failure.ts'
import { emitManifests } from '../kubernetes/emit.ts'
import { labels, type Manifest } from '../kubernetes/manifest.ts'
import type { Cluster, Delivery, Mesh } from '../mesh/mesh.ts'
import { clusterPath, comment, FOLDERS } from './folders.ts'

/** Every kind with a namespace that is ever rendered; without a namespace there is Namespace alone. */
const KINDS: readonly (readonly [group: string, kind: string])[] = [
  ['', 'ConfigMap'],
  ['bitnami.com', 'SealedSecret'],
  ['networking.istio.io', 'DestinationRule'],
  ['networking.istio.io', 'VirtualService'],
  ['networking.istio.io', 'Gateway'],
  ['networking.istio.io', 'ServiceEntry'],
  ['security.istio.io', 'AuthorizationPolicy'],
  ['security.istio.io', 'PeerAuthentication'],
]

/** Kinds that may not even be there only where one is rendered. */
function kindsOf(clusters: readonly Cluster[]): typeof KINDS {
  const managed = clusters.some(({ gateway }) => gateway.install === 'gateway-api')
  const stored = clusters.some(({ sealing }) => sealing.backend === 'external-secrets')
  return [
    ...KINDS,
    ...(managed ? [['gateway.networking.k8s.io', 'Gateway'] as const] : []),
    ...(stored ? [['external-secrets.io', 'ExternalSecret'] as const] : []),
  ]
}

/** Text of argocd/<mesh>.yaml; undefined when Argo CD applies no cluster. */
export function argoCdFile(mesh: Mesh): string | undefined {
  const clusters = mesh.clusters.filter(({ delivery }) => delivery.engines.includes('argocd'))
  if (clusters.length === 0) return undefined
  const { delivery } = mesh
  invariant(delivery !== undefined, 'a cluster has an engine, and the mesh has no delivery')
  return (
    comment(`
For Argo CD 3.2 or later. Apply it where Argo CD runs, once, and again whenever it changes, as when a cluster joins:
  kubectl apply -f argocd/${mesh.name}.yaml
Argo CD needs to know the repository (its credentials are a Secret of its own) and the clusters, by the names below.
Each Application takes the folder of one cluster, in the order of its waves: ${FOLDERS.join(', ')}. A wave that is
not healthy holds the later ones back, until it is mended in Git or Istio is there. Neither a cluster that leaves this
file nor a folder that leaves Git takes anything away from a cluster.
`) + emitManifests([appProject(mesh, delivery, clusters), applicationSet(mesh, delivery, clusters)])
  )
}

/**
 * Limited by cluster and kind, not by namespace: when the intent moves imports to another namespace, Argo CD could not
 * delete them in the former one any more, and would not say so.
 */
function appProject(mesh: Mesh, { repoURL, argocd }: Delivery, clusters: readonly Cluster[]): Manifest {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: argocd.project, namespace: argocd.namespace, labels: labels(mesh.name) },
    spec: {
      description: `What meshwright renders for mesh ${mesh.name}`,
      sourceRepos: [repoURL],
      destinations: clusters.map(({ delivery }) => ({ name: delivery.name, namespace: '*' })),
      clusterResourceWhitelist: [{ group: '', kind: 'Namespace' }],
      namespaceResourceWhitelist: kindsOf(clusters).map(([group, kind]) => ({ group, kind })),
    },
  }
}

/**
 * The clusters stand in a list, where a generator could find them in Git: a folder that somebody puts beside ours must
 * not become an Application, and one that vanishes must not end one.
 *
 * Left out on purpose: a `resources-finalizer`, by which a deleted Application would take `cacerts` along;
 * `ApplyOutOfSyncOnly`, with which the first retry applies the later waves although the seal is broken; and
 * `manifest-generate-paths`, with which a folder that was renamed away still shows Synced.
 */
function applicationSet(mesh: Mesh, delivery: Delivery, clusters: readonly Cluster[]): Manifest {
  const { repoURL, argocd } = delivery
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: mesh.name, namespace: argocd.namespace, labels: labels(mesh.name) },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [
        {
          list: {
            elements: clusters.map(({ name, delivery: { name: inArgo } }) => ({ cluster: name, destination: inArgo })),
          },
        },
      ],
      syncPolicy: { applicationsSync: 'create-update', preserveResourcesOnDeletion: true },
      template: {
        metadata: {
          name: `${mesh.name}-{{.cluster}}`,
          labels: labels(mesh.name),
          annotations: { 'argocd.argoproj.io/compare-options': 'ServerSideDiff=true' },
        },
        spec: {
          project: argocd.project,
          source: {
            repoURL,
            targetRevision: `refs/heads/${mesh.branch}`,
            path: clusterPath(delivery, '{{.cluster}}'),
          },
          destination: { name: '{{.destination}}' },
          syncPolicy: SYNC_POLICY,
        },
      },
    },
  }
}

/**
 * Retries never end: trust comes before Istio, whose kinds may be there only after days. Without `refresh` they would
 * stay at the broken commit when it is mended in Git.
 */
const SYNC_POLICY = {
  automated: { prune: true, selfHeal: true },
  syncOptions: [
    'ServerSideApply=true',
    'ClientSideApplyMigration=false',
    'PruneLast=true',
    'FailOnSharedResource=true',
  ],
  retry: { limit: -1, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '3m' } },
} as const
