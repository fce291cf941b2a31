/**
 * Gateways that are installed from here: Istio's charts take the values, istiod makes what the Gateway of the Kubernetes
 * Gateway API is for, and Istio's code leads through either of them.
 */
import { ok, strictEqual } from 'node:assert/strict'
import { check, present, type Check, type Layer } from './check.ts'
import { chartFaults } from './gateways/chart-faults.ts'
import { judgeGatewayChart, judgeIstiodChart, type Chart } from './gateways/charts.ts'
import { judgeMade, madeFaults } from './gateways/made.ts'
import { placeOf, VARIANTS, type Place, type Variant } from './gateways/variants.ts'
import { appsOf } from './istio/apps.ts'
import { problemsOf, promised } from './istio/expected.ts'
import type { Meshcheck } from './istio/faults.ts'
import { judge, textsOf, withApps } from './istio/meshcheck.ts'
import type { Workbench } from './workbench.ts'

const MESHCHECKS: readonly Meshcheck[] = ['meshcheck', 'meshcheck-1.30']
const CHARTS: readonly Chart[] = [
  { helm: 'helm', release: 'istio' },
  { helm: 'helm', release: 'istio-before' },
  { helm: 'helm-3', release: 'istio' },
  { helm: 'helm-3', release: 'istio-before' },
]
/** Pods that may call, times the ports that they may call; the same in each, since only the gateways differ. */
const PATHS = 5

export const gateways: Layer = {
  name: 'gateways',
  checks: [...VARIANTS.flatMap(checksOf), ...chartFaults, ...madeFaults],
}

function checksOf(variant: Variant): readonly Check[] {
  let place: Place | undefined
  const made = (bench: Workbench): Place => (place ??= placeOf(bench, variant))
  return [
    ...MESHCHECKS.map((program) =>
      check(
        `${program} proves ${PATHS} paths, and makes each gateway (${variant.name})`,
        [program, 'kubeconform', 'go'],
        (bench) => follow(bench, program, made(bench)),
      ),
    ),
    ...CHARTS.map((chart) =>
      check(
        `the charts take the values, by ${chart.helm} (${chart.release}, ${variant.name})`,
        [chart.helm, 'kubeconform', 'go'],
        (bench) => {
          const { mesh, output } = made(bench)
          for (const cluster of mesh.clusters) {
            judgeIstiodChart(bench, chart, output, mesh, cluster)
            if (cluster.gateway.install === 'helm-values') judgeGatewayChart(bench, chart, output, cluster)
          }
        },
      ),
    ),
  ]
}

async function follow(bench: Workbench, program: Meshcheck, { mesh, output }: Place): Promise<void> {
  const apps = appsOf(mesh)
  const [verdict] = await judge(bench.tool(program), [
    withApps(bench.scratch('apps'), 'gateways', output, textsOf(apps)),
  ])
  ok(verdict, 'there is no verdict')
  const problems = problemsOf(verdict, promised(mesh, apps))
  if (problems.length > 0) throw new Error(problems.join('\n'))
  strictEqual(verdict.paths.length, PATHS, 'paths')
  const managed = mesh.clusters.filter(({ gateway }) => gateway.install === 'gateway-api')
  strictEqual(verdict.made.length, managed.length, 'gateways that are made')
  for (const cluster of managed) {
    const made = verdict.made.find((m) => m.cluster === cluster.name)
    judgeMade(bench, program, present(made, 'gateway').objects, cluster)
  }
}
