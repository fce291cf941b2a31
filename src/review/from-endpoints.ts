/** Where callers reach a host: its ports, the clusters that serve it, and their gateways. */
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'
import { placesOf } from './spec.ts'

/** @param before the same ServiceEntry as it was */
export function ofEndpoints(cluster: string, before: TreeObject, after: TreeObject): Consequence[] {
  const host = String(listAt(after, 'hosts')[0])
  const [oldPorts, newPorts] = [portsOf(before), portsOf(after)]
  const [oldPlaces, newPlaces] = [placesOf(before), placesOf(after)]
  return [
    ...oldPorts.filter((port) => !newPorts.includes(port)).map((port) => about('port-removed', host, port, cluster)),
    ...newPorts.filter((port) => !oldPorts.includes(port)).map((port) => about('port-added', host, port, cluster)),
    ...changedPorts(before, after).map((detail) => about('port-changed', host, detail, cluster)),
    // One sentence for a gateway, whatever the number of hosts behind it.
    ...[...oldPlaces].flatMap(([provider, old]) => {
      const now = newPlaces.get(provider) ?? old
      // At home it is the Service, under its own name and ports.
      return now === old || provider === cluster
        ? []
        : [about('gateway-moved', provider, `${old} becomes ${now}`, cluster)]
    }),
    ...[...newPlaces.keys()]
      .filter((provider) => !oldPlaces.has(provider))
      .map((provider) => about('provider-joined', host, provider, cluster)),
    ...[...oldPlaces.keys()]
      .filter((provider) => !newPlaces.has(provider))
      .map((provider) => about('provider-left', host, provider, cluster)),
  ]
}

function portsOf(entry: TreeObject): string[] {
  return listAt(entry, 'ports').flatMap((port) => (isRecord(port) ? [`port ${String(port['number'])}`] : []))
}

/** What is spoken on a port that stays, and which port of the Service it leads to. */
function changedPorts(before: TreeObject, after: TreeObject): string[] {
  const old = new Map(listAt(before, 'ports').flatMap((port) => (isRecord(port) ? [[port['number'], port]] : [])))
  return listAt(after, 'ports').flatMap((port) => {
    const known = isRecord(port) ? old.get(port['number']) : undefined
    if (!isRecord(port) || known === undefined) return []
    const number = String(port['number'])
    const target = (of: Readonly<Record<string, unknown>>): string => String(of['targetPort'] ?? of['number'])
    return [
      ...(known['protocol'] === port['protocol']
        ? []
        : [`port ${number} from ${String(known['protocol'])} to ${String(port['protocol'])}`]),
      ...(target(known) === target(port)
        ? []
        : [`port ${number} from port ${target(known)} of the Service to ${target(port)}`]),
    ]
  })
}

function listAt({ fields }: TreeObject, field: string): readonly unknown[] {
  const list = isRecord(fields['spec']) ? fields['spec'][field] : undefined
  return Array.isArray(list) ? list : []
}
