/** What a run would do to the lock. Nothing of it may go live before it is committed. */
import type { Lock, WorkloadPolicy } from '../lock/lock.ts'
import type { IssueTask } from '../trust/task.ts'
import { policyText } from './workload-policy.ts'

export type Task =
  /** The only kind that needs a key and entropy. */
  | IssueTask
  | { readonly kind: 'allocate-address'; readonly host: string; readonly address: string }
  | { readonly kind: 'remove-host'; readonly host: string; readonly address: string }
  | { readonly kind: 'restore-host'; readonly host: string; readonly address: string }
  | { readonly kind: 'expose'; readonly host: string; readonly cluster: string; readonly ports: readonly number[] }
  | {
      readonly kind: 'authorize'
      readonly host: string
      readonly cluster: string
      /** Absent: everybody may call. */
      readonly policy?: WorkloadPolicy
    }
  | { readonly kind: 'retire'; readonly host: string; readonly cluster: string }
  | { readonly kind: 'release'; readonly host: string; readonly cluster: string }
  | { readonly kind: 'remove-cluster'; readonly cluster: string; readonly until: string }

/** One line for people. */
export function describeTask(task: Task): string {
  switch (task.kind) {
    case 'issue-intermediate':
      return `issue an intermediate for ${task.cluster}, generation ${task.generation}, signed by root ${task.root.id}, and seal it`
    case 'allocate-address':
      return `give ${task.address} to ${task.host}`
    case 'remove-host':
      return `remove ${task.host}; its address ${task.address} stays reserved`
    case 'restore-host':
      return `bring back ${task.host} with its address ${task.address}`
    case 'expose':
      return `expose ${task.host} from ${task.cluster}, port ${task.ports.join(', ')}`
    case 'authorize':
      return authorizeText(task.host, task.cluster, task.policy)
    case 'retire':
      return `keep ${task.host} exposed from ${task.cluster} until it is released`
    case 'release':
      return `stop exposing ${task.host} from ${task.cluster}`
    case 'remove-cluster':
      return `remove ${task.cluster}; its intermediate stays trusted until ${task.until}`
  }
}

function authorizeText(host: string, cluster: string, policy: WorkloadPolicy | undefined): string {
  if (policy === undefined) return `let everybody call ${host} in ${cluster} again`
  const { principals, ports, strict } = policy
  const who = principals === undefined ? 'everybody' : `nobody but ${principals.join(', ')}`
  const how = [
    ...(strict ? ['by mutual TLS only'] : []),
    ...(ports === undefined ? [] : [`on port ${ports.join(', ')} of its pods`]),
  ]
  return [`let ${who} call ${host} in ${cluster}`, ...how].join(', ')
}

/** What differs between the hosts of two locks, as tasks. */
export function hostTasks(before: Lock['hosts'], after: Lock['hosts']): Task[] {
  const tasks: Task[] = []
  for (const [host, { address, removed, exposures }] of after) {
    const old = before.get(host)
    if (old === undefined) tasks.push({ kind: 'allocate-address', host, address })
    else if (removed && !old.removed) tasks.push({ kind: 'remove-host', host, address })
    else if (!removed && old.removed) tasks.push({ kind: 'restore-host', host, address })
    for (const { cluster, ports, retiring, policy } of exposures) {
      const was = old?.exposures.find((e) => e.cluster === cluster)
      if (retiring && was?.retiring === false) tasks.push({ kind: 'retire', host, cluster })
      if (!retiring && (was === undefined || was.retiring || was.ports.join() !== ports.join())) {
        tasks.push({ kind: 'expose', host, cluster, ports })
      }
      if (policyText(was?.policy) !== policyText(policy)) {
        tasks.push({ kind: 'authorize', host, cluster, ...(policy && { policy }) })
      }
    }
    for (const { cluster } of old?.exposures ?? []) {
      if (!exposures.some((e) => e.cluster === cluster)) tasks.push({ kind: 'release', host, cluster })
    }
  }
  return tasks
}
