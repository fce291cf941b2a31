/** The roots of the lock, for the commands that tell about them. */
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock, LockedRoot } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { problemText, readCertificate, type Certificate } from '../trust/read.ts'
import { places, readInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

interface Inputs {
  readonly mesh: Mesh
  readonly lock: Lock
}

/** Undefined when the inputs cannot be read, which was told then. */
export async function readRoots(invocation: Invocation): Promise<Inputs | undefined> {
  const at = await places(invocation)
  const { checked, texts } = await readInputs(at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  return checked.ok ? checked.value : undefined
}

export interface KnownRoot {
  readonly locked: LockedRoot
  readonly certificate: Certificate
  /** `cluster-1 g2`, sorted. */
  readonly signed: readonly string[]
}

/** @param id absent: the active root */
export function knownRoot({ mesh, lock }: Inputs, id: string = mesh.trust.root): KnownRoot {
  const locked = lock.roots.get(id)
  if (locked === undefined) {
    throw new Failure(`root ${id} is not in the lock`, {
      exitCode: exit.invalid,
      hints: [`make it: meshwright trust root create ${id}`],
    })
  }
  const reading = readCertificate(locked.certificate)
  if ('problem' in reading) {
    throw new Failure(`root ${id} in the lock is ${problemText(reading.problem)}`, { exitCode: exit.invalid })
  }
  return { locked, certificate: reading.certificate, signed: signedBy(lock, id) }
}

function signedBy(lock: Lock, id: string): string[] {
  return [...lock.clusters.values()]
    .filter((c) => c.root === id)
    .map((c) => `${c.name} g${c.generation}${c.removed ? ' (removed)' : ''}`)
    .sort()
}
