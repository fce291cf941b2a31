/**
 * The IstioOperator of replicated control planes, for `istioctl install -f`; nothing that Kustomize could apply. From it the
 * installer makes the Gateway `*.<suffix>`, the EnvoyFilter that rewrites the suffix and the DestinationRule that speaks
 * mutual TLS to all such hosts, so that none of the three is rendered here: a second Gateway on 15443 breaks the first
 * (istio 1.6: manifests/charts/gateways/istio-ingress/templates/preconfigured.yaml).
 */
import type { Cluster, Mesh } from '../mesh/mesh.ts'

export const EGRESS_GATEWAY = 'istio-egressgateway'

/** What sidecars must not see, and the egress gateway asks for. */
export const EGRESS_NETWORK = 'external'

export function istioOperator({ hostSuffix }: Mesh, { domain, istio }: Cluster): object {
  const egress = istio.egressGateway === true
  return {
    apiVersion: 'install.istio.io/v1alpha1',
    kind: 'IstioOperator',
    spec: {
      addonComponents: { istiocoredns: { enabled: true } },
      ...(egress && { components: { egressGateways: [{ name: EGRESS_GATEWAY, enabled: true }] } }),
      values: {
        global: {
          podDNSSearchNamespaces: [hostSuffix],
          multiCluster: { enabled: true, globalDomainSuffix: hostSuffix, includeEnvoyFilter: true },
          controlPlaneSecurityEnabled: true,
          // The EnvoyFilter puts it in the place of the suffix.
          ...(domain !== 'cluster.local' && { proxy: { clusterDomain: domain } }),
        },
        ...(egress && {
          gateways: { [EGRESS_GATEWAY]: { env: { ISTIO_META_REQUESTED_NETWORK_VIEW: EGRESS_NETWORK } } },
        }),
      },
    },
  }
}
