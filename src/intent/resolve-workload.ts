/** How the gateway runs where it is installed from here, and whether it can be installed like that. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { CAPABILITIES, judge, sinceText, supports, type Feature } from '../mesh/capabilities.ts'
import type { GatewayWorkload } from '../mesh/mesh.ts'
import { isLabelKey } from '../mesh/names.ts'
import type { Complaints } from './complaints.ts'
import type { ValuePath } from './document.ts'
import type { Locate } from './entry.ts'
import type { Cluster as ClusterIntent, GatewayWorkload as Intent } from './schema.gen.ts'

export function resolveWorkload(cluster: ClusterIntent, at: Locate, complaints: Complaints): GatewayWorkload {
  const said = cluster.gateway?.workload ?? {}
  const { cloud = 'none', internal = false, serviceType = 'LoadBalancer', externalTrafficPolicy } = said
  const { min = 2, max = Math.max(5, min) } = said.replicas ?? {}
  judgeInstall(cluster, at, complaints)
  return {
    cloud,
    internal,
    serviceType,
    ...(externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    annotations: said.annotations ?? {},
    replicas: { min, max },
    topologySpread: said.topologySpread ?? 'preferred',
    resources: {
      ...(said.resources?.requests && { requests: { ...said.resources.requests } }),
      ...(said.resources?.limits && { limits: { ...said.resources.limits } }),
    },
  }
}

type Refuse = (field: readonly string[], problem: string, advice: string) => void

function judgeInstall(cluster: ClusterIntent, at: Locate, complaints: Complaints): void {
  const { name, gateway, istio } = cluster
  const { install = 'none', workload = {}, selector } = gateway ?? {}
  const version = istio?.version ?? '1.30'
  const unread = (field: string): void =>
    complaints.add(diagnose('MESH-W292', { cluster: name, field: `gateway.${field}`, install }, at('gateway', field)))
  const refuse: Refuse = (path, problem, advice) => {
    const args = { cluster: name, field: ['gateway', ...path].join('.'), problem, advice }
    complaints.add(diagnose('MESH-E296', args, at('gateway', ...path)))
  }
  if (install === 'none') {
    if (gateway?.workload !== undefined) unread('workload')
    return
  }
  judgeService(workload, gateway?.port ?? 15_443, refuse)
  judgePods(workload, refuse)
  if (install === 'helm-values') {
    judgeSelector(selector ?? {}, refuse)
    judgeChart(name, version, at, complaints)
    return
  }
  if (selector !== undefined) unread('selector')
  judgeManaged(cluster, refuse)
  const custom = customized(workload)
  const needs = (feature: Feature, path: ValuePath, advice: string): void =>
    requireFeature({ cluster: name, version, feature, advice }, at, path, complaints)
  if (istio?.tag !== undefined)
    needs('gateway-tag', ['istio', 'tag'], 'leave istio.tag out: then the gateway names istio.revision')
  if (custom !== undefined) needs('gateway-customization', ['gateway', 'workload', custom], 'use helm-values')
}

function judgeService(
  { cloud = 'none', internal, serviceType, annotations }: Intent,
  port: number,
  refuse: Refuse,
): void {
  const ported = serviceType === 'NodePort'
  if (ported && (port < 30_000 || port > 32_767)) {
    refuse(['port'], `is ${port}, which is no port of a node`, 'nodes have 30000 to 32767 for the ports of Services')
  }
  if (ported && cloud !== 'none') {
    refuse(['workload', 'cloud'], 'is for a load balancer, and a NodePort has none', 'remove it, or use LoadBalancer')
  }
  if (internal === true && cloud === 'none') {
    refuse(
      ['workload', 'internal'],
      'is true, but no cloud is named, so that the load balancer may well be a public one',
      'name the cloud, or set the annotation of its load balancer',
    )
  }
  for (const key of Object.keys(annotations ?? {})) {
    const path = ['workload', 'annotations', key]
    if (!isLabelKey(key)) refuse(path, 'is no annotation', 'write a key such as service.beta.kubernetes.io/name')
    // On pods, which get them too where istiod makes the gateway, these decide what runs.
    if (/(^|\.)istio\.io\//.test(key)) refuse(path, 'is for Istio, not for a load balancer', 'remove it')
  }
}

/** A quantity as Kubernetes has them (apimachinery: pkg/api/resource/quantity.go), without exponents. */
const QUANTITY = /^(\d+(\.\d+)?|\.\d+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/

function judgePods({ replicas, resources }: Intent, refuse: Refuse): void {
  const { min = 2, max } = replicas ?? {}
  if (max !== undefined && max < min) {
    refuse(['workload', 'replicas', 'max'], `is ${max}, and there are at least ${min}`, 'raise max, or lower min')
  }
  for (const kind of ['requests', 'limits'] as const) {
    for (const [what, value] of Object.entries(resources?.[kind] ?? {})) {
      if (QUANTITY.test(value)) continue
      const path = ['workload', 'resources', kind, what]
      refuse(path, `is ${JSON.stringify(value)}, which is no quantity`, 'write a number with a unit: 500m, 256Mi')
    }
  }
}

/** Labels that the chart gives its pods itself (manifests/charts/gateway/templates/deployment.yaml, _helpers.tpl). */
const OF_THE_CHART =
  /^(helm\.sh\/chart|sidecar\.istio\.io\/inject|istio\.io\/(rev|dataplane-mode)|topology\.istio\.io\/network|app\.kubernetes\.io\/(name|managed-by|instance|part-of|version))$/

function judgeSelector(selector: Readonly<Record<string, string>>, refuse: Refuse): void {
  for (const key of Object.keys(selector)) {
    if (!OF_THE_CHART.test(key)) continue
    refuse(['selector', key], 'is a label that the chart sets itself', 'select by another label, such as istio')
  }
}

function judgeChart(cluster: string, version: string, at: Locate, complaints: Complaints): void {
  const verdict = judge('gateway-chart-schema', version)
  if (verdict.kind === 'yes' || !supports('networking-v1', version)) return
  const fixed = verdict.kind === 'ask' ? { fixed: `${version}.${verdict.patch}` } : {}
  complaints.add(diagnose('MESH-W297', { cluster, version, ...fixed }, at('istio', 'version')))
}

/** What istiod installs has a Service with the port of the listener, in the namespace of the Gateway. */
function judgeManaged({ gateway, importNamespace }: ClusterIntent, refuse: Refuse): void {
  const { port = 15_443, namespace = 'istio-system', workload } = gateway ?? {}
  if (port !== 15_443 && workload?.serviceType !== 'NodePort') {
    refuse(
      ['port'],
      `is ${port}, but the load balancer of a Gateway of the Kubernetes Gateway API listens on 15443`,
      'remove it, or use helm-values or a NodePort',
    )
  }
  if (namespace === (importNamespace?.name ?? 'mesh-imports')) {
    refuse(['namespace'], 'is the namespace of the imports too', 'let the gateway have another one: istio-system')
  }
}

/** The first setting that istiod takes from a ConfigMap only. */
function customized({
  replicas,
  topologySpread,
  resources,
  externalTrafficPolicy,
  serviceType,
}: Intent): string | undefined {
  const said = { replicas, topologySpread, resources, externalTrafficPolicy }
  const [first] = Object.entries(said).find(([, value]) => value !== undefined) ?? []
  return first ?? (serviceType === 'NodePort' ? 'serviceType' : undefined)
}

interface Need {
  readonly cluster: string
  readonly version: string
  readonly feature: Feature
  readonly advice: string
}

function requireFeature(
  { cluster, version, feature, advice }: Need,
  at: Locate,
  path: ValuePath,
  complaints: Complaints,
): void {
  const { what } = CAPABILITIES[feature]
  const verdict = judge(feature, version)
  // Whether the version can be used at all is told elsewhere.
  if (verdict.kind === 'yes' || !supports('networking-v1', version)) return
  if (verdict.kind === 'ask') {
    complaints.add(diagnose('MESH-E295', { cluster, version, what, patch: verdict.patch }, at(...path)))
    return
  }
  const since = sinceText(CAPABILITIES[feature])
  complaints.add(diagnose('MESH-E294', { cluster, version, what, since, advice }, at(...path)))
}
