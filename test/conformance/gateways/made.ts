/** What Istio's controller makes of a Gateway of the Kubernetes Gateway API, and what must keep it from that. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cluster } from '../../../src/mesh/mesh.ts'
import { verifyOutput } from '../../../src/verify/verify.ts'
import { readTree } from '../../fixture.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { judge as judgeSchemas } from '../files/kubeconform.ts'
import { appsOf } from '../istio/apps.ts'
import { add, edit, type Change } from '../istio/change.ts'
import { problemsOf, promised } from '../istio/expected.ts'
import type { Meshcheck } from '../istio/faults.ts'
import { meshIn } from '../istio/mesh-in.ts'
import { judge, textsOf, writeInput, type Verdict } from '../istio/meshcheck.ts'
import type { KubernetesObject } from '../manifests.ts'
import type { Workbench } from '../workbench.ts'
import { asStored, judgeWorkload } from './workload.ts'

export function judgeMade(
  bench: Workbench,
  program: Meshcheck,
  objects: readonly KubernetesObject[],
  cluster: Cluster,
): void {
  ok(objects.length > 0, `istiod makes nothing for ${cluster.name}`)
  const file = join(bench.scratch('made'), 'made.yaml')
  writeFileSync(file, asStored(objects))
  judgeSchemas(bench, program === 'meshcheck' ? 'istio' : 'istio-before', [file])
  judgeWorkload(objects, cluster)
}

interface Fault {
  readonly name: string
  readonly reason: RegExp
  readonly change: Change
}

const FILE = 'clusters/cluster-1/gateway/gateway.yaml'
const HOST = 'svc-1.foo.svc.cluster.local'
const OPTIONS = / +options:\n +gateway\.istio\.io\/listener-protocol: auto-passthrough\n/g

/** An Istio Gateway for the pods of cluster-1's gateway, with the wildcard of Istio's own samples. */
const BESIDE = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: cross-network-gateway, namespace: istio-system }
spec:
  selector: { gateway.networking.k8s.io/gateway-name: meshwright-exports }
  servers:
    - port: { number: 15443, name: tls, protocol: TLS }
      tls: { mode: AUTO_PASSTHROUGH }
      hosts: ['*.local']
`

const FAULTS: readonly Fault[] = [
  {
    name: 'listeners that pass on by a route only',
    reason: /no-gateway: .*it does not listen|no-filter-chain/,
    change: edit(FILE, OPTIONS, ''),
  },
  {
    name: 'no listener for the host',
    reason: /no-gateway|no-filter-chain/,
    change: edit(FILE, HOST, 'a.b.svc.cluster.local'),
  },
  {
    name: 'a Gateway for another istiod',
    reason: /^nothing is made/,
    change: edit(FILE, 'istio.io/rev: prod', 'istio.io/rev: other'),
  },
  {
    name: 'a Gateway for no istiod by name',
    reason: /^nothing is made/,
    change: edit(FILE, /^ +istio\.io\/rev: prod\n/m, ''),
  },
  {
    name: 'a ConfigMap that is not there',
    reason: /^nothing is made/,
    change: edit(FILE, '      name: meshwright-exports\n  listeners', '      name: others\n  listeners'),
  },
  {
    name: 'a patch of what istiod does not make',
    reason: /^nothing is made/,
    change: edit(FILE, '  deployment: |', '  daemonSet: |'),
  },
  {
    name: 'a class that is another proxy',
    reason: /^nothing is made|no-gateway/,
    change: edit(FILE, 'gatewayClassName: istio\n', 'gatewayClassName: istio-remote\n'),
  },
  {
    name: "a Gateway of Istio's on the same pods",
    reason: /duplicate-chain/,
    change: add('clusters/cluster-1/gateway', BESIDE),
  },
]

export const madeFaults: readonly Check[] = [
  ...FAULTS.map(({ name, reason, change }) =>
    check(`planted: ${name}`, ['meshcheck'], async (bench) => {
      await mustRefuse('it', reason, async () => {
        const { verdict, problems, judged } = await changed(bench, change)
        ok(judged.length > 0, 'meshwright verify takes it')
        if (verdict.made[0]?.objects.length === 0) throw new Error('nothing is made')
        if (problems.length > 0) throw new Error(problems.join('\n'))
      })
    }),
  ),
  check('planted: a Service of another kind, made by istiod', ['meshcheck', 'kubeconform', 'go'], async (bench) => {
    const { mesh } = await bench.subject('gateways')
    const { verdict } = await changed(bench, edit(FILE, 'externalTrafficPolicy: Local', 'type: ClusterIP'))
    const [cluster] = meshIn(mesh).clusters
    const [made] = verdict.made
    await mustRefuse('it', /type of the Service/, () =>
      judgeMade(bench, 'meshcheck', present(made, 'gateway').objects, present(cluster, 'cluster')),
    )
  }),
  check('as good: a cluster that exposes nothing keeps its gateway', ['meshcheck'], async (bench) => {
    const { verdict } = await changed(bench, edit(FILE, / +- name: svc-1\.foo\n(?: {6,}.*\n)+/, ''))
    deepStrictEqual(
      verdict.made.map(({ objects }) => objects.map(({ kind }) => kind)),
      [['ServiceAccount', 'Deployment', 'Service', 'HorizontalPodAutoscaler', 'PodDisruptionBudget']],
    )
  }),
]

async function changed(
  bench: Workbench,
  change: Change,
): Promise<{
  readonly verdict: Verdict
  readonly problems: readonly string[]
  /** Errors that `meshwright verify` finds. */
  readonly judged: readonly string[]
}> {
  const { mesh, output, at } = await bench.subject('gateways')
  const files = [...readTree(output)].map(([path, bytes]): [string, string] => [path, bytes.toString('utf8')])
  const apps = appsOf(meshIn(mesh))
  const written = change({ files: new Map(files), apps: textsOf(apps) })
  const input = writeInput(bench.scratch('changed'), 'changed', written.files, written.apps)
  const [verdict] = await judge(bench.tool('meshcheck'), [input])
  const found = present(verdict, 'verdict')
  const { diagnostics } = verifyOutput(written.files, { now: at })
  const judged = diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  return { verdict: found, problems: problemsOf(found, promised(meshIn(mesh), apps)), judged }
}
