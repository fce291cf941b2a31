/** The object that brings a cluster its `cacerts`, by whatever backend. */
import type { Manifest } from '../../kubernetes/manifest.ts'
import type { LockedCluster, PublicItem } from '../../lock/lock.ts'
import type { Cluster } from '../../mesh/mesh.ts'
import { externalSecret } from './external-secrets.ts'
import { sealedSecretManifest } from './sealed-secrets.ts'
import { sopsSecret } from './sops.ts'

export interface CacertsFile {
  readonly name: string
  readonly manifest: Manifest
}

/**
 * @param items PEM of the public items
 * @returns undefined where the intent asks for another backend than the lock has: the new one waits for a new key
 */
export function cacertsFile(
  mesh: string,
  cluster: Cluster,
  { sealed, generation }: LockedCluster,
  items: Readonly<Record<PublicItem, string>>,
): CacertsFile | undefined {
  const { sealing } = cluster
  if (sealed.backend === 'sealed-secrets' && sealing.backend === sealed.backend) {
    const manifest = sealedSecretManifest({ mesh, sealed, keepSecret: sealing.keepSecret })
    return { name: 'cacerts.yaml', manifest }
  }
  if (sealed.backend === 'sops' && sealing.backend === sealed.backend) {
    // The name by which rules of .sops.yaml and of editors know such files.
    return { name: 'cacerts.sops.yaml', manifest: sopsSecret({ mesh, sealed, items }) }
  }
  if (sealed.backend === 'external-secrets' && sealing.backend === sealed.backend) {
    const { store } = sealing
    const manifest = externalSecret({ mesh, cluster: cluster.name, generation, sealed, store, items })
    return { name: 'cacerts.yaml', manifest }
  }
  return undefined
}
