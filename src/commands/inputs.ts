/** What commands begin with: the places, and the inputs as they lie in the work tree. */
import { relative, resolve } from 'node:path'
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { plan, type Plan } from '../plan/plan.ts'
import { describeTask } from '../plan/task.ts'
import { STDIN } from '../shell/key-input.ts'
import { workTreeSources } from '../shell/sources.ts'
import { isInterrupted, recover } from '../shell/transaction.ts'
import { gather, placesOf, type Gathering, type Places } from '../shell/workspace.ts'
import type { GivenManifests } from '../shell/user-manifests.ts'
import { outputOverlap } from '../shell/overlap.ts'
import type { Findings } from './report.ts'

/** The folder that a command works in; every path that the user names is relative to it. */
export function workFolder(invocation: Invocation): string {
  return resolve(invocation.world.cwd, invocation.text('directory') ?? '.')
}

/** A path that the user gave by an option, as an absolute one. */
export function pathOption(invocation: Invocation, option: string, variable?: string): string | undefined {
  const said = invocation.text(option)
  if (said !== undefined) return resolve(workFolder(invocation), said)
  const set = variable === undefined ? undefined : invocation.world.env[variable]
  return set === undefined || set === '' ? undefined : resolve(invocation.world.cwd, set)
}

/** The file of the root key; `-`, which is standard input, stays as it is. */
export function rootKeyOption(invocation: Invocation): string | undefined {
  if (invocation.text('root-key') === STDIN) return STDIN
  return pathOption(invocation, 'root-key', 'MESHWRIGHT_ROOT_KEY')
}

/** The mesh file as the user named it. */
export function meshFileOption(invocation: Invocation): string {
  return invocation.text('file') ?? 'mesh.yaml'
}

export async function places(invocation: Invocation): Promise<Places> {
  const at = placesOf(workFolder(invocation), meshFileOption(invocation), invocation.text('output'))
  const problem = await outputOverlap(at)
  if (problem === undefined) return at
  throw new Failure(`the output folder ${problem}`, {
    exitCode: exit.invalid,
    hints: ['the lock must never be taken for output: name another folder with -o DIR'],
  })
}

/** How a file is called from where the user is. */
export function shown(invocation: Invocation, path: string): string {
  return relative(invocation.world.cwd, path) || '.'
}

/** For commands that only read: half of a write is nothing to judge anything by. */
export async function readInputs(at: Places, given?: GivenManifests): Promise<Gathering> {
  await refuseInterrupted(at)
  return gather(workTreeSources(at.root), at.meshFile, given)
}

/** For commands that write: a run that was killed half way is finished first. */
export async function settleInputs(invocation: Invocation, at: Places, given?: GivenManifests): Promise<Gathering> {
  const recovery = await recover(at.lock, [at.output])
  if (recovery.kind !== 'none') {
    const files = recovery.paths.map((path) => shown(invocation, resolve(at.lock, path)))
    invocation.say(
      recovery.kind === 'finished'
        ? `finished the write of a run that was interrupted: ${files.join(', ') || 'nothing was left of it'}`
        : `gave up the write of a run that was interrupted, since these files have changed in between: ${files.join(', ')}`,
    )
  }
  return gather(workTreeSources(at.root), at.meshFile, given)
}

export async function refuseInterrupted(at: Places): Promise<void> {
  if (!(await isInterrupted(at.lock))) return
  throw new Failure('an interrupted write is not finished', {
    hints: ['run meshwright generate, which finishes it first'],
  })
}

/** The plan for what was gathered, and all that was found on the way; no plan where the inputs cannot be read. */
export function planInputs(
  invocation: Invocation,
  { checked, texts }: Gathering,
  release: readonly string[] = [],
): { readonly planned?: Plan; readonly findings: Findings } {
  if (!checked.ok) return { findings: { diagnostics: checked.diagnostics, texts } }
  const planned = plan({ ...checked.value, now: invocation.world.now(), release })
  return { planned, findings: { diagnostics: [...checked.diagnostics, ...planned.diagnostics], texts } }
}

/** What is to be done to the lock before anything of it may go live. */
export function tellTasks(invocation: Invocation, { tasks }: Plan): void {
  for (const task of tasks) invocation.say(`to do: ${describeTask(task)}`)
}
