import { dirname, join, resolve } from 'node:path'
import { diagnose, hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import { LOCK_FOLDER, readLock } from '../lock/read.ts'
import { readFolder } from '../shell/folder.ts'
import { workTreeSources } from '../shell/sources.ts'
import { lockTexts } from '../shell/workspace.ts'
import { ownerOf } from '../tree/ownership.ts'
import { verifyOutput, type Verdict } from '../verify/verify.ts'
import { meshFileOption, places, shown, workFolder } from './inputs.ts'
import { count, plural } from './report.ts'
import { reporting, type Reporter } from './reporting.ts'

export function run(invocation: Invocation): Promise<ExitCode> {
  if (invocation.flag('history')) {
    return reporting(invocation, meshFileOption(invocation), async (reporter) => {
      const { judgeHistory } = await import('./verify-history.ts')
      return judgeHistory(invocation, reporter)
    })
  }
  const about = invocation.positionals[0] ?? join(dirname(meshFileOption(invocation)), 'output')
  return reporting(invocation, about, (reporter) => judge(invocation, reporter))
}

async function judge(invocation: Invocation, { format, add }: Reporter): Promise<ExitCode> {
  const [named] = invocation.positionals
  const folder = named === undefined ? (await places(invocation)).output : resolve(workFolder(invocation), named)
  const found = await readFolder(folder)
  if (![...found.keys()].some((path) => path.startsWith('clusters/'))) {
    throw new Failure(`${folder} holds no clusters`, {
      hints: ['name the folder that has clusters/ in it: an output folder, or a checkout of the output branch'],
    })
  }
  const files = new Map<string, string>()
  const others: Diagnostic[] = []
  for (const [path, entry] of found) {
    if (entry.kind === 'file') files.set(path, entry.text)
    else if (entry.kind === 'other' && path.startsWith('clusters/')) {
      others.push(diagnose('MESH-E706', { what: entry.what }, { file: path, start: 0, end: 0 }))
    }
  }
  const parent = dirname(folder)
  const beside = await lockBeside(parent)
  const { lock } = beside
  const verdict = verifyOutput(files, { now: invocation.world.now(), ...(lock !== undefined && { lock }) })

  const ofOutput = [...others, ...verdict.diagnostics]
  add(
    { folder: parent, diagnostics: beside.diagnostics, texts: new Map() },
    { folder, diagnostics: ofOutput, texts: files },
  )
  const diagnostics = [...beside.diagnostics, ...ofOutput]
  if (hasErrors(diagnostics)) return exit.found
  const ending = diagnostics.some(({ code }) => code === 'MESH-W713')
  if (format === 'text') invocation.say(praise(shown(invocation, folder), verdict, lock, diagnostics))
  if (ending && invocation.flag('expiry')) return exit.found
  return exit.done
}

/** The lock in the same folder as the output, if there is one; whose it is, its files say themselves. */
async function lockBeside(parent: string): Promise<{ lock?: Lock; diagnostics: readonly Diagnostic[] }> {
  const files = await lockTexts(workTreeSources(parent))
  if (files.size === 0) return { diagnostics: [] }
  const [mesh = ''] = [...files].flatMap(([path, text]) => {
    const owner = ownerOf(text, '', path)
    return owner.kind === 'other-mesh' ? [owner.mesh] : []
  })
  const checked = readLock(files, mesh)
  return checked.ok ? { lock: checked.value, diagnostics: checked.diagnostics } : { diagnostics: checked.diagnostics }
}

function praise(
  folder: string,
  { clusters, hosts, roots }: Verdict,
  lock: Lock | undefined,
  found: readonly Diagnostic[],
): string {
  const held = lock === undefined ? 'without a lock to hold it against' : `as ${LOCK_FOLDER} has it`
  const warnings = found.length > 0 ? `; ${count(found)}` : ''
  return `${folder} is sound, ${held}: ${plural(clusters.length, 'cluster')} (${clusters.join(', ')}), ${plural(hosts, 'host')}, root ${roots.join(', ')}${warnings}`
}
