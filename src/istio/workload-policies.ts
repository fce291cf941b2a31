/**
 * Who may call the pods that a cluster exposes: in the namespace of the service, which is its owners' and is neither made
 * nor labelled here. Policies come before the Gateway, so that nothing is exposed for a moment to those who may not call.
 */
import { labels, policyAnnotations, sorted, type Manifest, type Metadata } from '../kubernetes/manifest.ts'
import type { Lock, LockedHost, WorkloadPolicy } from '../lock/lock.ts'
import { apiVersions } from '../mesh/capabilities.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'

/** By namespace, in order of the hosts. */
export function workloadPolicies(mesh: Mesh, lock: Lock, cluster: Cluster): ReadonlyMap<string, readonly Manifest[]> {
  const byNamespace = new Map<string, readonly Manifest[]>()
  const { security } = apiVersions(cluster.istio.version)
  for (const [, host] of [...lock.hosts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const policy = host.exposures.find((exposure) => exposure.cluster === cluster.name)?.policy
    if (policy === undefined) continue
    const metadata = metadataOf(mesh, host)
    const made = [
      ...(policy.principals === undefined ? [] : [authorizationPolicy(security, metadata, policy, policy.principals)]),
      ...(policy.strict ? [peerAuthentication(security, metadata, policy)] : []),
    ]
    byNamespace.set(host.namespace, [...(byNamespace.get(host.namespace) ?? []), ...made])
  }
  return byNamespace
}

function metadataOf(mesh: Mesh, { service, namespace }: LockedHost): Metadata {
  return {
    // The namespace has policies of others, too.
    name: `meshwright-${service}`,
    namespace,
    labels: labels(mesh.name, 'gateway'),
    annotations: policyAnnotations(),
  }
}

/**
 * ALLOW, and nothing that lets everybody in on other ports: policies add up, so such a rule would undo what the owners of
 * the pods allow for these. Without a selector it would hold for the whole namespace.
 */
function authorizationPolicy(
  apiVersion: string,
  metadata: Metadata,
  { labels: matchLabels, ports }: WorkloadPolicy,
  principals: readonly string[],
): Manifest {
  return {
    apiVersion,
    kind: 'AuthorizationPolicy',
    metadata,
    spec: {
      selector: { matchLabels: sorted(matchLabels) },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { principals: [...principals] } }],
          ...(ports && { to: [{ operation: { ports: ports.map(String) } }] }),
        },
      ],
    },
  }
}

function peerAuthentication(apiVersion: string, metadata: Metadata, { labels: matchLabels }: WorkloadPolicy): Manifest {
  return {
    apiVersion,
    kind: 'PeerAuthentication',
    metadata,
    spec: { selector: { matchLabels: sorted(matchLabels) }, mtls: { mode: 'STRICT' } },
  }
}
