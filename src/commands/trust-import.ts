import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock, LockedCluster, LockedRoot } from '../lock/lock.ts'
import { takeOverText } from '../mesh/take-over.ts'
import { controllerSealingOf } from '../plan/sealing.ts'
import { stageDiagnostics } from '../plan/stage-diagnostics.ts'
import { adopt } from '../shell/adopt.ts'
import { complete } from '../shell/csr.ts'
import { systemEntropy } from '../shell/entropy.ts'
import { readItems } from '../shell/secret-input.ts'
import type { Places } from '../shell/workspace.ts'
import { hasErrors } from '../diagnostics/diagnostic.ts'
import { pendingOf } from '../trust/pending.ts'
import { trustState } from '../trust/stages.ts'
import { pathOption, places } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'
import { readCacerts } from './trust-found.ts'
import { clusterInputs, writeLockFiles, type ClusterInputs } from './trust-lock.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const inputs = await clusterInputs(invocation, at)
  if (inputs === undefined) return exit.invalid
  return invocation.has('certificate') ? completed(invocation, at, inputs) : adopted(invocation, at, inputs)
}

/** What is found in a cluster. */
async function adopted(invocation: Invocation, at: Places, inputs: ClusterInputs): Promise<ExitCode> {
  const { mesh, lock, files, cluster } = inputs
  const from = invocation.flag('self-signed') ? 'self-signed' : 'cacerts'
  refuseOtherTrust(inputs, from)
  const now = invocation.world.now()
  const sealing = controllerSealingOf(cluster, { mesh: mesh.name, files, now })
  if (!tell(invocation, at, inputs, sealing.diagnostics) || !sealing.ok) return exit.invalid
  const { items, words } = await readCacerts(invocation, from)
  try {
    const as = invocation.texts('as')
    const request = {
      mesh,
      lock,
      cluster,
      items,
      from,
      as,
      sealing: sealing.value,
      entropy: systemEntropy,
      now,
    } as const
    const found = adopt(request)
    if (!tell(invocation, at, inputs, found.diagnostics) || !found.ok) return exit.invalid
    await keep(at, inputs, found.value)
    for (const word of words) invocation.say(word)
    tellKept(invocation, found.value)
  } finally {
    for (const bytes of Object.values(items)) bytes.fill(0)
  }
  invocation.say((takeOverText(cluster) ?? '').trim())
  invocation.say('that stands in the README.md of the cluster too; commit mesh.lock, then: meshwright generate')
  return exit.done
}

/** What somebody else has signed. */
async function completed(invocation: Invocation, at: Places, inputs: ClusterInputs): Promise<ExitCode> {
  const { mesh, lock, files, cluster } = inputs
  const pending = pendingOf(lock, cluster)
  if (pending === undefined) {
    throw new Failure(`nothing is asked for in the name of ${cluster.name}`, {
      exitCode: exit.invalid,
      hints: [`meshwright trust csr ${cluster.name} makes the key and the request`],
    })
  }
  if (pending.sealed.namespace !== cluster.istio.namespace) {
    const path = `mesh.lock/pending/${cluster.name}.yaml`
    throw new Failure(`its key is sealed for namespace ${pending.sealed.namespace}, not ${cluster.istio.namespace}`, {
      exitCode: exit.invalid,
      hints: [`put istio.namespace back, or remove ${path} and ask again`],
    })
  }
  const now = invocation.world.now()
  const sealing = controllerSealingOf(cluster, { mesh: mesh.name, files, now })
  if (!tell(invocation, at, inputs, sealing.diagnostics) || !sealing.ok) return exit.invalid
  const texts = await readItems(
    new Map(
      (['certificate', 'chain'] as const).flatMap((option) => {
        const file = pathOption(invocation, option)
        return file === undefined ? [] : [[option, file] as const]
      }),
    ),
  )
  const [certificate = '', chain] = ['certificate', 'chain'].map((option) => texts.get(option)?.toString('utf8'))
  const signed = { certificate, ...(chain !== undefined && { chain }) }
  const request = { mesh, lock, cluster, pending, files: signed, as: invocation.texts('as') }
  const found = complete({ ...request, sealing: sealing.value, entropy: systemEntropy, now })
  if (!tell(invocation, at, inputs, found.diagnostics) || !found.ok) return exit.invalid
  const next = withCluster(lock, found.value)
  const stage = stageDiagnostics(mesh, trustState(lock), trustState(next))
  if (!tell(invocation, at, inputs, stage)) return exit.invalid
  await keep(at, inputs, found.value)
  tellKept(invocation, found.value)
  invocation.say('commit mesh.lock, then: meshwright generate')
  return exit.done
}

interface Kept {
  readonly cluster: LockedCluster
  readonly roots: readonly LockedRoot[]
}

function withCluster(lock: Lock, { cluster, roots }: Kept): Lock {
  const pending = new Map([...(lock.pending ?? [])].filter(([name]) => name !== cluster.name))
  return {
    ...lock,
    roots: new Map([...lock.roots, ...roots.map((root) => [root.id, root] as const)]),
    clusters: new Map([...lock.clusters, [cluster.name, cluster]]),
    pending,
  }
}

async function keep(at: Places, { mesh, lock }: ClusterInputs, kept: Kept): Promise<void> {
  const { name } = kept.cluster
  const paths = [...kept.roots.map(({ id }) => `roots/${id}.yaml`), `clusters/${name}.yaml`]
  const gone = lock.pending?.has(name) === true ? [`pending/${name}.yaml`] : []
  await writeLockFiles(at, { mesh, lock: withCluster(lock, kept) }, paths, gone)
}

function tellKept(invocation: Invocation, { cluster, roots }: Kept): void {
  for (const { id } of roots) invocation.say(`root ${id} is new in the lock`)
  const { name, generation, root, bundle } = cluster
  invocation.say(`${name} has generation ${generation} under root ${root}, and trusts ${bundle.join(', ')}`)
}

/** @returns whether it can go on */
function tell(
  invocation: Invocation,
  at: Places,
  { texts }: ClusterInputs,
  diagnostics: readonly Diagnostic[],
): boolean {
  const seen = seenFrom(invocation, at.root, { diagnostics, texts })
  report(invocation, hasErrors(diagnostics) ? errorsOf(seen) : seen)
  return !hasErrors(diagnostics)
}

function refuseOtherTrust({ lock, cluster }: ClusterInputs, from: 'cacerts' | 'self-signed'): void {
  const { name, currentTrust } = cluster
  const locked = lock.clusters.get(name)
  if (locked !== undefined && !locked.removed) {
    throw new Failure(`${name} has generation ${locked.generation} in the lock already`, {
      exitCode: exit.invalid,
      hints: ['a live CA is taken over once, before anything else; a new generation replaces what is there'],
    })
  }
  if (currentTrust.state !== from) {
    throw new Failure(
      `the intent says trust.current: ${currentTrust.state} for ${name}, and this would take over ${from}`,
      {
        exitCode: exit.invalid,
        hints: [`write trust.current: ${from}, if that is what istiod signs with today`],
      },
    )
  }
}
