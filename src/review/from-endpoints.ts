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

function listAt({ fields }: TreeObject, field: string): readonly unknown[] {
  const list = isRecord(fields['spec']) ? fields['spec'][field] : undefined
  return Array.isArray(list) ? list : []
}
