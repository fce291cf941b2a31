/** Where callers reach a host: its ports, and the gateways behind it. */
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'

/** @param before the same ServiceEntry as it was */
export function ofEndpoints(cluster: string, before: TreeObject, after: TreeObject): Consequence[] {
  const host = String(listAt(after, 'hosts')[0])
  const [oldPorts, newPorts] = [portsOf(before), portsOf(after)]
  const [oldGateways, newGateways] = [gatewaysOf(before), gatewaysOf(after)]
  return [
    ...oldPorts.filter((port) => !newPorts.includes(port)).map((port) => about('port-removed', host, port, cluster)),
    ...newPorts.filter((port) => !oldPorts.includes(port)).map((port) => about('port-added', host, port, cluster)),
    // One sentence for a gateway, whatever the number of hosts behind it.
    ...[...oldGateways].flatMap(([provider, old]) => {
      const now = newGateways.get(provider) ?? old
      return now === old ? [] : [about('gateway-moved', provider, `${old} becomes ${now}`, cluster)]
    }),
  ]
}

function portsOf(entry: TreeObject): string[] {
  return listAt(entry, 'ports').flatMap((port) => (isRecord(port) ? [`port ${String(port['number'])}`] : []))
}

/** Addresses with ports as one text, by the cluster that they lead to. */
function gatewaysOf(entry: TreeObject): ReadonlyMap<string, string> {
  const gateways = new Map<string, string>()
  for (const endpoint of listAt(entry, 'endpoints')) {
    if (!isRecord(endpoint)) continue
    const { address, ports, labels } = endpoint
    const provider = isRecord(labels) ? String(labels['meshwright.dev/cluster']) : ''
    const place = `${String(address)}:${isRecord(ports) ? String(Object.values(ports)[0]) : ''}`
    gateways.set(provider, [gateways.get(provider), place].filter((text) => text !== undefined).join(', '))
  }
  return gateways
}

function listAt({ fields }: TreeObject, field: string): readonly unknown[] {
  const list = isRecord(fields['spec']) ? fields['spec'][field] : undefined
  return Array.isArray(list) ? list : []
}
