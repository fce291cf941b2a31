import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { hasErrors, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { emptyLock } from '../lock/lock.ts'
import { LOCK_FOLDER } from '../lock/read.ts'
import { lockTree } from '../lock/write.ts'
import type { Plan } from '../plan/plan.ts'
import { renderKnown } from '../plan/render.ts'
import { jsonReview } from '../review/json.ts'
import { markdownReview } from '../review/markdown.ts'
import { isNothing, review, type State } from '../review/review.ts'
import { textReview } from '../review/text.ts'
import { readFolder } from '../shell/folder.ts'
import { commitSources } from '../shell/git/commit-sources.ts'
import { openRepository } from '../shell/git/repository.ts'
import { gather, type Gathered, type Places } from '../shell/workspace.ts'
import { changeTo, ownFiles, type Change } from '../tree/change.ts'
import { clusterOf } from '../tree/difference.ts'
import { judgeBase } from './base.ts'
import { places, planInputs, readInputs, shown, workFolder } from './inputs.ts'
import { ofRevision, report, seenFrom } from './report.ts'
import { givenManifests } from './with-manifests.ts'

const FORMATS = ['text', 'json', 'markdown'] as const

export async function run(invocation: Invocation): Promise<ExitCode> {
  const format = invocation.oneOf('format', FORMATS) ?? 'text'
  const at = await places(invocation)
  const gathering = await readInputs(at, await givenManifests(invocation, at))
  const { planned, findings } = planInputs(invocation, gathering, invocation.texts('release'))
  report(invocation, seenFrom(invocation, at.root, findings))
  if (planned === undefined || !gathering.checked.ok || hasErrors(findings.diagnostics)) return exit.invalid

  const after = { output: renderKnown(planned, planned.lock), lock: planned.lock }
  const { against, state, ...onDisk } = await formerState(invocation, at, gathering.checked.value, after)
  const found = review({
    mesh: planned.mesh.name,
    against,
    before: state,
    after,
    tasks: planned.tasks,
    // Where there is something to do, that the lock changes is told by the tasks.
    lockFiles: planned.tasks.length === 0 ? (onDisk.lockFiles ?? []) : [],
  })
  const staged = await stagesSince(invocation, at, planned)
  report(invocation, seenFrom(invocation, at.root, { diagnostics: staged, texts: findings.texts }))
  const { out, outPaint } = invocation.world
  if (format === 'json') out(jsonReview(found))
  else if (format === 'markdown') out(markdownReview(found))
  else out(textReview(found, outPaint))
  const { conflicts = [] } = onDisk
  for (const { path, what } of conflicts) {
    invocation.say(`in the way of generate: ${shown(invocation, `${at.output}/${path}`)} ${what}`)
  }
  if (hasErrors(staged)) return exit.invalid
  return invocation.flag('exit-code') && !(isNothing(found) && conflicts.length === 0) ? exit.found : exit.done
}

/** With what lies in the work tree, the plan has judged the step already; a commit may be further away. */
async function stagesSince(
  invocation: Invocation,
  at: Places,
  { mesh, lock, tasks }: Plan,
): Promise<readonly Diagnostic[]> {
  const base = invocation.text('base')
  // What is not sealed yet is in no lock: generate --check judges it when it is.
  if (base === undefined || tasks.some(({ kind }) => kind === 'issue-intermediate' || kind === 'seal-bundle')) return []
  return judgeBase(at, mesh, lock, base)
}

interface Former {
  /** How the report calls it. */
  readonly against: string
  readonly state: State
  /** Of the folders that `generate` writes: what is in its way, and files of the lock that are not as it writes them. */
  readonly conflicts?: Change['conflicts']
  readonly lockFiles?: readonly string[]
}

async function formerState(
  invocation: Invocation,
  at: Places,
  { lock, mesh }: Gathered,
  after: State,
): Promise<Former> {
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
    const found = await readFolder(at.output)
    const stale = changeTo(lockTree(after.lock, mesh.name), await readFolder(at.lock), mesh.name)
    return {
      against: shown(invocation, at.output),
      state: { output: ownFiles(found, mesh.name), lock },
      conflicts: changeTo(after.output, found, mesh.name).conflicts,
      lockFiles: [...stale.added, ...stale.modified, ...stale.deleted].map((path) => `${LOCK_FOLDER}/${path}`),
    }
  }
  const path = resolve(workFolder(invocation), folder)
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) {
    throw new Failure(`there is no folder ${folder}`, {
      exitCode: exit.invalid,
      hints: ['it is one that holds clusters/'],
    })
  }
  const output = ownFiles(await readFolder(path), mesh.name)
  if (![...output.keys()].some((file) => clusterOf(file) !== '')) {
    throw new Failure(`${folder} holds no cluster of mesh ${mesh.name}`, {
      exitCode: exit.invalid,
      hints: ['name an output folder, or a checkout of the output branch: one that has clusters/ in it'],
    })
  }
  // Another folder comes without its lock, so only objects can be held against it.
  return { against: folder, state: { output, lock } }
}

/** What the inputs of a commit give, by the code of today: so only the change of intent shows, and no change of ours. */
async function stateAt(invocation: Invocation, at: Places, revision: string): Promise<State> {
  const repository = await openRepository(at.root)
  const commit = await repository.commitAt(revision)
  const sources = commitSources(repository, commit)
  if (!(await sources.read([at.meshFile])).has(at.meshFile)) return { output: new Map(), lock: emptyLock }
  const { planned, findings } = planInputs(invocation, await gather(sources, at.meshFile))
  if (planned === undefined || hasErrors(findings.diagnostics)) {
    report(invocation, ofRevision(revision, repository.prefix, findings))
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
