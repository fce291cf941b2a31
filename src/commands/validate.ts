import { hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { plan } from '../plan/plan.ts'
import { workTreeSources } from '../shell/sources.ts'
import { gather } from '../shell/workspace.ts'
import { count, places, plural, report, reportJson } from './report.ts'

/** Everything that `generate` would refuse is refused here, in one run; nothing is written. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', ['text', 'json']) ?? 'text'
  const { root, meshFile } = places(invocation)
  const { checked, texts } = await gather(workTreeSources(root), meshFile)
  const found: Diagnostic[] = [...checked.diagnostics]
  if (checked.ok) found.push(...plan({ ...checked.value, now: invocation.world.now() }).diagnostics)
  if (format === 'json') reportJson(invocation, found, texts)
  else report(invocation, found, texts)
  if (hasErrors(found)) return exit.invalid
  if (checked.ok && format === 'text') {
    const { mesh } = checked.value
    const size = `${plural(mesh.clusters.length, 'cluster')}, ${plural(mesh.services.length, 'service')}`
    invocation.say(`${meshFile} is valid: ${size}${found.length > 0 ? `; ${count(found)}` : ''}`)
  }
  return exit.done
}
