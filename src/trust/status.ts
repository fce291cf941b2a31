/** Where roots and clusters stand, what comes next, and what must be waited for: as a value, for every format. */
import type { Lock } from '../lock/lock.ts'
import { supports } from '../mesh/capabilities.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { RootState } from '../mesh/trust.ts'
import { endings, lastDay, type Ending } from './expiry.ts'
import { pendingOf, pendingText } from './pending.ts'
import { readCertificate } from './read.ts'
import { leavesEnd, liveClusters, rootStep, type RootStep } from './rotation.ts'

export interface RootStatus {
  readonly id: string
  /** As the intent has it; a root that left the intent is retired. */
  readonly state: RootState
  /** Absent for a root that is not made yet. */
  readonly fingerprint?: string
  readonly until?: Date
  readonly trustedBy: readonly string[]
  readonly signs: readonly string[]
}

export interface ClusterStatus {
  readonly name: string
  readonly removed: boolean
  /** Absent before the first intermediate, as all below. */
  readonly generation?: number
  readonly root?: string
  readonly trusts?: readonly string[]
  readonly until?: Date
  /** Generation whose certificate is asked for elsewhere. */
  readonly pending?: number
}

export interface TrustStatus {
  readonly mesh: string
  readonly roots: readonly RootStatus[]
  readonly clusters: readonly ClusterStatus[]
  readonly step: RootStep
  /** What to do next; empty when nothing is under way. */
  readonly next: readonly string[]
  /** What must be waited for before that, and why. */
  readonly wait: readonly string[]
  /** What the Istio that runs cannot do. */
  readonly limits: readonly string[]
  readonly endings: readonly Ending[]
}

/** @param tasks what generate has to do for trust, one line each */
export function trustStatus(
  mesh: Mesh,
  lock: Lock,
  around: { readonly files: ReadonlyMap<string, Uint8Array>; readonly tasks: readonly string[]; readonly now: Date },
): TrustStatus {
  const step = rootStep(mesh, lock)
  const clusters = clustersOf(mesh, lock)
  const open = around.tasks.length > 0 || step.kind === 'make'
  return {
    mesh: mesh.name,
    roots: rootsOf(mesh, lock),
    clusters,
    step,
    next: [
      ...clusters.flatMap(({ name, pending }) => {
        return pending === undefined ? [] : [pendingText({ name, generation: pending })]
      }),
      ...around.tasks,
      ...(open && step.kind !== 'make' ? ['meshwright generate, commit, publish'] : nextOf(step)),
    ],
    wait: open ? [] : waitsOf(mesh, step, around.now),
    limits: limitsOf(mesh, step),
    endings: endings(mesh, lock, around.files, around.now),
  }
}

function rootsOf({ trust }: Mesh, lock: Lock): RootStatus[] {
  const live = liveClusters(lock)
  const said = trust.roots.map(({ id }) => id)
  const left = [...lock.roots.keys()].filter((id) => !said.includes(id)).sort()
  return [...said, ...left].map((id) => {
    const reading = readCertificate(lock.roots.get(id)?.certificate ?? '')
    return {
      id,
      state: trust.roots.find((root) => root.id === id)?.state ?? 'retired',
      ...('certificate' in reading && {
        fingerprint: reading.certificate.fingerprint,
        until: reading.certificate.notAfter,
      }),
      trustedBy: live.filter(({ bundle }) => bundle.includes(id)).map(({ name }) => name),
      signs: live.filter(({ root }) => root === id).map(({ name }) => name),
    }
  })
}

function clustersOf(mesh: Mesh, lock: Lock): ClusterStatus[] {
  const names = new Set([...mesh.clusters.map(({ name }) => name), ...lock.clusters.keys()])
  return [...names].sort().map((name) => {
    const locked = lock.clusters.get(name)
    const pending = pendingOf(lock, { name })
    const until = locked && lastDay(locked.certificate)
    return {
      name,
      removed: locked?.removed ?? false,
      ...(locked && { generation: locked.generation, root: locked.root, trusts: locked.bundle }),
      ...(until && { until }),
      ...(pending && { pending: pending.generation }),
    }
  })
}

function nextOf(step: RootStep): string[] {
  switch (step.kind) {
    case 'none':
      return []
    case 'unclear':
      return [`meshwright trust rotate root ${step.root}, or ${step.active}: whichever is to sign in the end`]
    case 'trust':
    case 'make':
      return [`meshwright trust root create ${step.root}, then meshwright generate`]
    case 'bundle':
      return ['meshwright generate, commit, publish']
    case 'sign':
      return [
        `stage 2 of 3, ${step.root} signs ${step.clusters.join(', ')}: meshwright trust rotate root ${step.root}${step.begun ? '' : ' --bundles-seen'}`,
      ]
    case 'retire':
      return [`stage 3 of 3, drop ${step.old.join(', ')}: meshwright trust rotate root`]
  }
}

function waitsOf({ trust, clusters }: Mesh, step: RootStep, now: Date): string[] {
  if (step.kind === 'sign' && !step.begun) {
    return [
      `every cluster must have synced the bundle with ${step.root}, since who has not refuses what ${step.root} signs`,
      ...seeBundles(clusters.map(({ name }) => name)),
    ]
  }
  if (step.kind !== 'retire') return []
  const until = leavesEnd(step.since, trust.workloadTtlHours)
  if (now >= until) return []
  return [
    `until ${until.toISOString()}: a workload may have a certificate below ${step.old.join(', ')} from just before the last cluster changed over, which lives ${trust.workloadTtlHours} hours (trust.workloadTTL); longer where a cluster has synced later`,
  ]
}

/** How to see which roots a cluster and its proxies have; nothing of it can be known offline. */
export function seeBundles(clusters: readonly string[]): string[] {
  return [
    `in each of ${clusters.join(', ')}: kubectl get configmap istio-ca-root-cert -n default -o jsonpath='{.data.root-cert\\.pem}' has both roots`,
    'and so have the proxies, the gateway first: istioctl proxy-config secret POD -o json, ROOTCA',
  ]
}

/** Told as soon as roots are to change, so that nobody finds out in the middle. */
export function limitsOf({ clusters }: Mesh, step: RootStep): string[] {
  if (step.kind === 'none') return []
  return clusters
    .filter(({ istio }) => !supports('live-roots', istio.version))
    .map(
      ({ name, istio }) =>
        `${name}: Istio ${istio.version} reads its roots only when it starts: after each stage restart istiod, then every workload with a sidecar, and only then go on`,
    )
}
