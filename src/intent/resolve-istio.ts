import { diagnose } from '../diagnostics/diagnostic.ts'
import { isLegacy, istioSupport, supports } from '../mesh/capabilities.ts'
import type { Istio } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Cluster as ClusterIntent } from './schema.gen.ts'

/** Which Istio a cluster has, and whether anything can be rendered for it. */
export function resolveIstio(cluster: ClusterIntent, at: Locate, complaints: Complaints): Istio {
  const { version = '1.30', namespace = 'istio-system', rootNamespace, revision, tag, dataplane } = cluster.istio ?? {}
  const egressGateway = cluster.istio?.egressGateway === true && supports('egress-view', version)
  const { name } = cluster
  complaints.dnsLabel('namespace', namespace, at, 'istio', 'namespace')
  for (const [what, value] of Object.entries({ rootNamespace, revision, tag })) {
    if (value !== undefined) complaints.dnsLabel(what, value, at, 'istio', what)
  }
  if (tag !== undefined && tag === revision) {
    const args = {
      cluster: name,
      field: 'istio.tag',
      problem: `is the revision ${tag} itself`,
      advice: 'a tag is another name for a revision: rename it, or leave it out',
    }
    complaints.add(diagnose('MESH-E296', args, at('istio', 'tag')))
  }
  const support = istioSupport(version)
  const span = at('istio', 'version')
  if (support.kind === 'refused') complaints.add(diagnose('MESH-E211', { version, reason: support.reason }, span))
  // What was only read of 1.6 and 1.7 is told with all else that must be known of them.
  if (support.kind === 'read' && !isLegacy(version))
    complaints.add(diagnose('MESH-W212', { cluster: name, version }, span))
  if (dataplane === 'ambient') complaints.add(diagnose('MESH-E290', { cluster: name }, at('istio', 'dataplane')))
  return {
    version,
    namespace,
    rootNamespace: rootNamespace ?? namespace,
    ...(revision !== undefined && { revision }),
    ...(tag !== undefined && { tag }),
    ...(egressGateway && { egressGateway }),
  }
}
