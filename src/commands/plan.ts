import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { emptyLock } from '../lock/lock.ts'
import { renderKnown } from '../plan/render.ts'
import { jsonReview } from '../review/json.ts'
import { markdownReview } from '../review/markdown.ts'
import { isNothing, review, type State } from '../review/review.ts'
import { textReview } from '../review/text.ts'
import { readFolder } from '../shell/folder.ts'
import { commitSources } from '../shell/git/commit-sources.ts'
import { openRepository } from '../shell/git/repository.ts'
import { gather, type Gathered, type Places } from '../shell/workspace.ts'
import type { FileTree } from '../tree/file-tree.ts'
import { ownerOf } from '../tree/ownership.ts'
import { places, planInputs, readInputs, shown, workFolder } from './inputs.ts'
import { report, seenFrom } from './report.ts'

const FORMATS = ['text', 'json', 'markdown'] as const

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', FORMATS) ?? 'text'
  const at = await places(invocation)
  const gathering = await readInputs(at)
  const { planned, findings } = planInputs(invocation, gathering, invocation.texts('release'))
  report(invocation, seenFrom(invocation, at.root, findings))
  if (planned === undefined || !gathering.checked.ok || hasErrors(findings.diagnostics)) return exit.invalid

  const { against, state } = await formerState(invocation, at, gathering.checked.value)
  const found = review({
    mesh: planned.mesh.name,
    against,
    before: state,
    after: { output: renderKnown(planned, planned.lock), lock: planned.lock },
    tasks: planned.tasks,
  })
  const { out, paint } = invocation.world
  if (format === 'json') out(jsonReview(found))
  else if (format === 'markdown') out(markdownReview(found))
  else out(textReview(found, paint))
  return invocation.flag('exit-code') && !isNothing(found) ? exit.found : exit.done
}

interface Former {
  /** How the report calls it. */
  readonly against: string
  readonly state: State
}

async function formerState(invocation: Invocation, at: Places, { lock, mesh }: Gathered): Promise<Former> {
  const base = invocation.text('base')
  const folder = invocation.text('against')
  if (base !== undefined && folder !== undefined) {
    throw new Failure('--base and --against exclude each other', {
      exitCode: exit.invalid,
      hints: ['--base names a commit, --against an output folder'],
    })
  }
  if (base !== undefined) return { against: base, state: await stateAt(invocation, at, base) }
  if (folder === undefined) {
    return { against: shown(invocation, at.output), state: { output: await oursIn(at.output, mesh.name), lock } }
  }
  const path = resolve(workFolder(invocation), folder)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) {
    throw new Failure(`there is no folder ${folder}`, {
      exitCode: exit.invalid,
      hints: ['it is one that holds clusters/'],
    })
  }
  // Another folder comes without its lock, so only objects can be held against it.
  return { against: folder, state: { output: await oursIn(path, mesh.name), lock } }
}

/** Files of others are none of our business; a file of ours that is edited still is. */
async function oursIn(folder: string, mesh: string): Promise<FileTree> {
  const tree = new Map<string, string>()
  for (const [path, found] of await readFolder(folder)) {
    if (found.kind !== 'file' || ownerOf(found.text, mesh, path).kind !== 'ours') continue
    tree.set(path, found.text.replaceAll('\r\n', '\n'))
  }
  return tree
}

/** What the inputs of a commit give, by the code of today: so only the change of intent shows, and no change of ours. */
async function stateAt(invocation: Invocation, at: Places, revision: string): Promise<State> {
  const repository = await openRepository(at.root)
  const commit = await repository.commitAt(revision)
  const sources = commitSources(repository, commit)
  if (!(await sources.read([at.meshFile])).has(at.meshFile)) return { output: new Map(), lock: emptyLock }
  const { planned, findings } = planInputs(invocation, await gather(sources, at.meshFile))
  if (planned === undefined || hasErrors(findings.diagnostics)) {
    report(invocation, findings)
    throw new Failure(`what ${revision} has cannot be rendered, so nothing can be held against it`, {
      exitCode: exit.invalid,
      hints: ['--base names another commit; --against DIR takes an output folder'],
    })
  }
  if (planned.tasks.length > 0) {
    invocation.say(`note: the lock of ${revision} is not up to date; compared is what generate would make of it`)
  }
  return { output: renderKnown(planned, planned.lock), lock: planned.lock }
}
