import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { places, planInputs, readInputs } from './inputs.ts'
import { count, plural, report, reportJson, seenFrom } from './report.ts'

/** Everything that `generate` would refuse is refused here, in one run; nothing is written. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', ['text', 'json']) ?? 'text'
  const at = await places(invocation)
  const { planned, findings: found } = planInputs(invocation, await readInputs(at))
  const findings = seenFrom(invocation, at.root, found)
  const { diagnostics } = findings
  if (format === 'json') reportJson(invocation, findings)
  else report(invocation, findings)
  if (hasErrors(diagnostics)) return exit.invalid
  if (planned !== undefined && format === 'text') {
    const { mesh } = planned
    const size = `${plural(mesh.clusters.length, 'cluster')}, ${plural(mesh.services.length, 'service')}`
    invocation.say(`${at.meshFile} is valid: ${size}${diagnostics.length > 0 ? `; ${count(diagnostics)}` : ''}`)
  }
  return exit.done
}
