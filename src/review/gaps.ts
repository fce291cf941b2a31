/**
 * Clusters sync one by one. Where a change gives a consumer a provider, and the provider its gateway's permission, one of
 * them is first; and so it is where both are taken away.
 */
import type { Difference, ObjectChange } from '../tree/difference.ts'
import type { TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'
import { exposedBy, placesOf, textsAt } from './spec.ts'

/** `key`, a service as `<service>.<namespace>`, in one cluster's gateway. */
interface Exposure {
  readonly cluster: string
  readonly key: string
}

export function gapsIn({ clusters, parts }: Pick<Difference, 'clusters' | 'parts'>): Consequence[] {
  const changes = parts.flatMap(({ cluster, objects }) => objects.map((change) => ({ cluster, change })))
  const exposures = changes.filter(({ change }) => change.object.kind === 'Gateway')
  const opened = exposures.flatMap(({ cluster, change }) => exposuresOf(cluster, after(change), change.before))
  const closed = exposures.flatMap(({ cluster, change }) => exposuresOf(cluster, change.before, after(change)))
  // What a new cluster calls, nobody has called there before; what a removed one calls, nobody will.
  const settled = changes.filter(
    ({ cluster, change }) =>
      change.object.kind === 'ServiceEntry' && !clusters.added.includes(cluster) && !clusters.removed.includes(cluster),
  )
  return settled.flatMap(({ cluster, change }) => {
    const [host = ''] = textsAt(change.object, 'hosts')
    const key = host.split('.').slice(0, 2).join('.')
    const [was, is] = [providersOf(change.before), providersOf(after(change))]
    const among = (list: readonly Exposure[], name: string): boolean =>
      list.some((exposure) => exposure.cluster === name && exposure.key === key)
    return [
      ...is
        .filter((name) => name !== cluster && !was.includes(name) && among(opened, name))
        .map((name) => about('gap', host, name, cluster)),
      ...was
        .filter((name) => name !== cluster && among(closed, name))
        .map((name) => about('gap-at-the-end', host, name, cluster)),
    ]
  })
}

function after({ kind, object }: ObjectChange): TreeObject | undefined {
  return kind === 'removed' ? undefined : object
}

/** What the one Gateway lets in and the other does not. */
function exposuresOf(cluster: string, gateway: TreeObject | undefined, other: TreeObject | undefined): Exposure[] {
  const known = other === undefined ? [] : exposedBy(other)
  const hosts = gateway === undefined ? [] : exposedBy(gateway)
  return hosts
    .filter((host) => !known.includes(host))
    .map((host) => ({ cluster, key: host.split('.').slice(0, 2).join('.') }))
}

function providersOf(entry: TreeObject | undefined): string[] {
  return entry === undefined ? [] : [...placesOf(entry).keys()]
}
