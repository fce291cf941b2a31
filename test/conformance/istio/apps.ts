/**
 * The Kubernetes objects that each cluster of a mesh has besides what is rendered: the services of the intent with pods
 * in two zones, the gateway under its address, and clients. Made of the mesh, never of the output: this is the world
 * that the output is held against.
 */
import type { Cluster, Mesh, Service } from '../../../src/mesh/mesh.ts'
import { importsOf, isProvidedBy } from '../../../src/mesh/mesh.ts'
import { isIp } from '../../../src/mesh/ip.ts'
import { present } from '../check.ts'
import type { KubernetesObject } from '../manifests.ts'

/** The objects of one cluster. */
export interface Apps {
  readonly cluster: string
  readonly objects: readonly KubernetesObject[]
  /** Pods with a sidecar. */
  readonly pods: readonly SidecarPod[]
}

export interface SidecarPod {
  readonly namespace: string
  readonly name: string
  readonly account: string
  /** `region/zone` of its node. */
  readonly zone: string
}

/** Clients of hosts that every namespace may call live here. */
const CLIENTS = 'clients'
/** Nobody's consumer, unless everybody is. */
const STRANGERS = 'strangers'
/** Container port of every service that names none: another one than any Service port, so that a mix-up shows. */
const CONTAINER_PORT_BASE = 20_000

/** @param zones how many zones each cluster spans, if its locality names none */
export function appsOf(mesh: Mesh, zones = 2): Apps[] {
  return mesh.clusters.map((cluster) => clusterApps(mesh, cluster, zones))
}

/** A YAML stream whose documents are JSON, so that no reader can take a name for anything else. */
export function appsText(objects: readonly KubernetesObject[]): string {
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join('')
}

function clusterApps(mesh: Mesh, cluster: Cluster, zones: number): Apps {
  const nodes = nodesOf(cluster, zones)
  const world = new World(nodes.map(({ metadata }) => ({ name: metadata.name, zone: zoneOf(metadata.labels) })))
  const provided = mesh.services.filter((service) => isProvidedBy(service, cluster.name))
  const callers = importsOf(mesh, cluster.name).flatMap((service) => consumersIn(service, cluster.name))
  const namespaces = new Set([...callers, CLIENTS, STRANGERS])
  for (const namespace of [...namespaces].sort()) {
    for (const i of nodes.keys()) world.pod(namespace, `client-${i + 1}`, 'client', { app: 'client' }, {}, i)
  }
  for (const service of provided) addService(world, service, cluster.name)
  addGateway(world, cluster)
  const used = new Set([...world.objects.map(({ metadata }) => metadata.namespace ?? ''), cluster.istio.namespace])
  const spaces = [...used].sort().map((name): KubernetesObject => ({ ...head('v1', 'Namespace', name) }))
  return { cluster: cluster.name, objects: [...spaces, ...nodes, ...world.objects], pods: world.sidecars }
}

function consumersIn(service: Service, cluster: string): readonly string[] {
  return service.consumers.find((consumer) => consumer.cluster === cluster)?.namespaces ?? []
}

/** One node for each zone; all have the gateway's addresses, for gateways that are reached through a node port. */
function nodesOf({ locality, gateway }: Cluster, zones: number): KubernetesObject[] {
  const [region = 'region-1', zone] = locality?.split('/') ?? []
  const names = zone === undefined ? Array.from({ length: zones }, (_, i) => `${region}-${'abc'[i] ?? i}`) : [zone]
  return names.map((name, i) => {
    const labels = { 'topology.kubernetes.io/region': region, 'topology.kubernetes.io/zone': name }
    const addresses = gateway.addresses.map((address) => ({ type: 'ExternalIP', address }))
    return { ...head('v1', 'Node', `node-${i + 1}`, undefined, labels), status: { addresses } }
  })
}

interface Node {
  readonly name: string
  readonly zone: string
}

function zoneOf(labels: Readonly<Record<string, string>> = {}): string {
  return `${labels['topology.kubernetes.io/region']}/${labels['topology.kubernetes.io/zone']}`
}

/** Pods with each account, spread over the nodes; a service without accounts runs as `default`, as Kubernetes does. */
function addService(world: World, service: Service, cluster: string): void {
  const { name, namespace, ports, headless, serviceAccounts, workload } = service
  const versions = versionsIn(service, cluster)
  const selector = workload?.labels ?? { app: name }
  // Two ports of a host may be one of the Service.
  const own = [...new Map(ports.map((port) => [port.port, port])).values()]
  const targets = own.map((port, i) => ({ ...port, target: port.targetPort ?? CONTAINER_PORT_BASE + i }))
  const accounts = serviceAccounts.length > 0 ? serviceAccounts : ['default']
  const numbered = Object.fromEntries(targets.map((port) => [port.name, port.target]))
  const count = Math.max(accounts.length, world.nodes.length, versions.length)
  const pods = Array.from({ length: count }, (_, i) => {
    const labels = { ...selector, ...versions[i % versions.length] }
    return world.pod(namespace, `${name}-${i + 1}`, accounts[i % accounts.length] ?? '', labels, numbered, i)
  })
  world.service(namespace, name, {
    selector,
    ...(headless === true && { clusterIP: 'None', clusterIPs: ['None'] }),
    ports: targets.map((port) => ({
      name: port.name,
      port: port.port,
      targetPort: port.target,
      protocol: 'TCP',
      appProtocol: port.protocol.toLowerCase(),
    })),
  })
  const slicePorts = targets.map((port) => ({ name: port.name, port: port.target, protocol: 'TCP' }))
  world.slice(namespace, name, slicePorts, pods)
}

/** Labels of the pods of each version that a cluster runs. */
function versionsIn({ subsets, providers }: Service, cluster: string): readonly Readonly<Record<string, string>>[] {
  const own = providers.find((provider) => provider.cluster === cluster)?.subsets
  return subsets.filter(({ name }) => own === undefined || own.includes(name)).map(({ labels = {} }) => labels)
}

/** The gateway under its addresses: one Service for its pods, and where it leads from outside. */
function addGateway(world: World, { gateway }: Cluster): void {
  const { namespace, addresses } = gateway
  const { name, labels, selector, type, ports } = gatewayShape(gateway)
  const pod = world.gateway(namespace, `${name}-1`, name, labels)
  const ingress = addresses.map((a) => (isIp(a) ? { ip: a } : { hostname: a }))
  const spec = { type, selector, ports: ports.map((port) => ({ protocol: 'TCP', ...port })) }
  world.service(namespace, name, spec, type === 'LoadBalancer' ? { loadBalancer: { ingress } } : {})
  const inside = ports.map((port) => ({ name: port.name, port: port.targetPort, protocol: 'TCP' }))
  world.slice(namespace, name, inside, [pod])
}

export interface GatewayShape {
  /** Of the Deployment, its ServiceAccount and the Service. */
  readonly name: string
  /** Of its pods, as far as they decide something. */
  readonly labels: Readonly<Record<string, string>>
  /** Of the Service. */
  readonly selector: Readonly<Record<string, string>>
  readonly type: 'LoadBalancer' | 'NodePort'
  readonly ports: readonly {
    readonly name: string
    readonly port: number
    readonly targetPort: number
    readonly nodePort?: number
  }[]
}

/** Whoever installs it: what istiod and Istio's chart make is held against this by checks of its own. */
export function gatewayShape({ port, selector, install, workload }: Cluster['gateway']): GatewayShape {
  // Somebody else's listens inside on 15443, and is reached on that port of a load balancer, or on another one of every node.
  const type = install === 'none' && port !== 15_443 ? 'NodePort' : workload.serviceType
  const nodePort = type === 'NodePort' ? { nodePort: port } : {}
  const tls = { name: 'tls', port: 15_443, targetPort: 15_443, ...nodePort }
  if (install === 'gateway-api') {
    const own = { 'gateway.networking.k8s.io/gateway-name': 'meshwright-exports' }
    const ports = [{ name: 'status-port', port: 15_021, targetPort: 15_021 }, tls]
    return { name: 'meshwright-exports-istio', labels: own, selector: own, type, ports }
  }
  const name = 'istio-eastwestgateway'
  if (install === 'none') return { name, labels: selector, selector, type, ports: [tls] }
  const labels = { app: name, istio: 'eastwestgateway', ...selector }
  const ports = [{ ...tls, ...(type === 'LoadBalancer' && { port }) }]
  return { name, labels, selector: { app: labels.app, istio: labels.istio }, type, ports }
}

/** Gives out addresses, and keeps what was made. */
class World {
  readonly objects: KubernetesObject[] = []
  readonly sidecars: SidecarPod[] = []
  readonly nodes: readonly Node[]
  #pods = 0
  #services = 0

  constructor(nodes: readonly Node[]) {
    this.nodes = nodes
  }

  /** A pod with a sidecar, as the injector leaves it. @param ports container ports by name */
  pod(
    namespace: string,
    name: string,
    account: string,
    labels: Readonly<Record<string, string>>,
    ports: Readonly<Record<string, number>>,
    turn: number,
  ): KubernetesObject {
    this.sidecars.push({ namespace, name, account, zone: this.#node(turn).zone })
    return this.#pod(namespace, name, account, { ...labels, 'security.istio.io/tlsMode': 'istio' }, ports, turn)
  }

  gateway(
    namespace: string,
    name: string,
    account: string,
    labels: Readonly<Record<string, string>>,
  ): KubernetesObject {
    return this.#pod(namespace, name, account, labels, { tls: 15_443 }, 0)
  }

  service(namespace: string, name: string, spec: object, status: object = {}): void {
    this.#services += 1
    const clusterIP = `10.96.${this.#services >> 8}.${this.#services & 255}`
    this.objects.push({
      ...head('v1', 'Service', name, namespace),
      spec: { type: 'ClusterIP', clusterIP, clusterIPs: [clusterIP], ...spec },
      status,
    })
  }

  slice(namespace: string, service: string, ports: readonly object[], pods: readonly KubernetesObject[]): void {
    const endpoints = pods.map((pod) => ({
      addresses: [(pod['status'] as { podIP: string }).podIP],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: (pod['spec'] as { nodeName: string }).nodeName,
      targetRef: { kind: 'Pod', name: pod.metadata.name, namespace },
    }))
    const labels = { 'kubernetes.io/service-name': service }
    this.objects.push({
      ...head('discovery.k8s.io/v1', 'EndpointSlice', `${service}-1`, namespace, labels),
      addressType: 'IPv4',
      ports,
      endpoints,
    })
  }

  #node(turn: number): Node {
    return present(this.nodes[turn % this.nodes.length], 'node')
  }

  #pod(
    namespace: string,
    name: string,
    serviceAccountName: string,
    labels: Readonly<Record<string, string>>,
    ports: Readonly<Record<string, number>>,
    turn: number,
  ): KubernetesObject {
    this.#pods += 1
    const podIP = `10.${this.#pods >> 16}.${(this.#pods >> 8) & 255}.${this.#pods & 255}`
    const containerPorts = Object.entries(ports).map(([port, containerPort]) => ({
      name: port,
      containerPort,
      protocol: 'TCP',
    }))
    const pod = {
      ...head('v1', 'Pod', name, namespace, labels),
      spec: {
        serviceAccountName,
        nodeName: this.#node(turn).name,
        containers: [{ name: 'app', image: 'none', ports: containerPorts }],
      },
      status: {
        phase: 'Running',
        podIP,
        podIPs: [{ ip: podIP }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    }
    this.objects.push(pod)
    return pod
  }
}

function head(
  apiVersion: string,
  kind: string,
  name: string,
  namespace?: string,
  labels?: Readonly<Record<string, string>>,
): Pick<KubernetesObject, 'apiVersion' | 'kind' | 'metadata'> {
  return {
    apiVersion,
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }), ...(labels && { labels }) },
  }
}
