/** What a change of a DestinationRule means for those who call its host. */
import type { ObjectChange } from '../tree/difference.ts'
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'

/** How several clusters share the calls of one host, and what is kept towards it. */
export function ofRule(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  if (kind !== 'changed' || before === undefined) return []
  const [was, is] = [sharingOf(before), sharingOf(object)]
  const host = isRecord(object.fields['spec']) ? String(object.fields['spec']['host']) : object.name
  return [
    ...(was === is ? [] : [about('sharing-changed', host, `${was} to ${is}`, cluster)]),
    ...changedSettings(before, object).map((detail) => about('settings-changed', host, detail, cluster)),
  ]
}

/** One text for each setting that changes on ports that stay; most change alike on all of them. */
function changedSettings(before: TreeObject, after: TreeObject): string[] {
  const old = settingsOf(before)
  const changed = [...settingsOf(after)].flatMap(([port, now]) => {
    const was = old.get(port)
    if (was === undefined) return []
    const names = [...new Set([...was.keys(), ...now.keys()])].sort()
    return names
      .filter((name) => was.get(name) !== now.get(name))
      .map((name) => `${name} from ${was.get(name) ?? 'nothing'} to ${now.get(name) ?? 'nothing'}`)
  })
  return [...new Set(changed)]
}

/** Connection pool and load balancer by port, as names with dots and values. */
function settingsOf({ fields }: TreeObject): ReadonlyMap<unknown, ReadonlyMap<string, string>> {
  const policy = isRecord(fields['spec']) ? fields['spec']['trafficPolicy'] : undefined
  const ports: unknown = isRecord(policy) ? policy['portLevelSettings'] : undefined
  const settings = Array.isArray(ports) ? ports.filter(isRecord) : []
  return new Map(
    settings.map(({ port, connectionPool, loadBalancer }) => {
      const { localityLbSetting: _, ...balancer } = isRecord(loadBalancer) ? loadBalancer : {}
      return [
        isRecord(port) ? port['number'] : undefined,
        new Map([...leavesOf(connectionPool), ...leavesOf(balancer)]),
      ]
    }),
  )
}

function leavesOf(value: unknown, path = ''): [name: string, value: string][] {
  if (!isRecord(value))
    return value === undefined ? [] : [[path, typeof value === 'string' ? value : JSON.stringify(value)]]
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`))
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
