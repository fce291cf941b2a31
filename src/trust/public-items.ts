/** The public items of a cluster's `cacerts`, put together of the certificates that the lock has. */
import type { LockedCluster, PublicItem } from '../lock/lock.ts'

export type Certificates = Pick<LockedCluster, 'root' | 'bundle' | 'certificate' | 'chain' | 'texts'>

/** From the certificate that signs up to its root, PEM. A root that signs itself stands there once. */
export function chainText({ certificate, chain = '' }: Certificates, root: string): string {
  return certificate === root ? certificate : certificate + chain + root
}

/**
 * Plain text of each public item: what was found in the cluster, where that is another one than we would write.
 *
 * @param certificateOf PEM of a root by its id
 */
export function publicTexts(
  cluster: Certificates,
  certificateOf: (root: string) => string,
): Readonly<Record<PublicItem, string>> {
  return {
    'ca-cert.pem': cluster.certificate,
    'cert-chain.pem': chainText(cluster, certificateOf(cluster.root)),
    'root-cert.pem': cluster.bundle.map(certificateOf).join(''),
    ...cluster.texts,
  }
}

/**
 * The text of a bundle that changes. istiod up to 1.29 takes a new one while it runs only if one of the two texts stands
 * within the other (istio: security/pkg/nodeagent and pilot/pkg/bootstrap/istio_ca.go, bytes.Contains): what was found in
 * the cluster stays as it is, and new roots come behind it.
 *
 * @param added PEM of the roots that come; only read when none goes
 * @param whole PEM of all roots
 */
export function grownBundle(found: string | undefined, added: string, whole: string, drops: boolean): string {
  return found === undefined || drops ? whole : found + added
}
