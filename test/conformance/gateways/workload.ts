/** What makes up a gateway, whoever made it, held against the intent. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import type { Cluster } from '../../../src/mesh/mesh.ts'
import { present } from '../check.ts'
import { gatewayShape } from '../istio/apps.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import { revisionOf } from './variants.ts'

type Labels = Readonly<Record<string, string>>

/** Ports of istiod: whoever reaches them can ask for certificates, or for the configuration of a proxy. */
const ISTIOD_PORTS = [15_010, 15_012, 15_014, 15_017]

/** Says which cloud's annotations a Service must have, by one that tells them apart. */
const CLOUDS: Readonly<Record<string, Readonly<Record<'public' | 'internal', readonly [string, string]>>>> = {
  aws: {
    public: ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internet-facing'],
    internal: ['service.beta.kubernetes.io/aws-load-balancer-scheme', 'internal'],
  },
  azure: {
    public: ['service.beta.kubernetes.io/azure-load-balancer-internal', 'false'],
    internal: ['service.beta.kubernetes.io/azure-load-balancer-internal', 'true'],
  },
  gcp: {
    public: ['cloud.google.com/l4-rbs', 'enabled'],
    internal: ['networking.gke.io/load-balancer-type', 'Internal'],
  },
  oci: {
    public: ['oci-network-load-balancer.oraclecloud.com/internal', 'false'],
    internal: ['oci-network-load-balancer.oraclecloud.com/internal', 'true'],
  },
}

/** A stream of the objects without what an API server takes for not said: templates leave fields with nothing in them. */
export function asStored(objects: readonly KubernetesObject[]): string {
  const said = (_key: string, value: unknown): unknown => (value === null ? undefined : value)
  return objects.map((object) => `---\n${JSON.stringify(object, said)}\n`).join('')
}

/** @param objects those of the gateway alone */
export function judgeWorkload(objects: readonly KubernetesObject[], cluster: Cluster): void {
  const { gateway } = cluster
  const { replicas } = gateway.workload
  const shape = gatewayShape(gateway)
  const kinds = ['Deployment', 'HorizontalPodAutoscaler', 'Service', 'ServiceAccount']
  const expected = [...kinds, ...(replicas.min > 1 ? ['PodDisruptionBudget'] : [])].sort()
  // Patched to nothing, istiod makes neither scaler nor budget.
  deepStrictEqual(objects.map(({ kind }) => kind).sort(), expected, 'other objects')
  for (const { kind, metadata } of objects) {
    strictEqual(metadata.namespace, gateway.namespace, `namespace of the ${kind}`)
    const labels: Labels = metadata.labels ?? {}
    ok(!('topology.istio.io/network' in labels), `the ${kind} is labelled with a network`)
  }
  const one = (kind: string): KubernetesObject =>
    present(
      objects.find((object) => object.kind === kind),
      kind,
    )
  const pods = at(one('Deployment'), 'spec', 'template', 'metadata', 'labels') as Labels
  for (const [key, value] of Object.entries(shape.labels)) strictEqual(pods[key], value, `label ${key} of the pods`)
  judgeService(one('Service'), cluster, pods)
  judgeDeployment(one('Deployment'), cluster, pods)
  const scaler = one('HorizontalPodAutoscaler')
  strictEqual(at(scaler, 'spec', 'scaleTargetRef', 'name'), one('Deployment').metadata.name, 'what is scaled')
  deepStrictEqual([at(scaler, 'spec', 'minReplicas'), at(scaler, 'spec', 'maxReplicas')], [replicas.min, replicas.max])
  if (replicas.min > 1) {
    const budget = one('PodDisruptionBudget')
    strictEqual(at(budget, 'spec', 'maxUnavailable'), 1, 'how many pods may go at a time')
    selects(at(budget, 'spec', 'selector', 'matchLabels'), pods, 'the PodDisruptionBudget')
  }
}

function judgeService(service: KubernetesObject, { gateway }: Cluster, pods: Labels): void {
  const { type, ports } = gatewayShape(gateway)
  const { workload } = gateway
  strictEqual(at(service, 'spec', 'type'), type, 'type of the Service')
  const found = (at(service, 'spec', 'ports') as readonly Readonly<Record<string, unknown>>[]).map((port) => ({
    name: port['name'],
    port: port['port'],
    targetPort: port['targetPort'] ?? port['port'],
    ...(port['nodePort'] !== undefined && { nodePort: port['nodePort'] }),
  }))
  const opened = new Set(found.flatMap(({ port, targetPort }) => [port, targetPort]))
  for (const port of ISTIOD_PORTS) ok(!opened.has(port), `the Service opens port ${port} of istiod`)
  deepStrictEqual(found, [...ports], 'ports of the Service')
  selects(at(service, 'spec', 'selector'), pods, 'the Service')
  const policy = at(service, 'spec', 'externalTrafficPolicy')
  strictEqual(policy, workload.externalTrafficPolicy, 'externalTrafficPolicy')
  const annotations: Labels = service.metadata.annotations ?? {}
  for (const [key, value] of Object.entries(workload.annotations)) strictEqual(annotations[key], value, key)
  const cloud = CLOUDS[workload.cloud]?.[workload.internal ? 'internal' : 'public']
  if (cloud) strictEqual(annotations[cloud[0]], cloud[1], cloud[0])
}

function judgeDeployment(deployment: KubernetesObject, cluster: Cluster, pods: Labels): void {
  const { workload, install } = cluster.gateway
  const template = at(deployment, 'spec', 'template')
  selects(at(deployment, 'spec', 'selector', 'matchLabels'), pods, 'the Deployment')
  if (install === 'helm-values') strictEqual(pods['istio.io/rev'], revisionOf(cluster), 'istio.io/rev of the pods')
  const constraints = (at(template, 'spec', 'topologySpreadConstraints') ?? []) as readonly unknown[]
  const whenUnsatisfiable = { required: 'DoNotSchedule', preferred: 'ScheduleAnyway' }[
    workload.topologySpread as string
  ]
  deepStrictEqual(
    constraints.map((c) => [at(c, 'topologyKey'), at(c, 'whenUnsatisfiable'), at(c, 'maxSkew')]),
    whenUnsatisfiable === undefined
      ? []
      : ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) => [key, whenUnsatisfiable, 1]),
    'how the pods keep apart',
  )
  for (const constraint of constraints) selects(at(constraint, 'labelSelector', 'matchLabels'), pods, 'the spreading')
  const proxy = at(template, 'spec', 'containers', 0)
  for (const kind of ['requests', 'limits'] as const) {
    for (const [what, amount] of Object.entries(workload.resources[kind] ?? {})) {
      // The chart writes a quantity without a unit as a number, which is the same to Kubernetes.
      strictEqual(String(at(proxy, 'resources', kind, what)), amount, `${kind} of ${what}`)
    }
  }
  const names = ((at(proxy, 'env') ?? []) as readonly unknown[]).map((variable) => at(variable, 'name'))
  ok(!names.includes('ISTIO_META_REQUESTED_NETWORK_VIEW'), 'it sees the endpoints of one network only')
}

function selects(selector: unknown, pods: Labels, who: string): void {
  const wanted = Object.entries((selector ?? {}) as Labels)
  ok(wanted.length > 0, `${who} selects everything`)
  for (const [key, value] of wanted) strictEqual(pods[key], value, `${who} does not select the pods by ${key}`)
}
