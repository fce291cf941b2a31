import { readFile } from 'node:fs/promises'
import { diagnose, hasErrors } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { sealingOf } from '../plan/sealing.ts'
import { objectsIn } from '../tree/objects.ts'
import { resealed } from '../trust/seal/reseal.ts'
import { changesNothing, describeChanges, generationOf, writeGeneration } from './generation.ts'
import { pathOption, places, planInputs, settleInputs, shown } from './inputs.ts'
import { report, seenFrom } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const [name = ''] = invocation.positionals
  const from = pathOption(invocation, 'from')
  if (from === undefined) throw new Failure('say which file kubeseal wrote: --from FILE', { exitCode: exit.invalid })
  const at = await places(invocation)
  const gathering = await settleInputs(invocation, at)
  const { planned, findings } = planInputs(invocation, gathering)
  if (planned === undefined || hasErrors(findings.diagnostics) || !gathering.checked.ok) {
    report(invocation, seenFrom(invocation, at.root, findings))
    return exit.invalid
  }
  if (planned.tasks.length > 0) {
    throw new Failure('the lock is not up to date', {
      exitCode: exit.found,
      hints: ['run meshwright generate first, and commit what it writes'],
    })
  }
  const { mesh, lock } = planned
  const cluster = mesh.clusters.find((c) => c.name === name)
  const locked = lock.clusters.get(name)
  if (cluster === undefined || locked === undefined) {
    throw new Failure(`the intent names no cluster ${name}`, { exitCode: exit.invalid })
  }
  const { files } = gathering.checked.value
  const { sealing, diagnostics } = sealingOf(
    { mesh: mesh.name, files, now: invocation.world.now() },
    cluster,
    locked.generation,
  )
  if (sealing?.backend !== 'sealed-secrets' || locked.sealed.backend !== 'sealed-secrets') {
    report(invocation, seenFrom(invocation, at.root, { ...findings, diagnostics }))
    if (sealing === undefined) return exit.invalid
    throw new Failure(`the key of ${name} is not sealed for a sealed-secrets controller`, { exitCode: exit.invalid })
  }
  const [object, second] = objectsIn(await readText(from)).values()
  const taken = resealed(second === undefined ? object?.fields : undefined, locked.sealed, sealing.certificate)
  if ('problem' in taken) {
    const problem = diagnose('MESH-E477', { cluster: name, problem: taken.problem }, { file: from, start: 0, end: 0 })
    report(invocation, seenFrom(invocation, at.root, { diagnostics: [problem], texts: new Map() }))
    return exit.invalid
  }
  const clusters = new Map([...lock.clusters, [name, { ...locked, sealed: taken.sealed }] as const])
  const generation = await generationOf(invocation, at, { plan: planned, lock: { ...lock, clusters } })
  await writeGeneration(at, generation)
  invocation.say(`cacerts of ${name} is sealed for ${sealing.certificate.fingerprint} now`)
  invocation.say(changesNothing(generation) ? 'nothing changed' : describeChanges(generation))
  invocation.say(`whether it opens, only the cluster can tell: kubeseal --validate < ${shown(invocation, from)}`)
  return exit.done
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new Failure(`cannot read ${file}`, { hints: ['name what kubeseal --re-encrypt printed'] })
  }
}
