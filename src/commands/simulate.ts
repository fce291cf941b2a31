import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { suggest } from '../diagnostics/suggest.ts'
import type { Invocation } from '../invocation.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { jsonSimulation } from '../simulate/json.ts'
import { markdownSimulation } from '../simulate/markdown.ts'
import { breaks, simulate } from '../simulate/simulate.ts'
import { textSimulation } from '../simulate/text.ts'
import { places, planInputs, readInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

const FORMATS = ['text', 'json', 'markdown'] as const

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', FORMATS) ?? 'text'
  const at = await places(invocation)
  const { planned, findings } = planInputs(invocation, await readInputs(at))
  report(invocation, seenFrom(invocation, at.root, errorsOf(findings)))
  if (planned === undefined || hasErrors(findings.diagnostics)) return exit.invalid
  const { mesh, lock, tasks } = planned
  const down = clustersDown(invocation.texts('down'), mesh)
  const services = servicesNamed(invocation.texts('service'), mesh)
  if (tasks.length > 0) invocation.say('note: the lock is not up to date; told is what generate would make of it')
  const found = simulate({ mesh, lock, down, ...(services && { services }) })
  const { out, outPaint } = invocation.world
  if (format === 'json') out(jsonSimulation(found))
  else if (format === 'markdown') out(markdownSimulation(found))
  else out(textSimulation(found, outPaint))
  return invocation.flag('exit-code') && breaks(found) ? exit.found : exit.done
}

function clustersDown(names: readonly string[], { clusters }: Mesh): readonly string[] {
  const known = clusters.map(({ name }) => name)
  if (names.length === 0) throw unknown('--down names no cluster', '', known)
  for (const name of names) if (!known.includes(name)) throw unknown(`there is no cluster ${name}`, name, known)
  return names
}

/** By `<service>.<namespace>` or by the whole host. */
function servicesNamed(names: readonly string[], { services }: Mesh): readonly string[] | undefined {
  if (names.length === 0) return undefined
  return names.map((name) => {
    const found = services.find(({ key, host }) => key === name || host === name)
    if (found !== undefined) return found.key
    const known = services.map(({ host }) => host)
    throw unknown(`there is no host ${name}`, name, known)
  })
}

const LISTED_MAX = 20

function unknown(message: string, name: string, known: readonly string[]): Failure {
  const meant = suggest(name, known)
  const some = known.slice(0, LISTED_MAX).join(', ')
  const hint =
    meant === undefined ? `known: ${some}${known.length > LISTED_MAX ? ', ...' : ''}` : `did you mean ${meant}?`
  return new Failure(message, { exitCode: exit.invalid, hints: [hint] })
}
