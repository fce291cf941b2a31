/** What changes for the key of a cluster: who brings it, and who can open it. */
import type { Lock, SealedBundle } from '../lock/lock.ts'
import type { Task } from '../plan/task.ts'
import { about, type Consequence } from './consequence.ts'

export function consequencesOfSealing(before: Lock, after: Lock, tasks: readonly Task[]): Consequence[] {
  const done = [...after.clusters.values()].flatMap(({ name, sealed }) => {
    const was = before.clusters.get(name)?.sealed
    return was === undefined
      ? []
      : [...moved(name, wayOf(was), wayOf(sealed)), ...readers(name, recipientsOf(was), recipientsOf(sealed))]
  })
  return [...done, ...tasks.flatMap((task) => ofTask(after, task))]
}

function ofTask(lock: Lock, task: Task): Consequence[] {
  if (task.kind === 'rewrap-key') {
    const { cluster, recipients } = task
    const sealed = lock.clusters.get(cluster)?.sealed
    return [
      ...readers(cluster, sealed === undefined ? [] : recipientsOf(sealed), recipients),
      about('rewrap-due', cluster, ''),
    ]
  }
  if (task.kind !== 'issue-intermediate') return []
  const was = lock.clusters.get(task.cluster)?.sealed
  const { sealing } = task
  const scope = sealing.backend === 'sealed-secrets' ? sealing.scope : undefined
  return was === undefined ? [] : moved(task.cluster, wayOf(was), way(sealing.backend, scope))
}

function moved(cluster: string, from: string, to: string): Consequence[] {
  return from === to ? [] : [about('sealing-changed', cluster, `${from} to ${to}`)]
}

function readers(cluster: string, from: readonly string[], to: readonly string[]): Consequence[] {
  const added = to.filter((recipient) => !from.includes(recipient))
  const removed = from.filter((recipient) => !to.includes(recipient))
  return [
    ...(from.length === 0 || added.length === 0 ? [] : [about('recipients-added', cluster, added.join(', '))]),
    ...(to.length === 0 || removed.length === 0 ? [] : [about('recipients-removed', cluster, removed.join(', '))]),
  ]
}

function wayOf(sealed: SealedBundle): string {
  return way(sealed.backend, sealed.backend === 'sealed-secrets' ? sealed.scope : undefined)
}

function way(backend: string, scope: string | undefined): string {
  return scope === undefined || scope === 'strict' ? backend : `${backend} (${scope})`
}

function recipientsOf(sealed: SealedBundle): readonly string[] {
  return sealed.backend === 'sops' ? sealed.recipients.map(({ recipient }) => recipient) : []
}
