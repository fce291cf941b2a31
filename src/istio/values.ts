/** Values of the istiod Helm chart that this mesh needs; not applied by Kustomize, but given to the Istio install. */
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { trustDomainsOf } from '../mesh/trust-domains.ts'

/**
 * No network and no `topology.istio.io/network` label: with one, istiod would look for registered gateways and replace
 * our endpoints by them. `root` is the certificate of the root that signs, PEM. Under `pilot`, which every chart from 1.22 on reads (istio: istio-discovery/templates).
 */
export function istiodValues(mesh: Mesh, cluster: Cluster, root: string | undefined): object {
  const { revision, tag, namespace, rootNamespace } = cluster.istio
  return {
    ...(revision !== undefined && { revision }),
    ...(tag !== undefined && { revisionTags: [tag] }),
    global: {
      istioNamespace: namespace,
      meshID: mesh.name,
      multiCluster: { clusterName: cluster.name },
      ...(cluster.domain !== 'cluster.local' && { proxy: { clusterDomain: cluster.domain } }),
    },
    meshConfig: {
      trustDomain: cluster.trustDomain,
      ...(cluster.trustDomainAliases.length > 0 && { trustDomainAliases: [...cluster.trustDomainAliases].sort() }),
      ...foreignTrustDomains(mesh, cluster, root),
      ...(rootNamespace !== namespace && { rootNamespace }),
      defaultConfig: {
        proxyMetadata: {
          // Sidecars answer the global hosts themselves, with the same addresses as the cluster's DNS.
          ISTIO_META_DNS_CAPTURE: 'true',
          // Both are needed on the day of the first root rotation, and only take effect when a proxy starts.
          PROXY_CONFIG_XDS_AGENT: 'true',
        },
      },
    },
    pilot: { env: { ISTIO_MULTIROOT_MESH: 'true' } },
  }
}

/**
 * Trust domains of the other clusters: their workloads may connect (istio: pilot/pkg/networking/plugin/authn/util.go). As
 * aliases they would be the same callers as our own, and no policy could tell them apart.
 */
function foreignTrustDomains(mesh: Mesh, cluster: Cluster, root: string | undefined): object {
  const own = trustDomainsOf(mesh, [cluster.name])
  const all = trustDomainsOf(
    mesh,
    mesh.clusters.map(({ name }) => name),
  )
  const trustDomains = all.filter((domain) => !own.includes(domain))
  return trustDomains.length === 0 || root === undefined ? {} : { caCertificates: [{ pem: root, trustDomains }] }
}
