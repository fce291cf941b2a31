import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { plan } from '../plan/plan.ts'
import { places, readInputs } from './inputs.ts'
import { count, plural, report, reportJson, seenFrom } from './report.ts'

/** Everything that `generate` would refuse is refused here, in one run; nothing is written. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', ['text', 'json']) ?? 'text'
  const at = await places(invocation)
  const { checked, texts } = await readInputs(at)
  const planned = checked.ok ? plan({ ...checked.value, now: invocation.world.now() }).diagnostics : []
  const diagnostics = [...checked.diagnostics, ...planned]
  const findings = seenFrom(invocation, at.root, { diagnostics, texts })
  if (format === 'json') reportJson(invocation, findings)
  else report(invocation, findings)
  if (hasErrors(diagnostics)) return exit.invalid
  if (checked.ok && format === 'text') {
    const { mesh } = checked.value
    const size = `${plural(mesh.clusters.length, 'cluster')}, ${plural(mesh.services.length, 'service')}`
    invocation.say(`${at.meshFile} is valid: ${size}${diagnostics.length > 0 ? `; ${count(diagnostics)}` : ''}`)
  }
  return exit.done
}
