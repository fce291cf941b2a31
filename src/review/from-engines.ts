/** What the engines that apply the output are given. */
import type { ObjectChange } from '../tree/difference.ts'
import { isRecord, titleOf, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'

/** Of an ApplicationSet or a Kustomization. */
export function ofEngine({ kind, object, before }: ObjectChange): Consequence[] {
  if (kind === 'removed') return [about('engine-removed', titleOf(object), '')]
  if (before === undefined || kind === 'added') return []
  const now = destinationsOf(object)
  return [...destinationsOf(before)].flatMap(([cluster, old]) => {
    const moved = now.get(cluster)
    return moved === undefined || moved === old ? [] : [about('destination-moved', cluster, `${old} becomes ${moved}`)]
  })
}

/** Names that Argo CD has for the clusters, by our own. */
function destinationsOf({ fields }: TreeObject): ReadonlyMap<string, string> {
  const generators = isRecord(fields['spec']) ? fields['spec']['generators'] : undefined
  const lists = (Array.isArray(generators) ? generators : []).flatMap((generator: unknown) => {
    const list = isRecord(generator) && isRecord(generator['list']) ? generator['list']['elements'] : undefined
    return Array.isArray(list) ? (list as readonly unknown[]) : []
  })
  return new Map(
    lists.flatMap((element): [string, string][] =>
      isRecord(element) ? [[String(element['cluster']), String(element['destination'])]] : [],
    ),
  )
}
