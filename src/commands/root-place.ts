/** Where a new root goes: what both `trust root create` and `trust root import` ask before, and write after. */
import { exit, Failure } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock, LockedRoot } from '../lock/lock.ts'
import { lockTree } from '../lock/write.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Root } from '../mesh/trust.ts'
import { writeAll } from '../shell/transaction.ts'
import type { Gathered, Places } from '../shell/workspace.ts'
import { places, settleInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

/** The inputs; undefined when they cannot be read, which was told then. */
export async function gathered(invocation: Invocation): Promise<(Gathered & { readonly at: Places }) | undefined> {
  const at = await places(invocation)
  const { checked, texts } = await settleInputs(invocation, at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  return checked.ok ? { ...checked.value, at } : undefined
}

/** A root that the intent names, that the lock does not have, and that may come now. */
export function placeForRoot({ mesh, lock }: { readonly mesh: Mesh; readonly lock: Lock }, id: string): Root {
  const root = mesh.trust.roots.find((r) => r.id === id)
  if (root === undefined) {
    throw new Failure(`the intent names no root ${id}`, {
      exitCode: exit.invalid,
      hints: [`add { id: ${id}, state: trusted } to trust.roots in the mesh file`],
    })
  }
  if (lock.roots.has(id)) {
    throw new Failure(`root ${id} is in the lock already`, {
      exitCode: exit.invalid,
      hints: ['a root comes into the lock once; meshwright trust root show tells which it is'],
    })
  }
  const signed = [...lock.clusters.values()].map((c) => `${c.name} (${c.root})`)
  if (signed.length > 0 && root.state !== 'trusted') {
    throw new Failure(`clusters are signed already: ${signed.sort().join(', ')}`, {
      exitCode: exit.invalid,
      hints: [
        `a root that signs before everybody trusts it cuts clusters off: { id: ${id}, state: trusted } first`,
        'if the file of their root is missing in mesh.lock/roots, put it back as it is in Git',
      ],
    })
  }
  return root
}

export async function lockRoot(at: Places, mesh: Mesh, lock: Lock, root: LockedRoot): Promise<void> {
  const path = `roots/${root.id}.yaml`
  const tree = lockTree({ ...lock, roots: new Map([...lock.roots, [root.id, root]]) }, mesh.name)
  await writeAll(at.lock, [
    { folder: at.lock, put: new Map([[path, tree.get(path) ?? '']]), remove: [], durable: true },
  ])
}
