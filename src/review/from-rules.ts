/** What a change of a DestinationRule means for those who call its host. */
import type { ObjectChange } from '../tree/difference.ts'
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'

/** How several clusters share the calls of one host. */
export function ofSharing(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  if (kind !== 'changed' || before === undefined) return []
  const [was, is] = [sharingOf(before), sharingOf(object)]
  const host = isRecord(object.fields['spec']) ? String(object.fields['spec']['host']) : object.name
  return was === is ? [] : [about('sharing-changed', host, `${was} to ${is}`, cluster)]
}

/** In a few words; of the first port, since those of all ports are the same. */
function sharingOf({ fields }: TreeObject): string {
  const policy = isRecord(fields['spec']) ? fields['spec']['trafficPolicy'] : undefined
  const ports: unknown = isRecord(policy) ? policy['portLevelSettings'] : undefined
  const setting: unknown = Array.isArray(ports) ? ports[0] : undefined
  const balancer = isRecord(setting) && isRecord(setting['loadBalancer']) ? setting['loadBalancer'] : {}
  const locality = balancer['localityLbSetting']
  if (!isRecord(locality)) return 'one cluster'
  if (locality['enabled'] === false) return 'all clusters alike'
  if (Array.isArray(locality['failoverPriority'])) return 'clusters in order'
  const { distribute } = locality
  if (!Array.isArray(distribute)) return 'the nearest cluster'
  const to = distribute.flatMap((part: unknown) =>
    isRecord(part) && isRecord(part['to']) ? Object.entries(part['to']) : [],
  )
  return to.map(([name, percent]) => `${name} ${String(percent)} %`).join(', ')
}
