import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { wantedGeneration } from '../plan/plan-trust.ts'
import { pendingOf } from '../trust/pending.ts'
import { controllerSealingOf } from '../plan/sealing.ts'
import { makeRequest } from '../shell/csr.ts'
import { systemEntropy } from '../shell/entropy.ts'
import { places } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'
import { clusterInputs, writeLockFiles, type ClusterInputs } from './trust-lock.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const inputs = await clusterInputs(invocation, at)
  if (inputs === undefined) return exit.invalid
  const { mesh, lock, files, cluster, texts } = inputs
  const { name } = cluster
  const before = pendingOf(lock, cluster)
  if (before !== undefined) {
    invocation.world.out(before.request)
    invocation.say(`the request for generation ${before.generation} of ${name}, as it was made`)
    return exit.done
  }
  const now = invocation.world.now()
  const wanted = wantedGeneration(cluster, lock.clusters.get(name))
  const sealing = 'refusal' in wanted ? undefined : controllerSealingOf(cluster, { mesh: mesh.name, files, now })
  const diagnostics = 'refusal' in wanted ? [wanted.refusal] : (sealing?.diagnostics ?? [])
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics, texts })))
  if (sealing === undefined || !sealing.ok) return exit.invalid
  const generation = nextGeneration(inputs)
  const pending = await makeRequest(
    { mesh, cluster, generation, sealing: sealing.value },
    { entropy: systemEntropy, now },
  )
  const next = { ...lock, pending: new Map([...(lock.pending ?? []), [name, pending]]) }
  await writeLockFiles(at, { mesh, lock: next }, [`pending/${name}.yaml`])
  invocation.world.out(pending.request)
  invocation.say(`made and sealed the key of ${name}, generation ${generation}: ${pending.key}`)
  invocation.say(`commit mesh.lock/pending/${name}.yaml, and have the request signed as a CA with path length 0`)
  invocation.say(`then: meshwright trust import ${name} --certificate FILE --chain FILE`)
  return exit.done
}

/** One that the intent allows: who names a generation there means it. */
function nextGeneration({ lock, cluster }: ClusterInputs): number {
  const locked = lock.clusters.get(cluster.name)
  const said = cluster.generation?.number
  const next = locked === undefined ? (said ?? 1) : locked.generation + 1
  if (said === undefined || said === next) return next
  throw new Failure(`${cluster.name} would get generation ${next}, and the intent says ${said}`, {
    exitCode: exit.invalid,
    hints: [`write trust.generation: ${next}, or leave it out`],
  })
}
