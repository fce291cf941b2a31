/** Annotations by which a cloud's controller makes a load balancer that passes TCP through, without ending TLS. */
import { sorted } from '../kubernetes/manifest.ts'
import type { GatewayWorkload } from '../mesh/mesh.ts'

type Annotations = Readonly<Record<string, string>>

/** By cloud: for an address that everybody reaches, and for one in the provider's network only. */
const OF_CLOUDS: Readonly<Record<GatewayWorkload['cloud'], (internal: boolean) => Annotations>> = {
  none: () => ({}),
  // AWS Load Balancer Controller, guide/service/nlb: with `external` it makes a Network Load Balancer, an internal one
  // unless its scheme is said; the in-tree controller would make a Classic one.
  aws: (internal) => ({
    'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
    'service.beta.kubernetes.io/aws-load-balancer-nlb-target-type': 'ip',
    'service.beta.kubernetes.io/aws-load-balancer-scheme': internal ? 'internal' : 'internet-facing',
  }),
  // cloud-provider-azure, topics/loadbalancer: the balancer is one of layer 4; it must not ask a TLS port by HTTP.
  azure: (internal) => ({
    'service.beta.kubernetes.io/azure-load-balancer-internal': String(internal),
    'service.beta.kubernetes.io/azure-load-balancer-health-probe-protocol': 'tcp',
  }),
  // GKE, LoadBalancer Service parameters: passthrough Network Load Balancers, one by a backend service where it is external.
  gcp: (internal) =>
    internal ? { 'networking.gke.io/load-balancer-type': 'Internal' } : { 'cloud.google.com/l4-rbs': 'enabled' },
  // OKE, annotations for network load balancers; `lb`, the default, could end TLS.
  oci: (internal) => ({
    'oci.oraclecloud.com/load-balancer-type': 'nlb',
    'oci-network-load-balancer.oraclecloud.com/internal': String(internal),
  }),
}

/** Of the gateway's Service. What the user says goes first. */
export function serviceAnnotations({ cloud, internal, annotations }: GatewayWorkload): Annotations {
  return sorted({ ...OF_CLOUDS[cloud](internal), ...annotations })
}
