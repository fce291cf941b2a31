/** Everything that is asked of the user's own objects in one cluster. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { userObjects, yamlText, type UserObject } from '../intent/user-objects.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { rivalEntries, rivalRoutes, shadowingRules } from './consuming-rules.ts'
import { rivalGateways } from './gateways.ts'
import { otherServices, plainProviders, plainRules, shutProviders } from './providing-rules.ts'
import { subjectOf, titleOf } from './subject.ts'
import { hidingSidecars, undiscovered } from './visibility.ts'

/** @param files bytes by path; nothing of them is rendered */
export function judgeManifests(
  mesh: Mesh,
  cluster: Cluster,
  files: ReadonlyMap<string, Uint8Array>,
): readonly Diagnostic[] {
  const { objects, diagnostics } = userObjects(cluster.name, files)
  const subject = subjectOf(mesh, cluster, objects)
  return [
    ...diagnostics,
    ...homeless(cluster.name, subject.objects),
    ...shadowingRules(subject),
    ...rivalEntries(subject),
    ...rivalRoutes(subject),
    ...rivalGateways(subject),
    ...hidingSidecars(subject),
    ...undiscovered(subject, yamlText),
    ...plainProviders(subject),
    ...plainRules(subject),
    ...shutProviders(subject),
    ...otherServices(subject),
  ]
}

const PLACED: ReadonlySet<string> = new Set([
  'DestinationRule',
  'ServiceEntry',
  'VirtualService',
  'Gateway',
  'Sidecar',
  'PeerAuthentication',
  'AuthorizationPolicy',
])

/** A namespace that Kustomize or Helm adds later is not in the file. */
function homeless(cluster: string, objects: readonly UserObject[]): Diagnostic[] {
  return objects.flatMap((object) => {
    const { group, kind, namespace } = object
    if (namespace !== undefined || !group.endsWith('.istio.io') || !PLACED.has(kind)) return []
    const problem = 'it has no namespace, so it is not known where it counts'
    return [diagnose('MESH-W900', { cluster, what: titleOf(object), problem }, object.at('metadata', 'name'))]
  })
}
