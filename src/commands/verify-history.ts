import { dirname, resolve } from 'node:path'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { keysInHistory } from '../shell/git/history.ts'
import { openRepository } from '../shell/git/repository.ts'
import { meshFileOption, workFolder } from './inputs.ts'
import { plural } from './report.ts'
import type { Reporter } from './reporting.ts'

/** `verify --history`: what Git has of the mesh, in whatever commit. */
export async function judgeHistory(invocation: Invocation, { format, add }: Reporter): Promise<ExitCode> {
  const folder = dirname(resolve(workFolder(invocation), meshFileOption(invocation)))
  const repository = await openRepository(folder)
  const { found, files, large, shallow } = await keysInHistory(repository, invocation.positionals[0])
  const diagnostics: Diagnostic[] = found.map(({ commit, path, what }) =>
    diagnose('MESH-E867', { commit: commit.slice(0, 12), path, what }),
  )
  if (shallow) diagnostics.push(diagnose('MESH-W868', { what: 'this clone has only the newest commits' }))
  if (large > 0) diagnostics.push(diagnose('MESH-W868', { what: `${plural(large, 'file')} of more than 8 MiB` }))
  add({ folder: repository.root, diagnostics, texts: new Map() })
  if (found.length > 0) return exit.found
  if (format === 'text') invocation.say(`no key in the clear in ${plural(files, 'version')} of files`)
  return exit.done
}
