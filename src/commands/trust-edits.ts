/** Writes a change of trust into the intent: judged as a whole before anything is written. */
import { join } from 'node:path'
import { hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import { withGeneration, withRoots, type Edited } from '../intent/rotation-edits.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { RootState } from '../mesh/trust.ts'
import { describeTask } from '../plan/task.ts'
import { replaceFile } from '../shell/replace-file.ts'
import { workTreeSources, type Sources } from '../shell/sources.ts'
import { gather, type Places } from '../shell/workspace.ts'
import { planInputs, places, readInputs, shown } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

export interface Change {
  readonly roots?: readonly { readonly id: string; readonly state: RootState }[]
  /** Wanted generations by cluster. */
  readonly generations?: ReadonlyMap<string, number>
}

export interface Rotating {
  readonly at: Places
  readonly mesh: Mesh
  readonly lock: Lock
}

/**
 * What a rotation goes on from: an intent without errors whose lock is up to date, since a stage that is not generated
 * yet is not over.
 *
 * @param cured which errors the rotation itself puts right
 */
export async function beginRotation(
  invocation: Invocation,
  cured: (found: Diagnostic) => boolean = () => false,
): Promise<Rotating | ExitCode> {
  const at = await places(invocation)
  const gathering = await readInputs(at)
  const { planned, findings } = planInputs(invocation, gathering)
  const errors = findings.diagnostics.filter(
    (found) => found.severity === 'error' && found.code !== 'MESH-E805' && !cured(found),
  )
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: errors, texts: findings.texts })))
  if (!gathering.checked.ok || planned === undefined || errors.length > 0) return exit.invalid
  const open = planned.tasks.filter(({ kind }) => ['issue-intermediate', 'seal-bundle', 'root-state'].includes(kind))
  if (open.length > 0) {
    throw new Failure('the stage before is not generated yet', {
      exitCode: exit.found,
      hints: [
        ...open.map((task) => `to do: ${describeTask(task)}`),
        'run meshwright generate, commit and publish first',
      ],
    })
  }
  return { at, mesh: gathering.checked.value.mesh, lock: gathering.checked.value.lock }
}

/** Writes the edits, or with --dry-run only tells them; what they would break is reported, and nothing written then. */
export async function changeIntent(invocation: Invocation, { at, mesh }: Rotating, change: Change): Promise<ExitCode> {
  const sources = workTreeSources(at.root)
  const before = new Map<string, Uint8Array>()
  const after = new Map<string, Uint8Array>()
  const edit = async (file: string, how: (bytes: Uint8Array) => Edited): Promise<void> => {
    const bytes = after.get(file) ?? (await sources.read([file])).get(file)
    if (bytes === undefined) throw new Failure(`${file} is gone`)
    if (!before.has(file)) before.set(file, bytes)
    const result = how(bytes)
    if ('byHand' in result) throw byHand(result.byHand)
    after.set(file, Buffer.from(result.text))
  }
  // What is behind in a file comes first, so that no place moves before it is used.
  const clusters = mesh.clusters.toSorted((a, b) => b.origin.start - a.origin.start)
  for (const cluster of clusters) {
    const generation = change.generations?.get(cluster.name)
    if (generation === undefined) continue
    await edit(cluster.origin.file, (bytes) => withGeneration(bytes, cluster, generation))
  }
  const { roots } = change
  if (roots !== undefined) await edit(at.meshFile, (bytes) => withRoots(bytes, mesh, roots))

  const gathering = await gather(overlaid(sources, after), at.meshFile)
  const { findings } = planInputs(invocation, gathering)
  const errors = findings.diagnostics.filter(({ severity, code }) => severity === 'error' && code !== 'MESH-E805')
  if (hasErrors(errors)) {
    report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: errors, texts: findings.texts })))
    invocation.say('nothing was written')
    return exit.invalid
  }
  const dry = invocation.flag('dry-run')
  if (!dry) {
    for (const [file, bytes] of after) await replaceFile(join(at.root, file), before.get(file) ?? bytes, bytes)
  }
  for (const [file] of after) {
    invocation.say(`${dry ? 'would write' : 'wrote'} ${shown(invocation, join(at.root, file))}:`)
    for (const line of changedLines(before.get(file), after.get(file))) invocation.say(`  ${line}`)
  }
  return exit.done
}

export function sayCommit(invocation: Invocation, subject: string): void {
  invocation.say(`commit it with lock and output, as one stage: git commit -m ${JSON.stringify(subject)}`)
}

function overlaid(sources: Sources, files: ReadonlyMap<string, Uint8Array>): Sources {
  return {
    ...sources,
    read: async (paths) => {
      const found = await sources.read(paths)
      return new Map([...found].map(([path, bytes]) => [path, files.get(path) ?? bytes]))
    },
  }
}

/** Lines that are new: every edit changes one, or puts some in. */
function changedLines(before: Uint8Array | undefined, after: Uint8Array | undefined): string[] {
  const lines = (bytes: Uint8Array | undefined): string[] =>
    Buffer.from(bytes ?? [])
      .toString('utf8')
      .split(/\r?\n/)
  const was = lines(before)
  return lines(after).flatMap((line) => {
    const at = was.indexOf(line)
    if (at >= 0) was.splice(0, at + 1)
    return at >= 0 ? [] : [`+ ${line}`]
  })
}

function byHand(what: string): Failure {
  return new Failure(
    'the intent is written in a way that it cannot be changed without changing the rest; nothing was written',
    {
      exitCode: exit.invalid,
      hints: [`write by hand, ${what}`],
    },
  )
}
