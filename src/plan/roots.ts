/** The roots that the intent names, held against those of the lock. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedRoot } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Root } from '../mesh/trust.ts'
import { day, DAY_MS } from '../trust/days.ts'
import { ROOT_WINDOW_DAYS } from '../trust/expiry.ts'
import { problemText, readCertificate, type Certificate } from '../trust/read.ts'
import type { Task } from './task.ts'

export interface UsableRoot {
  readonly id: string
  /** PEM */
  readonly certificate: string
  readonly parsed: Certificate
}

export interface RootPlan {
  /** Of those that the intent trusts, the ones that the lock has and that can be read. */
  readonly usable: readonly UsableRoot[]
  /** Of the lock after this run. */
  readonly next: ReadonlyMap<string, LockedRoot>
  readonly tasks: readonly Task[]
  readonly diagnostics: readonly Diagnostic[]
}

export function planRoots(mesh: Mesh, lock: Lock, now: Date): RootPlan {
  const wanted = mesh.trust.roots.filter(({ state }) => state !== 'retired')
  const readings = wanted.map((root) => readRoot(root, lock, now))
  return {
    usable: readings.flatMap(({ root }) => (root === undefined ? [] : [root])),
    ...nextRoots(mesh, lock),
    diagnostics: readings.flatMap(({ diagnostics }) => diagnostics),
  }
}

function readRoot(wanted: Root, lock: Lock, now: Date): { root?: UsableRoot; diagnostics: Diagnostic[] } {
  const { id, origin } = wanted
  const locked = lock.roots.get(id)
  if (locked === undefined) {
    const clusters = [...lock.clusters.values()].filter((c) => c.bundle.includes(id)).map((c) => c.name)
    const lost = clusters.length > 0
    return {
      diagnostics: [
        lost
          ? diagnose('MESH-E816', { root: id, clusters: clusters.sort() }, origin)
          : diagnose('MESH-E805', { root: id }, origin),
      ],
    }
  }
  const reading = readCertificate(locked.certificate)
  if ('problem' in reading) {
    return { diagnostics: [diagnose('MESH-E807', { root: id, problem: `is ${problemText(reading.problem)}` }, origin)] }
  }
  const { certificate: parsed } = reading
  const endsSoon = parsed.notAfter.getTime() - now.getTime() < ROOT_WINDOW_DAYS * DAY_MS
  return {
    root: { id, certificate: locked.certificate, parsed },
    diagnostics: endsSoon ? [diagnose('MESH-W808', { root: id, date: day(parsed.notAfter) }, origin)] : [],
  }
}

/** A root that left the intent is as retired as one that says so; its certificate stays, as what it has signed does. */
function nextRoots(mesh: Mesh, lock: Lock): { next: Map<string, LockedRoot>; tasks: Task[] } {
  const next = new Map<string, LockedRoot>()
  const tasks: Task[] = []
  for (const [id, root] of lock.roots) {
    const state = mesh.trust.roots.find((r) => r.id === id)?.state ?? 'retired'
    next.set(id, state === root.state ? root : { ...root, state })
    if (state !== root.state) tasks.push({ kind: 'root-state', root: id, state })
  }
  return { next, tasks }
}
