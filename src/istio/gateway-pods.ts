/** What the pods of a gateway have in common, whoever makes them. */
import type { GatewayWorkload } from '../mesh/mesh.ts'

const CPU_PERCENT = 80

/** Zones first: the loss of one must not take the gateway. */
const APART = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']

/** @param pods labels of the gateway's pods */
export function spreadConstraints(
  { topologySpread }: GatewayWorkload,
  pods: Readonly<Record<string, string>>,
): readonly object[] {
  if (topologySpread === 'none') return []
  return APART.map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: topologySpread === 'required' ? 'DoNotSchedule' : 'ScheduleAnyway',
    labelSelector: { matchLabels: { ...pods } },
  }))
}

/** Of a HorizontalPodAutoscaler. */
export function scale({ replicas }: GatewayWorkload): {
  readonly minReplicas: number
  readonly maxReplicas: number
  readonly cpuPercent: number
} {
  return { minReplicas: replicas.min, maxReplicas: replicas.max, cpuPercent: CPU_PERCENT }
}

/** Of a PodDisruptionBudget; none for a single pod, whose node could never be drained. */
export function disruptionBudget({ replicas }: GatewayWorkload): { readonly maxUnavailable: number } | undefined {
  return replicas.min > 1 ? { maxUnavailable: 1 } : undefined
}
