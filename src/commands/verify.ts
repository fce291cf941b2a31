import { dirname, join, relative, resolve, sep } from 'node:path'
import { diagnose, hasErrors, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import { LOCK_FOLDER, readLock } from '../lock/read.ts'
import { readFolder } from '../shell/folder.ts'
import { workTreeSources } from '../shell/sources.ts'
import { ownerOf } from '../tree/ownership.ts'
import { verifyOutput, type Verdict } from '../verify/verify.ts'
import { count, places, plural, report, reportJson } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', ['text', 'json']) ?? 'text'
  const cwd = resolve(invocation.world.cwd, invocation.text('directory') ?? '.')
  const [named] = invocation.positionals
  const folder = named === undefined ? places(invocation).output : resolve(cwd, named)
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
    else if (path.startsWith('clusters/')) {
      others.push(diagnose('MESH-E706', { what: entry.what }, { file: path, start: 0, end: 0 }))
    }
  }
  const parent = dirname(folder)
  const beside = await lockBeside(parent)
  const { lock } = beside
  const verdict = verifyOutput(files, { now: invocation.world.now(), ...(lock !== undefined && { lock }) })

  const shown = relative(cwd, folder)
  const diagnostics = [
    ...beside.diagnostics.map((d) => moved(d, relative(cwd, parent))),
    ...[...others, ...verdict.diagnostics].map((d) => moved(d, shown)),
  ]
  const texts = new Map([...files].map(([path, text]) => [within(shown, path), text]))
  if (format === 'json') reportJson(invocation, diagnostics, texts)
  else report(invocation, diagnostics, texts)
  if (hasErrors(diagnostics)) return exit.found
  if (format === 'text') invocation.say(praise(shown === '' ? '.' : shown, verdict, lock, diagnostics))
  return exit.done
}

/** The lock in the same folder as the output, if there is one; whose it is, its files say themselves. */
async function lockBeside(parent: string): Promise<{ lock?: Lock; diagnostics: readonly Diagnostic[] }> {
  const files = new Map<string, string>()
  for (const [path, bytes] of await workTreeSources(parent).readAll(LOCK_FOLDER)) {
    files.set(path, Buffer.from(bytes).toString('utf8'))
  }
  if (files.size === 0) return { diagnostics: [] }
  const [mesh = ''] = [...files].flatMap(([path, text]) => {
    const owner = ownerOf(text, '', path)
    return owner.kind === 'other-mesh' ? [owner.mesh] : []
  })
  const checked = readLock(files, mesh)
  return checked.ok ? { lock: checked.value, diagnostics: checked.diagnostics } : { diagnostics: checked.diagnostics }
}

/** The same with its places as seen from the folder that the command works in. */
function moved(diagnostic: Diagnostic, folder: string): Diagnostic {
  const { span, related } = diagnostic
  const placed = (s: Span): Span => ({ ...s, file: within(folder, s.file) })
  return {
    ...diagnostic,
    ...(span && { span: placed(span) }),
    ...(related && { related: related.map((r) => ({ ...r, span: placed(r.span) })) }),
  }
}

function within(folder: string, path: string): string {
  return join(folder, path).split(sep).join('/')
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
