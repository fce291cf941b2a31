import { hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { describeTask } from '../plan/task.ts'
import { fulfil } from '../shell/fulfil.ts'
import { judgeBase } from './base.ts'
import { beginCommit, commitWritten, editsWrittenOver, refuseUncommittable } from './generate-commit.ts'
import {
  changesNothing,
  describeChanges,
  generationOf,
  refuseMuchRemoved,
  refuseRemovedCluster,
  tellMended,
  tellStale,
  writeGeneration,
} from './generation.ts'
import { meshFileOption, places, planInputs, readInputs, settleInputs, shown, tellTasks } from './inputs.ts'
import { keyFiles } from './key-files.ts'
import { progressOf } from './progress.ts'
import { reporting, type Reporter } from './reporting.ts'
import { tasksDue } from './stale.ts'
import { givenManifests } from './with-manifests.ts'
import { tellStoreFiles, writeStoreFiles } from './store-files.ts'

export function run(invocation: Invocation): Promise<ExitCode> {
  return reporting(invocation, meshFileOption(invocation), (reporter) => generate(invocation, reporter))
}

async function generate(invocation: Invocation, reporter: Reporter): Promise<ExitCode> {
  if (invocation.has('signer') && invocation.has('root-key')) {
    throw new Failure('--signer and --root-key both sign', { exitCode: exit.invalid, hints: ['give one of the two'] })
  }
  const at = await places(invocation)
  const check = invocation.flag('check')
  const committing = await beginCommit(invocation, at)
  const given = await givenManifests(invocation, at)
  const gathering = check ? await readInputs(at, given) : await settleInputs(invocation, at, given)
  const { planned, findings } = planInputs(invocation, gathering, invocation.texts('release'))
  reporter.add({ folder: at.root, ...findings })
  if (planned === undefined || hasErrors(findings.diagnostics)) return exit.invalid
  if (check && planned.tasks.length > 0) {
    if (reporter.format !== 'text') reporter.add({ folder: at.root, ...tasksDue(at, planned) })
    tellTasks(invocation, planned)
    invocation.say('the lock is not up to date: run meshwright generate and commit what it writes')
    return exit.found
  }
  if (!invocation.flag('allow-delete')) refuseRemovedCluster(planned)

  const keys = keyFiles(invocation)
  const {
    lock,
    diagnostics: issued,
    stored,
  } = await fulfil(planned, keys, invocation.world.now(), progressOf(invocation, 'making intermediates'))
  reporter.add({ folder: at.root, diagnostics: issued, texts: findings.texts })
  const base = invocation.text('base')
  if (check || committing !== undefined || base !== undefined) {
    const staged = await judgeBase(at, planned.mesh, lock, base)
    reporter.add({ folder: at.root, diagnostics: staged, texts: findings.texts })
    if (hasErrors(staged)) return exit.invalid
  }
  const generation = await generationOf(invocation, at, { plan: planned, lock })
  if (check) {
    if (!changesNothing(generation)) return tellStale(invocation, at, generation, reporter)
    invocation.say('lock and output are up to date')
    return exit.done
  }
  if (!invocation.flag('allow-delete')) refuseMuchRemoved(generation)
  if (committing !== undefined) await refuseUncommittable(committing, gathering, planned.mesh.name, generation.files)
  const edits = committing === undefined ? [] : await editsWrittenOver(committing, generation)
  const storeFiles = await writeStoreFiles(stored, keys.storeFolder, () => writeGeneration(at, generation), at)
  for (const path of edits) {
    invocation.say(`wrote over ${shown(invocation, `${at.root}/${path}`)}, which was not as HEAD has it`)
  }
  for (const task of planned.tasks) invocation.say(`done: ${describeTask(task)}`)
  tellStoreFiles(invocation, planned, storeFiles)
  tellMended(invocation, at, generation)
  invocation.say(changesNothing(generation) ? 'nothing changed' : describeChanges(generation))
  if (committing !== undefined) await commitWritten(invocation, committing, planned, generation.files)
  return exit.done
}
