/**
 * Istio's own code reads what is rendered: istioctl its form, and control planes in meshcheck whether it leads anywhere.
 * Both for each Istio that is proven.
 */
import { ok, strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { check, checkEach, EACH_SUBJECT, type Check, type Layer } from './check.ts'
import { appsOf } from './istio/apps.ts'
import { problemsOf, promised } from './istio/expected.ts'
import { routeProblems, routesPromised } from './istio/expected-routes.ts'
import { FAULTS, trialsOf, type Meshcheck } from './istio/faults.ts'
import { analyze, validate, type Istioctl } from './istio/istioctl.ts'
import { meshIn } from './istio/mesh-in.ts'
import { judge, textsOf, withApps } from './istio/meshcheck.ts'
import { portFaults } from './istio/port-faults.ts'
import { providerFaults } from './istio/provider-faults.ts'
import { simulated } from './istio/simulated.ts'
import { userManifests } from './istio/user-manifests.ts'
import { routeFaults } from './istio/route-faults.ts'
import type { Subject, SubjectName } from './subjects.ts'
import type { Workbench } from './workbench.ts'

const ISTIOCTLS: readonly Istioctl[] = ['istioctl', 'istioctl-1.30']
const MESHCHECKS: readonly Meshcheck[] = ['meshcheck', 'meshcheck-1.30']

/** What must be proven in each mesh: pods that are let in, times the ports that they may call. */
const PATHS: Readonly<Record<Exclude<SubjectName, 'istio-1.6'>, number>> = {
  output: 5,
  providers: 148,
  routes: 127,
  fresh: 12,
  hostile: 65,
  gateways: 5,
  ports: 71,
}

export const istio: Layer = {
  name: 'istio',
  checks: [
    ...ISTIOCTLS.flatMap((istioctl) => [
      ...checkEach(`${istioctl} validate takes every file`, [istioctl], (bench, subject) =>
        validateAll(bench, subject, istioctl),
      ),
      ...checkEach(`${istioctl} analyze finds nothing`, [istioctl], (bench, subject) =>
        analyzeAll(bench, subject, istioctl),
      ),
      check(`${istioctl} takes every file and finds nothing (ports)`, [istioctl], async (bench) => {
        const subject = await bench.subject('ports')
        await validateAll(bench, subject, istioctl)
        await analyzeAll(bench, subject, istioctl)
      }),
    ]),
    ...MESHCHECKS.flatMap((program) =>
      ([...EACH_SUBJECT, 'ports'] as const).map((which) =>
        check(`${program} proves ${PATHS[which]} paths (${which})`, [program], async (bench) => {
          strictEqual(await proveAll(bench, await bench.subject(which), program), PATHS[which], 'paths')
        }),
      ),
    ),
    ...FAULTS,
    ...MESHCHECKS.flatMap(trialsOf),
    ...MESHCHECKS.flatMap(providerFaults),
    ...MESHCHECKS.flatMap(portFaults),
    ...MESHCHECKS.flatMap(simulated),
    ...MESHCHECKS.flatMap(userManifests),
    ...MESHCHECKS.flatMap(routeFaults),
  ],
}

type Place = Pick<Subject, 'mesh' | 'output'>

/** The same proof for a mesh of one's own. @param folder has mesh.yaml and output/ in it */
export function istioOf(folder: string): Layer {
  const place: Place = { mesh: folder, output: join(folder, 'output') }
  const checks = MESHCHECKS.map((program): Check =>
    check(`${program} proves every path`, [program], async (bench) => {
      process.stdout.write(`       ${await proveAll(bench, place, program)} paths\n`)
    }),
  )
  const form = ISTIOCTLS.flatMap((istioctl) => [
    check(`${istioctl} validate takes every file`, [istioctl], (bench) => validateAll(bench, place, istioctl)),
    check(`${istioctl} analyze finds nothing`, [istioctl], (bench) => analyzeAll(bench, place, istioctl)),
  ])
  return { name: 'istio', checks: [...form, ...checks] }
}

async function validateAll(bench: Workbench, { mesh, output }: Place, istioctl: Istioctl): Promise<void> {
  for (const { name } of meshIn(mesh).clusters) validate(bench, istioctl, join(output, 'clusters', name))
}

async function analyzeAll(bench: Workbench, { mesh, output }: Place, istioctl: Istioctl): Promise<void> {
  for (const [cluster, apps] of textsOf(appsOf(meshIn(mesh)))) {
    analyze(bench, istioctl, join(output, 'clusters', cluster), apps)
  }
}

/** Throws unless exactly the promised paths are proven. @returns their number */
async function proveAll(bench: Workbench, place: Place, program: Meshcheck): Promise<number> {
  const mesh = meshIn(place.mesh)
  const apps = appsOf(mesh)
  const input = withApps(bench.scratch('apps'), 'subject', place.output, textsOf(apps))
  const [verdict] = await judge(bench.tool(program), [input])
  ok(verdict, 'there is no verdict')
  const problems = [...problemsOf(verdict, promised(mesh, apps)), ...routeProblems(verdict, routesPromised(mesh, apps))]
  if (problems.length > 0) throw new Error(problems.slice(0, 20).join('\n'))
  return verdict.paths.length
}
