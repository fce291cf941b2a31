import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { pendingOf, pendingText } from '../trust/pending.ts'
import { beginRotation, changeIntent, sayCommit } from './trust-edits.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const named = invocation.positionals
  // A new generation is what a revoked one needs.
  const cured = ({ code, args }: Diagnostic): boolean =>
    code === 'MESH-E856' && (named.length === 0 || named.some((name) => name === args['cluster']))
  const rotating = await beginRotation(invocation, cured)
  if (typeof rotating === 'number') return rotating
  const { mesh, lock } = rotating
  const generations = nextGenerations(mesh, lock, named)
  const code = await changeIntent(invocation, rotating, { generations })
  if (code !== exit.done) return code
  const names = [...generations.keys()].join(', ')
  invocation.say(`next: meshwright generate --root-key FILE, with the key of root ${mesh.trust.root}`)
  sayCommit(invocation, `Rotate the intermediate of ${names}`)
  invocation.say(
    'no wait: whoever has synced and whoever has not trust each other; workloads get certificates of the new one within half of their lifetime',
  )
  return exit.done
}

/** One more than the lock has, for these clusters or for all. */
export function nextGenerations(mesh: Mesh, lock: Lock, names: readonly string[]): Map<string, number> {
  const all = mesh.clusters.map(({ name }) => name)
  const unknown = names.filter((name) => !all.includes(name))
  if (unknown.length > 0) {
    throw new Failure(`there is no cluster ${unknown.join(', ')}`, {
      exitCode: exit.invalid,
      hints: [`the mesh has ${all.join(', ')}`],
    })
  }
  const wanted = all.filter((name) => names.length === 0 || names.includes(name))
  const pending = wanted.flatMap((name) => pendingOf(lock, { name }) ?? [])
  if (pending.length > 0) {
    throw new Failure(`a certificate is asked for already for ${pending.map(({ name }) => name).join(', ')}`, {
      exitCode: exit.found,
      hints: pending.flatMap((of) => [
        `settle it first: ${pendingText(of)}`,
        `or remove mesh.lock/pending/${of.name}.yaml, and its certificate is of no use any more`,
      ]),
    })
  }
  return new Map(
    wanted.map((name) => {
      const locked = lock.clusters.get(name)
      if (locked === undefined) {
        throw new Failure(`${name} has no intermediate yet`, {
          exitCode: exit.invalid,
          hints: ['meshwright generate issues the first one'],
        })
      }
      return [name, locked.generation + 1]
    }),
  )
}
