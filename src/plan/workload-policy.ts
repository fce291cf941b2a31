/** Who may call the pods of a service, as the lock keeps it for each cluster that runs them. */
import { sorted } from '../kubernetes/manifest.ts'
import type { Exposure, WorkloadPolicy } from '../lock/lock.ts'
import type { Mesh, Port, Service } from '../mesh/mesh.ts'
import { principalsFor } from '../mesh/principals.ts'

/**
 * The exposure with the policy that the intent wants for its cluster; one that left the intent is held to it as well.
 *
 * @param former the policy whose ports are still called by those who have not synced yet
 */
export function guarded(
  mesh: Mesh,
  service: Service,
  { cluster, ports, retiring, subsets }: Exposure,
  former: WorkloadPolicy | undefined,
): Exposure {
  const wanted = policyFor(mesh, service, cluster)
  const policy = wanted && former ? onPortsOfBoth(wanted, former) : wanted
  return { cluster, ports, retiring, ...(subsets && { subsets }), ...(policy && { policy }) }
}

/** A pod's port that nobody of the new policy may call would be shut before its callers have left it. */
function onPortsOfBoth({ ports, ...policy }: WorkloadPolicy, former: WorkloadPolicy): WorkloadPolicy {
  if (ports === undefined || former.principals === undefined) return { ...policy, ...(ports && { ports }) }
  if (former.ports === undefined) return policy
  return { ...policy, ports: [...new Set([...ports, ...former.ports])].sort((a, b) => a - b) }
}

/** Undefined when everybody may call. */
export function policyFor(mesh: Mesh, service: Service, cluster: string): WorkloadPolicy | undefined {
  const { workload, authorization } = service
  if (workload === undefined || (authorization === undefined && !workload.strict)) return undefined
  const ports = targetPorts(service.ports)
  return {
    labels: sorted(workload.labels),
    strict: workload.strict,
    ...(authorization && {
      principals: principalsFor(mesh, authorization, cluster),
      ...(ports && { ports }),
    }),
  }
}

/**
 * A policy counts by the port of the pod, not by that of the Service. Where one is not known, none is named: callers would
 * be shut out of that one.
 */
function targetPorts(ports: readonly Port[]): readonly number[] | undefined {
  const known = ports.flatMap(({ targetPort }) => targetPort ?? [])
  return known.length < ports.length ? undefined : [...new Set(known)].sort((a, b) => a - b)
}

/** Equal texts for equal policies, nothing for none. */
export function policyText(policy: WorkloadPolicy | undefined): string {
  if (policy === undefined) return ''
  const { labels, strict, principals, ports } = policy
  return JSON.stringify([sorted(labels), strict, principals, ports])
}
