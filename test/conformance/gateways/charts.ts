/** Istio's own charts, rendered by Helm with the values that are rendered here. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Cluster, Mesh } from '../../../src/mesh/mesh.ts'
import { present } from '../check.ts'
import { judge } from '../files/kubeconform.ts'
import type { IstioRelease } from '../files/schemas.ts'
import { moduleFolder } from '../kube/crds.ts'
import { at, objectNamed, objectsOf, resourcesOf, type KubernetesObject } from '../manifests.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { asStored, judgeWorkload } from './workload.ts'

export type Helm = Extract<ToolName, 'helm' | 'helm-3'>

export interface Chart {
  readonly helm: Helm
  readonly release: IstioRelease
}

const GO_MOD: Readonly<Record<IstioRelease, string>> = {
  istio: 'istio/meshcheck/go.mod',
  'istio-before': 'istio/meshcheck/go-1.30.mod',
}

interface Rendering {
  readonly chart: 'gateway' | 'istio-control/istio-discovery'
  /** Of the Helm release, as the README of a cluster has it. */
  readonly name: string
  readonly namespace: string
  readonly values: string
}

/** What Helm would install; every object of it is valid by its schema. */
function rendered(
  bench: Workbench,
  { helm, release }: Chart,
  { chart, name, namespace, values }: Rendering,
): KubernetesObject[] {
  const charts = join(moduleFolder(bench, 'istio', 'istio.io/istio', GO_MOD[release]), 'manifests', 'charts')
  const args = ['template', name, join(charts, chart), '--namespace', namespace, '--values', values]
  const home = bench.scratch('helm')
  const env = { HELM_CACHE_HOME: home, HELM_CONFIG_HOME: home, HELM_DATA_HOME: home, KUBECONFIG: join(home, 'none') }
  const text = bench.run(bench.tool(helm), args, { env }).toString('utf8')
  // Some templates give nothing but comments.
  const objects = objectsOf(text, chart).filter((object) => (object as unknown) !== null)
  const file = join(home, 'rendered.yaml')
  writeFileSync(file, asStored(objects))
  judge(bench, release, [file])
  return objects
}

/** @param output the folder with `clusters/` */
export function judgeIstiodChart(bench: Workbench, chart: Chart, output: string, mesh: Mesh, cluster: Cluster): void {
  const { istio, name } = cluster
  const suffix = istio.revision === undefined ? '' : `-${istio.revision}`
  const objects = rendered(bench, chart, {
    chart: 'istio-control/istio-discovery',
    name: `istiod${suffix}`,
    namespace: istio.namespace,
    values: join(output, 'clusters', name, 'istio', 'values.yaml'),
  })
  const deployment = objectNamed(objects, 'Deployment', `istiod${suffix}`)
  strictEqual(deployment.metadata.namespace, istio.namespace)
  const env = new Map(
    (at(deployment, 'spec', 'template', 'spec', 'containers', 0, 'env') as readonly unknown[]).map((variable) => [
      at(variable, 'name'),
      at(variable, 'value'),
    ]),
  )
  strictEqual(env.get('ISTIO_MULTIROOT_MESH'), 'true', 'ISTIO_MULTIROOT_MESH')
  strictEqual(env.get('CLUSTER_ID'), name, 'CLUSTER_ID')
  strictEqual(env.get('REVISION'), istio.revision ?? 'default', 'REVISION')
  const config = parse(String(at(objectNamed(objects, 'ConfigMap', `istio${suffix}`), 'data', 'mesh'))) as unknown
  strictEqual(at(config, 'trustDomain'), mesh.trustDomain, 'trust domain')
  strictEqual(at(config, 'rootNamespace'), istio.rootNamespace, 'root namespace')
  const metadata = at(config, 'defaultConfig', 'proxyMetadata')
  strictEqual(at(metadata, 'ISTIO_META_DNS_CAPTURE'), 'true', 'DNS capture')
  strictEqual(at(metadata, 'PROXY_CONFIG_XDS_AGENT'), 'true', 'roots by XDS')
  objectNamed(objects, 'Service', `istiod${suffix}`)
  const tags = objects.filter(({ metadata: m }) => m.labels?.['istio.io/tag'] !== undefined)
  deepStrictEqual(
    [...new Set(tags.map(({ metadata: m }) => [m.labels?.['istio.io/tag'], m.labels?.['istio.io/rev']].join(' ')))],
    istio.tag === undefined ? [] : [`${istio.tag} ${istio.revision ?? 'default'}`],
    'tags',
  )
}

export function judgeGatewayChart(bench: Workbench, chart: Chart, output: string, cluster: Cluster): void {
  const folder = join(output, 'clusters', cluster.name)
  const objects = rendered(bench, chart, {
    chart: 'gateway',
    name: 'istio-eastwestgateway',
    namespace: cluster.gateway.namespace,
    values: join(folder, 'istio', 'gateway-values.yaml'),
  })
  judgeWorkload(objects, cluster)
  const selected = present(
    resourcesOf(folder).find(({ kind }) => kind === 'Gateway'),
    'Gateway',
  )
  strictEqual(selected.metadata.namespace, cluster.gateway.namespace, 'namespace of the Gateway')
  const pods = objects.find(({ kind }) => kind === 'Deployment')
  for (const [key, value] of Object.entries(at(selected, 'spec', 'selector') as Record<string, string>)) {
    const found = at(pods, 'spec', 'template', 'metadata', 'labels', key)
    ok(found === value, `the Gateway selects pods with ${key}: ${value}, and theirs is ${String(found)}`)
  }
}
