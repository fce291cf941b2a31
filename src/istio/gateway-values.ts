/** Values of Istio's gateway Helm chart for the east-west gateway; not applied by Kustomize, but given to Helm. */
import { sorted } from '../kubernetes/manifest.ts'
import type { Cluster } from '../mesh/mesh.ts'
import { GATEWAY_LISTEN_PORT } from './gateway.ts'
import { disruptionBudget, scale, spreadConstraints } from './gateway-pods.ts'
import { serviceAnnotations } from './load-balancer.ts'

/**
 * The pods get the labels that our Gateway selects. `networkGateway` stays empty: with it the chart would open istiod's
 * ports 15012 and 15017 to the other clusters, and give the Service a network that istiod then looks for.
 */
export function gatewayValues({ gateway, istio }: Cluster): object {
  const { workload, selector } = gateway
  const { serviceType, externalTrafficPolicy, resources } = workload
  const ported = serviceType === 'NodePort'
  const revision = istio.tag ?? istio.revision
  const { cpuPercent, ...replicas } = scale(workload)
  const budget = disruptionBudget(workload)
  const spread = spreadConstraints(workload, sorted(selector))
  return {
    labels: sorted(selector),
    ...(revision !== undefined && { revision }),
    // By the Role of the chart it could read every Secret of its namespace, `cacerts` too; it needs none.
    rbac: { enabled: false },
    service: {
      type: serviceType,
      ...(externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
      annotations: serviceAnnotations(workload),
      ports: [
        {
          name: 'tls',
          // What others dial is a port of the nodes, or that of the load balancer.
          port: ported ? GATEWAY_LISTEN_PORT : gateway.port,
          targetPort: GATEWAY_LISTEN_PORT,
          protocol: 'TCP',
          ...(ported && { nodePort: gateway.port }),
        },
      ],
    },
    autoscaling: { enabled: true, ...replicas, targetCPUUtilizationPercentage: cpuPercent },
    ...(budget && { podDisruptionBudget: budget }),
    ...(spread.length > 0 && { topologySpreadConstraints: spread }),
    ...(Object.keys(resources).length > 0 && { resources }),
  }
}
