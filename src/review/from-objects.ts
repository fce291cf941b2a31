/** Consequences that the rendered objects show. */
import { titleOf, type TreeObject } from '../tree/objects.ts'
import type { Difference, ObjectChange } from '../tree/difference.ts'
import { changedSet } from './changed-set.ts'
import { about, type Consequence } from './consequence.ts'
import { ofEndpoints } from './from-endpoints.ts'
import { ofEngine } from './from-engines.ts'
import { ofPolicy } from './from-policies.ts'
import { gapsIn } from './gaps.ts'
import { isForGateway, ofGatewayRule, ofRoutes, subsetGaps } from './from-routes.ts'
import { ofRule } from './from-rules.ts'
import { exposedBy, textsAt } from './spec.ts'

export function consequencesOfObjects({ clusters, parts }: Difference): Consequence[] {
  const lost = new Set(clusters.removed)
  return [
    ...clusters.removed.map((name) => about('cluster-removed', name, '')),
    ...clusters.added.map((name) => about('cluster-added', name, '')),
    // What goes with a whole cluster is not told one by one.
    ...parts
      .filter(({ cluster }) => !lost.has(cluster))
      .flatMap(({ cluster, objects }) => {
        // Routes that go with their host are told with it.
        const gone = new Set(
          objects.flatMap(({ kind, object }) =>
            kind === 'removed' && object.kind === 'ServiceEntry' ? [object.name] : [],
          ),
        )
        const told = objects.filter(({ object }) => object.kind !== 'VirtualService' || !gone.has(object.name))
        const all = told.flatMap((change) => ofChange(cluster, change))
        return withReplacedGateway(cluster, objects, all)
      }),
    ...gapsIn({ clusters, parts }),
    ...subsetGaps({ clusters, parts }),
  ]
}

function ofChange(cluster: string, change: ObjectChange): Consequence[] {
  switch (change.object.kind) {
    case 'ServiceEntry':
      return ofImport(cluster, change)
    case 'DestinationRule':
      return isForGateway(change.object) ? ofGatewayRule(cluster, change) : ofRule(cluster, change)
    case 'VirtualService':
      return ofRoutes(cluster, change)
    case 'Gateway':
      return ofGateway(cluster, change)
    case 'AuthorizationPolicy':
    case 'PeerAuthentication':
      return ofPolicy(change).map(({ more, detail }) =>
        about(more ? 'authorization-loosened' : 'authorization-tightened', titleOf(change.object), detail, cluster),
      )
    case 'ApplicationSet':
    case 'Kustomization':
      return ofEngine(change)
    case 'Values':
      return ofValues(cluster, change)
    default:
      return []
  }
}

function ofValues(cluster: string, { kind, object }: ObjectChange): Consequence[] {
  if (object.name === 'istio-operator') {
    // From it the installer makes a Gateway for all services of the cluster.
    if (kind === 'added') return [about('gateway-opened', cluster, '')]
    return kind === 'removed' ? [about('gateway-closed', cluster, '')] : [about('operator-changed', '', '', cluster)]
  }
  if (kind !== 'changed') return []
  return object.name === 'gateway'
    ? [about('gateway-values-changed', 'istio/gateway-values.yaml', '', cluster)]
    : [about('values-changed', 'istio/values.yaml', '', cluster)]
}

function ofImport(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  const host = hostOf(object)
  if (kind === 'removed') return [about('import-removed', host, '', cluster)]
  const seenBy = visibilityOf(object)
  if (before === undefined || kind === 'added') return [about('import-added', host, namespaces(seenBy), cluster)]
  if (hostOf(before) !== host) {
    return [
      about('import-removed', hostOf(before), '', cluster),
      about('import-added', host, namespaces(seenBy), cluster),
    ]
  }
  return [
    ...ofEndpoints(cluster, before, object),
    ...changedSet(visibilityOf(before), seenBy, EVERYWHERE).map(({ more, list }) =>
      about(more ? 'visibility-widened' : 'visibility-narrowed', host, list, cluster),
    ),
    ...changedSet(identitiesOf(before), identitiesOf(object), ANYBODY).map(({ more, list }) =>
      about(more ? 'identity-widened' : 'identity-narrowed', host, list, cluster),
    ),
  ]
}

function hostOf(object: TreeObject): string {
  return textsAt(object, 'hosts')[0] ?? object.name
}

const EVERYWHERE = '*'
const ANYBODY = 'anybody of the mesh'

function namespaces(seenBy: readonly string[]): string {
  return seenBy.includes(EVERYWHERE) ? 'all namespaces' : `namespace ${seenBy.join(', ')}`
}

function visibilityOf(object: TreeObject): readonly string[] {
  const list = textsAt(object, 'exportTo')
  return list.length === 0 ? [EVERYWHERE] : list
}

/** Istio takes an absent list for no check at all. */
function identitiesOf(object: TreeObject): readonly string[] {
  const list = textsAt(object, 'subjectAltNames')
  return list.length === 0 ? [ANYBODY] : list
}

function ofGateway(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  const after = kind === 'removed' ? [] : exposedBy(object)
  const old = before === undefined ? [] : exposedBy(before)
  return [
    ...after.filter((host) => !old.includes(host)).map((host) => about('exposure-added', host, '', cluster)),
    ...old.filter((host) => !after.includes(host)).map((host) => about('exposure-removed', host, '', cluster)),
  ]
}

/** A Gateway of another kind exposes the same with other pods behind another Service: that is no host less and one more. */
function withReplacedGateway(
  cluster: string,
  objects: readonly ObjectChange[],
  all: readonly Consequence[],
): readonly Consequence[] {
  const gateways = objects.filter(({ object }) => object.kind === 'Gateway')
  if (!gateways.some(({ kind }) => kind === 'added') || !gateways.some(({ kind }) => kind === 'removed')) return all
  const hosts = (kind: Consequence['kind']): Set<string> =>
    new Set(all.filter((c) => c.kind === kind).map(({ subject }) => subject))
  const [added, removed] = [hosts('exposure-added'), hosts('exposure-removed')]
  const stays = (c: Consequence): boolean =>
    (c.kind === 'exposure-added' && removed.has(c.subject)) || (c.kind === 'exposure-removed' && added.has(c.subject))
  return [...all.filter((c) => !stays(c)), about('gateway-replaced', cluster, '')]
}
