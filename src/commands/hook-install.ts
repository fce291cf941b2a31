import { join } from 'node:path'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { commandLine } from '../hooks/call.ts'
import type { Invocation } from '../invocation.ts'
import { isFile } from '../shell/hook-writer.ts'
import { editHooks, hintsFor, hookSite } from './hook-edits.ts'
import { places, shown } from './inputs.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const { root, meshFile } = await places(invocation)
  const mesh = join(root, meshFile)
  if (!(await isFile(mesh))) {
    throw new Failure(`there is no ${shown(invocation, mesh)}`, {
      exitCode: exit.invalid,
      hints: ['-f names another file, -C another folder; the hook is for the mesh that they name'],
    })
  }
  const site = await hookSite(invocation)
  const written = await editHooks(invocation, site, 'install')
  const what = `the hook of ${site.manager}, which runs: ${commandLine(site.call)}`
  invocation.say(written.length === 0 ? `there is ${what}` : `wrote ${written.join(', ')}: ${what}`)
  for (const hint of hintsFor(site)) invocation.say(hint)
  return exit.done
}
