/** What `meshwright simulate` tells, held against the priorities and weights in the endpoint assignments of Istio's own code. */
import { ok } from 'node:assert/strict'
import { emptyLock } from '../../../src/lock/lock.ts'
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { simulate, type CallerOutcome, type Simulation } from '../../../src/simulate/simulate.ts'
import { check, EACH_SUBJECT, mustRefuse, present, type Check } from '../check.ts'
import type { Workbench } from '../workbench.ts'
import { appsOf } from './apps.ts'
import type { Meshcheck } from './faults.ts'
import { meshIn } from './mesh-in.ts'
import { judge, textsOf, withApps, writeInput, type Input, type Path, type Verdict } from './meshcheck.ts'
import { renderSeeded } from './seeded.ts'

/** Meshes at random, after the fixtures. */
const SEEDS = 40
/** So that a comparison of nothing is no proof: answers with several providers, tiers and shares. */
const COMPARED_MIN = 250

export function simulated(program: Meshcheck): Check[] {
  return [
    check(`simulate tells the order and the shares that ${program} computes`, [program], async (bench) => {
      const { problems, compared } = await compare(bench, program, (mesh) => mesh)
      if (problems.length > 0) throw new Error(problems.slice(0, 20).join('\n'))
      ok(compared >= COMPARED_MIN, `only ${compared} answers have a choice`)
    }),
    check(`planted for ${program}: simulate with another order`, [program], (bench) =>
      mustRefuse('it', /^other-order: .*sessions/m, async () => {
        const { problems } = await compare(bench, program, turned, 0)
        if (problems.length > 0) throw new Error(problems.join('\n'))
      }),
    ),
  ]
}

function turned(mesh: Mesh): Mesh {
  const services = mesh.services.map((service) => {
    const { failover } = service
    if (failover.mode !== 'ordered') return service
    return { ...service, failover: { ...failover, order: [...failover.order].reverse() } }
  })
  return { ...mesh, services }
}

async function compare(
  bench: Workbench,
  program: Meshcheck,
  told: (mesh: Mesh) => Mesh,
  seeds = SEEDS,
): Promise<{ problems: string[]; compared: number }> {
  const cases: { readonly mesh: Mesh; readonly input: Input }[] = []
  const folder = bench.scratch('simulated')
  for (const which of EACH_SUBJECT) {
    const subject = await bench.subject(which)
    const mesh = meshIn(subject.mesh)
    cases.push({ mesh, input: withApps(`${folder}/${which}`, which, subject.output, textsOf(appsOf(mesh))) })
  }
  for (let seed = 0; seed < seeds; seed++) {
    const { mesh, files } = await renderSeeded(seed)
    const input = writeInput(`${folder}/${seed}`, `seed ${seed}`, files, textsOf(appsOf(mesh)))
    cases.push({ mesh, input })
  }
  const verdicts = await judge(
    bench.tool(program),
    cases.map(({ input }) => input),
    2,
  )
  const found = cases.map(({ mesh }, i) => differences(told(mesh), present(verdicts[i], 'verdict')))
  return {
    problems: found.flatMap(({ problems }) => problems),
    compared: found.reduce((sum, each) => sum + each.compared, 0),
  }
}

function differences(mesh: Mesh, { name, paths }: Verdict): { problems: string[]; compared: number } {
  const problems: string[] = []
  const scenarios = ['', ...mesh.clusters.map((cluster) => cluster.name)].map((down) => {
    return { down, simulation: simulate({ mesh, lock: emptyLock, down: down === '' ? [] : [down] }) }
  })
  let compared = 0
  // Where routes send requests for a version or to one cluster is no matter of its own.
  for (const path of paths.filter(({ subset }) => subset === '')) {
    const where = `${name} ${path.cluster} ${path.zone} -> ${path.host}:${path.port}`
    if (new Set(path.endpoints.map(({ cluster }) => cluster)).size > 1) compared += 1
    for (const { down, simulation } of scenarios) {
      if (down === path.cluster) continue
      const answer = answerFor(simulation, path)
      if (answer === undefined) problems.push(`no-answer: ${where} with ${down} down`)
      else if (down === '') problems.push(...orderProblems(where, answer, path))
      else problems.push(...downProblems(`${where} with ${down} down`, answer, path, down))
    }
  }
  return { problems, compared }
}

/** For the place of the pod: itself, any other of its region, any other at all. */
function answerFor({ callers }: Simulation, { host, cluster, zone }: Path): CallerOutcome | undefined {
  const own = callers.filter((caller) => caller.host === host && caller.cluster === cluster)
  const places = [zone, `${zone.split('/')[0]}/*`, '*']
  const [only] = own
  if (own.length === 1 && only?.places.length === 0) return only
  return places.flatMap((place) => own.filter((caller) => caller.places.includes(place)))[0]
}

function* orderProblems(where: string, { order, failover }: CallerOutcome, { endpoints }: Path): Generator<string> {
  const told = order.map((tier) =>
    tier
      .map(({ cluster }) => cluster)
      .sort()
      .join(' '),
  )
  const computed = [...new Set(endpoints.map(({ priority }) => priority))]
    .sort((a, b) => a - b)
    .map((priority) =>
      [...new Set(endpoints.filter((e) => e.priority === priority).map((e) => e.cluster))].sort().join(' '),
    )
  if (told.join(' | ') !== computed.join(' | ')) {
    yield `other-order: ${where}: told ${told.join(' | ')}, computed ${computed.join(' | ')}`
    return
  }
  for (const [priority, tier] of order.entries()) {
    const hops = endpoints.filter((e) => e.priority === priority)
    // Envoy asks for the weights of localities only where Istio tells it to: with percentages, and among tiers of one each.
    const byLocality = failover === 'weighted' && tier.length > 1
    const weightOf = (cluster: string): number =>
      hops
        .filter((hop) => hop.cluster === cluster)
        .reduce((sum, { weight, localityWeight, locality }) => {
          const inLocality = hops.filter((hop) => hop.locality === locality).reduce((all, hop) => all + hop.weight, 0)
          return sum + (byLocality ? (localityWeight * weight) / inLocality : weight)
        }, 0)
    const all = tier.reduce((sum, { cluster }) => sum + weightOf(cluster), 0)
    const wanted = tier.reduce((sum, { weight }) => sum + weight, 0)
    for (const { cluster, weight } of tier) {
      const [is, said] = [weightOf(cluster) / all, weight / wanted]
      if (Math.abs(is - said) > 1e-6) yield `other-share: ${where}: ${cluster} told ${said}, computed ${is}`
    }
  }
}

/** What is left of the endpoints when those of one cluster are ejected. */
function* downProblems(
  where: string,
  { outcome, before, after, routes }: CallerOutcome,
  { endpoints }: Path,
  down: string,
): Generator<string> {
  const left = endpoints.filter(({ cluster }) => cluster !== down)
  const first = Math.min(...left.map(({ priority }) => priority))
  const next = [...new Set(left.filter(({ priority }) => priority === first).map(({ cluster }) => cluster))]
  const isCalled = before.some(({ cluster }) => cluster === down)
  // Where requests are routed, the outcome is that of all routes, and a path is that of the host alone.
  if (routes !== undefined) return
  if (left.length === 0 ? outcome !== 'fails' : outcome === 'fails') yield `other-outcome: ${where}: ${outcome}`
  if ((outcome === 'unaffected') === isCalled) yield `other-outcome: ${where}: ${outcome}, called before: ${isCalled}`
  const missing = next.filter((cluster) => !after.some((share) => share.cluster === cluster))
  if (missing.length > 0) yield `other-next: ${where}: ${missing.join(' ')} would be called, and is not told`
}
