import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { describeTask } from '../plan/task.ts'
import { isDue } from '../trust/expiry.ts'
import { jsonStatus, markdownStatus, textStatus } from '../review/trust-formats.ts'
import { trustStatus } from '../trust/status.ts'
import { places, planInputs, readInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

const FORMATS = ['text', 'json', 'markdown'] as const
const OF_TRUST = new Set(['issue-intermediate', 'seal-bundle', 'root-state', 'remove-cluster'])

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', FORMATS) ?? 'text'
  const at = await places(invocation)
  const gathering = await readInputs(at)
  const { planned, findings } = planInputs(invocation, gathering)
  // What is wrong with the lock or the step is told beside it; only what cannot be read has no status.
  report(invocation, errorsOf(seenFrom(invocation, at.root, findings)))
  if (!gathering.checked.ok || planned === undefined) return exit.invalid
  const { mesh, lock, files } = gathering.checked.value
  const tasks = planned.tasks.filter(({ kind }) => OF_TRUST.has(kind)).map((task) => `to do: ${describeTask(task)}`)
  const status = trustStatus(mesh, lock, { files, tasks, now: invocation.world.now() })
  const { out } = invocation.world
  if (format === 'json') out(jsonStatus(status))
  else if (format === 'markdown') out(markdownStatus(status))
  else out(textStatus(status))
  // A CRL that nobody is given yet ends without harm.
  return status.endings.some((ending) => ending.what !== 'crl' && isDue(ending)) ? exit.found : exit.done
}
