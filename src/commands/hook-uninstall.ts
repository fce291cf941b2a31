import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { editHooks, hookSite } from './hook-edits.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const site = await hookSite(invocation)
  const changed = await editHooks(invocation, site, 'uninstall')
  invocation.say(
    changed.length === 0
      ? `there is no hook of ours with ${site.manager}`
      : `took the hook out of ${changed.join(', ')}`,
  )
  return exit.done
}
