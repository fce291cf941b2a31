/** What a run would do to the lock. Nothing of it may go live before it is committed. */
import type { Exposure, Lock, LockedSubset, WorkloadPolicy } from '../lock/lock.ts'
import type { RootState } from '../mesh/trust.ts'
import type { BundleTask, CrlTask, IssueTask, RewrapTask } from '../trust/task.ts'
import { subsetsOf } from './exposed-subsets.ts'
import { policyText } from './workload-policy.ts'

export type Task =
  /** Needs the root's key; it and the next three need entropy, and to encrypt for others needs an identity. */
  | IssueTask
  | BundleTask
  | CrlTask
  | RewrapTask
  | { readonly kind: 'root-state'; readonly root: string; readonly state: RootState }
  | { readonly kind: 'allocate-address'; readonly host: string; readonly address: string }
  | { readonly kind: 'remove-host'; readonly host: string; readonly address: string }
  | { readonly kind: 'restore-host'; readonly host: string; readonly address: string }
  | { readonly kind: 'expose'; readonly host: string; readonly cluster: string; readonly ports: readonly number[] }
  | {
      readonly kind: 'expose-subsets'
      readonly host: string
      readonly cluster: string
      readonly subsets: readonly string[]
    }
  /** They are exposed already, and get other labels. */
  | {
      readonly kind: 'change-subsets'
      readonly host: string
      readonly cluster: string
      readonly subsets: readonly string[]
    }
  | {
      readonly kind: 'authorize'
      readonly host: string
      readonly cluster: string
      /** Absent: everybody may call. */
      readonly policy?: WorkloadPolicy
    }
  /** Of the whole host, or of some ports while others stay. */
  | Ends<'retire'>
  | Ends<'release'>
  | { readonly kind: 'remove-cluster'; readonly cluster: string; readonly until: string }

interface Ends<K extends string> {
  readonly kind: K
  readonly host: string
  readonly cluster: string
  readonly ports?: readonly number[]
  /** Only these subsets, of what goes on to be exposed. */
  readonly subsets?: readonly string[]
}

/** One line for people. */
export function describeTask(task: Task): string {
  switch (task.kind) {
    case 'issue-intermediate':
      return `issue an intermediate for ${task.cluster}, generation ${task.generation}, signed by root ${task.root.id}, and seal it`
    case 'seal-bundle':
      return `seal the roots that ${task.cluster} trusts: ${task.bundle.map(({ id }) => id).join(', ')}`
    case 'rewrap-key':
      return `encrypt the key of ${task.cluster} for ${task.recipients.join(', ')}`
    case 'seal-crls':
      return `seal the CRLs of all clusters for ${task.cluster}`
    case 'root-state':
      return `note that root ${task.root} is ${task.state}`
    case 'allocate-address':
      return `give ${task.address} to ${task.host}`
    case 'remove-host':
      return `remove ${task.host}; its address ${task.address} stays reserved`
    case 'restore-host':
      return `bring back ${task.host} with its address ${task.address}`
    case 'expose':
      return `expose ${task.host} from ${task.cluster}, port ${task.ports.join(', ')}`
    case 'expose-subsets':
      return `expose subset ${task.subsets.join(', ')} of ${task.host} from ${task.cluster}`
    case 'change-subsets':
      return `change which pods are subset ${task.subsets.join(', ')} of ${task.host} in ${task.cluster}`
    case 'authorize':
      return authorizeText(task.host, task.cluster, task.policy)
    case 'retire':
      return `keep ${whatEnds(task)} exposed from ${task.cluster} until it is released`
    case 'release':
      return `stop exposing ${whatEnds(task)} from ${task.cluster}`
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
    tasks.push(...exposureTasks(host, old?.exposures ?? [], exposures))
  }
  return tasks
}

function exposureTasks(host: string, before: readonly Exposure[], after: readonly Exposure[]): Task[] {
  const clusters = [...new Set([...after, ...before].map(({ cluster }) => cluster))]
  return clusters.flatMap((cluster): Task[] => {
    const [live, wasLive] = [portsOf(after, cluster, false), portsOf(before, cluster, false)]
    const [kept, wasKept] = [portsOf(after, cluster, true), portsOf(before, cluster, true)]
    const retired = kept.filter((port) => !wasKept.includes(port))
    const released = [...wasLive, ...wasKept].filter((port) => !live.includes(port) && !kept.includes(port))
    const some = (ports: readonly number[], others: boolean): { ports?: readonly number[] } => (others ? { ports } : {})
    return [
      ...(live.length > 0 && live.join() !== wasLive.join()
        ? [{ kind: 'expose' as const, host, cluster, ports: live }]
        : []),
      ...(retired.length > 0 ? [{ kind: 'retire' as const, host, cluster, ...some(retired, live.length > 0) }] : []),
      ...(released.length > 0
        ? [{ kind: 'release' as const, host, cluster, ...some(released, live.length + kept.length > 0) }]
        : []),
      ...subsetTasks(host, cluster, before, after),
      ...policyTasks(host, cluster, before, after),
    ]
  })
}

/** Of a cluster that goes on to expose the host: what comes with it or goes with it is told with its ports. */
function subsetTasks(host: string, cluster: string, before: readonly Exposure[], after: readonly Exposure[]): Task[] {
  const [was, is] = [before, after].map((exposures) => subsetsOf(exposures, cluster))
  if (was === undefined || is === undefined || !after.some((exposure) => exposure.cluster === cluster)) return []
  const textOf = (subsets: readonly LockedSubset[], wanted: string): string =>
    JSON.stringify(subsets.find(({ name }) => name === wanted) ?? null)
  const names = (subsets: readonly LockedSubset[]): string[] => subsets.map(({ name }) => name)
  const wasLive = names(was.filter(({ retiring }) => !retiring))
  const live = names(is.filter(({ name, retiring }) => !retiring && textOf(was, name) !== textOf(is, name)))
  const changed = live.filter((name) => wasLive.includes(name))
  const opened = live.filter((name) => !wasLive.includes(name))
  const retired = names(is.filter(({ name, retiring }) => retiring && textOf(was, name) !== textOf(is, name)))
  const released = names(was).filter((name) => !names(is).includes(name))
  return [
    ...(opened.length > 0 ? [{ kind: 'expose-subsets' as const, host, cluster, subsets: opened }] : []),
    ...(changed.length > 0 ? [{ kind: 'change-subsets' as const, host, cluster, subsets: changed }] : []),
    ...(retired.length > 0 ? [{ kind: 'retire' as const, host, cluster, subsets: retired }] : []),
    ...(released.length > 0 ? [{ kind: 'release' as const, host, cluster, subsets: released }] : []),
  ]
}

/** Of a cluster that goes on to expose the host; where it ends, the pods are nobody's of the mesh. */
function policyTasks(host: string, cluster: string, before: readonly Exposure[], after: readonly Exposure[]): Task[] {
  const [was, is] = [before, after].map((exposures) => exposures.find((e) => e.cluster === cluster))
  if (is === undefined || policyText(was?.policy) === policyText(is.policy)) return []
  return [{ kind: 'authorize', host, cluster, ...(is.policy && { policy: is.policy }) }]
}

function portsOf(exposures: readonly Exposure[], cluster: string, retiring: boolean): readonly number[] {
  return exposures.filter((e) => e.cluster === cluster && e.retiring === retiring).flatMap(({ ports }) => ports)
}

function whatEnds({ host, ports, subsets }: Ends<string>): string {
  if (subsets !== undefined) return `subset ${subsets.join(', ')} of ${host}`
  return ports === undefined ? host : `port ${ports.join(', ')} of ${host}`
}
