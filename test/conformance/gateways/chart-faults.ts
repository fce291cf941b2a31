/** Values with one fault each, and the words with which Helm, a schema or the intent refuses what comes of them. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import { meshIn } from '../istio/mesh-in.ts'
import type { ToolName } from '../tools.ts'
import { judgeGatewayChart, judgeIstiodChart, type Chart } from './charts.ts'

const NEEDS: readonly ToolName[] = ['helm', 'kubeconform', 'go']
const CHART: Chart = { helm: 'helm', release: 'istio' }

type Row = readonly [what: string, from: string, to: string, reason: RegExp]

const GATEWAY: readonly Row[] = [
  [
    'a gateway of a network, with the ports of istiod',
    'labels:\n',
    'networkGateway: a\nlabels:\n',
    /is labelled with a network/,
  ],
  [
    'a port of istiod',
    '  ports:\n',
    '  ports:\n    - { name: istiod, port: 15012, targetPort: 15012 }\n',
    /opens port 15012/,
  ],
  [
    'a label that the Gateway does not select',
    '  istio: eastwestgateway\nrevision',
    '  istio: other\nrevision',
    /label istio of the pods/,
  ],
  ['another revision', 'revision: stable', 'revision: other', /istio\.io\/rev of the pods/],
  ['a Role that reads every Secret', 'enabled: false', 'enabled: true', /other objects/],
  ['no budget', '  maxUnavailable: 1', '  {}', /other objects/],
  ['a name that is no value of the chart', 'podDisruptionBudget:', 'podDisruptionBudgets:', /podDisruptionBudgets/],
  ['a text for a number', 'minReplicas: 2', 'minReplicas: "2"', /minReplicas/],
  ['another port inside', 'targetPort: 15443', 'targetPort: 443', /ports of the Service/],
  ['a Service without load balancer', 'type: LoadBalancer', 'type: ClusterIP', /type of the Service/],
  ['no annotation of the cloud', '    cloud.google.com/l4-rbs: enabled\n', '', /cloud\.google\.com\/l4-rbs/],
  [
    'spreading that counts no pod',
    '        istio: eastwestgateway\n  - maxSkew',
    '        istio: other\n  - maxSkew',
    /the spreading does not select/,
  ],
]

const ISTIOD: readonly Row[] = [
  ['no variable for several roots', 'ISTIO_MULTIROOT_MESH: "true"', 'OTHER: "true"', /ISTIO_MULTIROOT_MESH/],
  ['another trust domain', 'trustDomain: cluster.local', 'trustDomain: other', /trust domain/],
  ['another root namespace', 'rootNamespace: istio-config', 'rootNamespace: other', /root namespace/],
  ['the name of another cluster', 'clusterName: cluster-2', 'clusterName: cluster-1', /CLUSTER_ID/],
  ['another revision', 'revision: stable', 'revision: other', /there is no Deployment istiod-stable/],
  ['a tag that nobody asked for', 'revision: stable', 'revision: stable\nrevisionTags: [prod]', /tags/],
  ['no DNS capture', 'ISTIO_META_DNS_CAPTURE: "true"', 'ISTIO_META_DNS_CAPTURE: "false"', /DNS capture/],
]

export const chartFaults: readonly Check[] = [
  ...GATEWAY.map((row) => planted('gateway', 'gateway-values.yaml', row)),
  ...ISTIOD.map((row) => planted('istiod', 'values.yaml', row)),
]

function planted(chart: 'gateway' | 'istiod', file: string, [what, from, to, reason]: Row): Check {
  return check(`planted: ${what} (${chart} chart)`, NEEDS, async (bench) => {
    const { mesh, output } = await bench.subject('gateways')
    const copy = join(bench.scratch('planted'), 'output')
    cpSync(output, copy, { recursive: true })
    edit(join(copy, 'clusters', 'cluster-2', 'istio', file), from, to)
    const intent = meshIn(mesh)
    const cluster = present(intent.clusters[1], 'cluster')
    await mustRefuse('it', reason, () =>
      chart === 'gateway'
        ? judgeGatewayChart(bench, CHART, copy, cluster)
        : judgeIstiodChart(bench, CHART, copy, intent, cluster),
    )
  })
}
