import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { meshFileOption, places, planInputs, readInputs } from './inputs.ts'
import { count, plural } from './report.ts'
import { reporting } from './reporting.ts'
import { givenManifests } from './with-manifests.ts'

/** Everything that `generate` would refuse is refused here, in one run; nothing is written. */
export function run(invocation: Invocation): Promise<ExitCode> {
  return reporting(invocation, meshFileOption(invocation), async ({ format, add }) => {
    const at = await places(invocation)
    const { planned, findings } = planInputs(invocation, await readInputs(at, await givenManifests(invocation, at)))
    const { diagnostics } = findings
    add({ folder: at.root, ...findings })
    if (hasErrors(diagnostics)) return exit.invalid
    if (planned !== undefined && format === 'text') {
      const { mesh } = planned
      const size = `${plural(mesh.clusters.length, 'cluster')}, ${plural(mesh.services.length, 'service')}`
      invocation.say(`${at.meshFile} is valid: ${size}${diagnostics.length > 0 ? `; ${count(diagnostics)}` : ''}`)
    }
    return exit.done
  })
}
