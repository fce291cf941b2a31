/**
 * How Flux takes the output: on each cluster a GitRepository, and one Kustomization for each folder that waits for the
 * one before it. The settings were tried with Flux's controllers 1.9.
 */
import { invariant } from '../diagnostics/failure.ts'
import { emitManifests } from '../kubernetes/emit.ts'
import { labels, type Component, type Manifest } from '../kubernetes/manifest.ts'
import type { Cluster, Delivery, Mesh } from '../mesh/mesh.ts'
import { clusterPath, comment, FOLDERS } from './folders.ts'

/** Text of flux/<cluster>.yaml; undefined when Flux does not apply this cluster. */
export function fluxFile(mesh: Mesh, cluster: Cluster): string | undefined {
  if (!cluster.delivery.engines.includes('flux')) return undefined
  const { delivery } = mesh
  invariant(delivery !== undefined, 'a cluster has an engine, and the mesh has no delivery')
  const folder = clusterPath(delivery, cluster.name)
  const kustomizations = FOLDERS.map((name, i) => kustomization(mesh, delivery, cluster, `./${folder}/${name}`, i))
  return (
    comment(`
For Flux 2.6 or later. Apply it on ${cluster.name}, where Flux runs already, once, and again whenever it changes:
  kubectl apply -f flux/${cluster.name}.yaml
The folders are applied one after the other: ${FOLDERS.join(', ')}. One that is not healthy holds the later
ones back, until it is mended in Git or Istio is there. Deleting these objects leaves what they applied.
Never bootstrap Flux into ${folder} itself: it would apply everything in it at once.
`) + emitManifests([gitRepository(mesh, delivery, folder), ...kustomizations])
  )
}

function gitRepository(mesh: Mesh, { repoURL, flux }: Delivery, folder: string): Manifest {
  const { namespace, interval, secret, signers } = flux
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: mesh.name, namespace, labels: labels(mesh.name) },
    spec: {
      interval,
      url: repoURL,
      ref: { branch: mesh.branch },
      sparseCheckout: [folder],
      ...(secret !== undefined && { secretRef: { name: secret } }),
      ...(signers !== undefined && { verify: { mode: 'HEAD', secretRef: { name: signers } } }),
    },
  }
}

const SYNCED = "status.conditions.filter(e, e.type == 'Synced').all(e, e.status =="

/** A SealedSecret has no condition `Ready`: without these, Flux would take it for healthy before it is opened. */
const SEAL_HEALTH = {
  apiVersion: 'bitnami.com/v1alpha1',
  kind: 'SealedSecret',
  failed: `${SYNCED} 'False')`,
  current: `${SYNCED} 'True')`,
} as const

/** Like Argo CD's, a Kustomization that is deleted leaves what it applied: nobody's calls end by it. */
function kustomization(
  mesh: Mesh,
  { flux: { namespace } }: Delivery,
  cluster: Cluster,
  path: string,
  step: number,
): Manifest {
  const named = (folder: Component): string => `${mesh.name}-${folder}`
  const [folder, former] = [FOLDERS[step], FOLDERS[step - 1]]
  invariant(folder !== undefined, `there is no folder ${step}`)
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: named(folder), namespace, labels: labels(mesh.name, folder) },
    spec: {
      ...(former !== undefined && { dependsOn: [{ name: named(former) }] }),
      interval: '1h',
      retryInterval: '2m',
      timeout: '5m',
      sourceRef: { kind: 'GitRepository', name: mesh.name },
      path,
      prune: true,
      deletionPolicy: 'Orphan',
      wait: true,
      ...(folder === 'trust' && ofSealing(cluster)),
    },
  }
}

/** How what is sealed becomes a Secret: by the controller of its kind, or by Flux itself. */
function ofSealing({ sealing }: Cluster): object {
  switch (sealing.backend) {
    case 'sealed-secrets':
      return { healthCheckExprs: [SEAL_HEALTH] }
    case 'sops':
      return { decryption: { provider: 'sops', secretRef: { name: sealing.identitySecret } } }
    case 'external-secrets':
      // Its condition is `Ready`, as Flux expects it.
      return {}
  }
}
