/**
 * A Gateway of the Kubernetes Gateway API, for which istiod makes Deployment and Service by itself. It exposes the same
 * hosts as a Gateway of Istio would, in its stead: on one set of pods the two would claim the same port.
 */
import { emitYaml } from '../kubernetes/emit.ts'
import { istioAnnotations, labels, namespace, protectedAnnotations, type Manifest } from '../kubernetes/manifest.ts'
import type { Lock } from '../lock/lock.ts'
import { supports } from '../mesh/capabilities.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { exposedNames, GATEWAY_LISTEN_PORT, GATEWAY_NAME } from './gateway.ts'
import { disruptionBudget, scale, spreadConstraints } from './gateway-pods.ts'
import { serviceAnnotations } from './load-balancer.ts'

/** By its CustomResourceDefinition a Gateway has at most 64 listeners; one keeps the port open. */
export const LISTENED_HOSTS_MAX = 63

/** Read by istiod (pilot/pkg/serviceregistry/kube/conversion.go, IsAutoPassthrough). */
const AUTO_PASSTHROUGH = { 'gateway.istio.io/listener-protocol': 'auto-passthrough' }

/** What makes up the gateway of a cluster, in the order in which it must be there. */
export function managedGateway(mesh: Mesh, lock: Lock, cluster: Cluster): readonly Manifest[] {
  const own = cluster.gateway.namespace === cluster.istio.namespace
  const parameters = gatewayParameters(mesh, cluster)
  return [
    ...(own ? [] : [namespace(cluster.gateway.namespace, 'gateway', labels(mesh.name, 'gateway'))]),
    ...(parameters ? [parameters] : []),
    gatewayObject(mesh, lock, cluster, parameters !== undefined),
  ]
}

/**
 * Protected from pruning, as the address that the other clusters dial goes with it. The first listener is always the
 * same and leads nowhere (RFC 6761: nothing is called .invalid), so that neither a cluster that exposes nothing loses its
 * load balancer, nor the Service's port gets another name with the first host.
 */
function gatewayObject(mesh: Mesh, lock: Lock, cluster: Cluster, custom: boolean): Manifest {
  const { gateway, istio } = cluster
  const revision = istio.tag ?? istio.revision
  const listener = (name: string, hostname: string): object => ({
    name,
    hostname,
    port: GATEWAY_LISTEN_PORT,
    protocol: 'TLS',
    tls: { mode: 'Passthrough', options: AUTO_PASSTHROUGH },
    // The default, said so that an API server has nothing to add.
    allowedRoutes: { namespaces: { from: 'Same' } },
  })
  const suffix = `.svc.${cluster.domain}`
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: {
      name: GATEWAY_NAME,
      namespace: gateway.namespace,
      // An istiod with a revision leaves a Gateway without its name to others (istio#56767).
      labels: { ...labels(mesh.name, 'gateway'), ...(revision !== undefined && { 'istio.io/rev': revision }) },
      annotations: managedAnnotations(),
    },
    spec: {
      gatewayClassName: 'istio',
      infrastructure: {
        // Without any of its own, istiod gives the pods those of the Gateway, Argo CD's and Flux's among them.
        labels: { 'app.kubernetes.io/part-of': mesh.name },
        annotations: { 'meshwright.dev/mesh': mesh.name, ...serviceAnnotations(gateway.workload) },
        ...(custom && { parametersRef: { group: '', kind: 'ConfigMap', name: GATEWAY_NAME } }),
      },
      listeners: [
        listener('tls', 'nothing.invalid'),
        ...exposedNames(lock, cluster).map((host) => listener(host.slice(0, -suffix.length), host)),
      ],
    },
  }
}

function managedAnnotations(): Readonly<Record<string, string>> {
  const kept = protectedAnnotations('gateway')
  const option = 'argocd.argoproj.io/sync-options'
  return { ...kept, [option]: `${kept[option]},${istioAnnotations('gateway')[option]}` }
}

/** Strategic merge patches for what istiod makes; undefined where it takes none. */
function gatewayParameters(mesh: Mesh, { gateway, istio }: Cluster): Manifest | undefined {
  if (!supports('gateway-customization', istio.version)) return undefined
  const { workload, port } = gateway
  const { serviceType, externalTrafficPolicy, resources } = workload
  const spread = spreadConstraints(workload, { 'gateway.networking.k8s.io/gateway-name': GATEWAY_NAME })
  const { cpuPercent, ...replicas } = scale(workload)
  const budget = disruptionBudget(workload)
  const pod = {
    ...(spread.length > 0 && { topologySpreadConstraints: spread }),
    ...(Object.keys(resources).length > 0 && { containers: [{ name: 'istio-proxy', resources }] }),
  }
  const service = {
    ...(externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    ...(serviceType === 'NodePort' && {
      type: serviceType,
      ports: [{ port: GATEWAY_LISTEN_PORT, nodePort: port }],
    }),
  }
  const target = { type: 'Utilization', averageUtilization: cpuPercent }
  const patches = {
    ...(Object.keys(pod).length > 0 && { deployment: { spec: { template: { spec: pod } } } }),
    horizontalPodAutoscaler: {
      spec: { ...replicas, metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] },
    },
    ...(budget && { podDisruptionBudget: { spec: budget } }),
    ...(Object.keys(service).length > 0 && { service: { spec: service } }),
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: GATEWAY_NAME,
      namespace: gateway.namespace,
      labels: labels(mesh.name, 'gateway'),
      annotations: protectedAnnotations('gateway'),
    },
    data: Object.fromEntries(Object.entries(patches).map(([key, patch]) => [key, emitYaml(patch)])),
  }
}
