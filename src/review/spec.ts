/** What the consequences read of rendered objects, which may be anything at all. */
import { isRecord, type TreeObject } from '../tree/objects.ts'

/** The list of texts in a field of `spec`; empty when it is something else. */
export function textsAt({ fields }: TreeObject, field: string): readonly string[] {
  return isRecord(fields['spec']) ? textList(fields['spec'][field]) : []
}

function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : []
}

/** By a Gateway of Istio, or by one of the Kubernetes Gateway API, in which a name below .invalid leads nowhere. */
export function exposedBy({ fields }: TreeObject): string[] {
  const { servers, listeners } = isRecord(fields['spec']) ? fields['spec'] : {}
  const names = [servers, listeners].flatMap((list) =>
    (Array.isArray(list) ? list : []).flatMap((entry: unknown) => {
      return isRecord(entry) ? [...textList(entry['hosts']), ...textList([entry['hostname']])] : []
    }),
  )
  return names.filter((name) => !name.endsWith('.invalid'))
}

/** Addresses with ports as one text, by the cluster that they lead to; sorted. */
export function placesOf({ fields }: TreeObject): ReadonlyMap<string, string> {
  const places = new Map<string, string[]>()
  const list = isRecord(fields['spec']) ? fields['spec']['endpoints'] : undefined
  for (const endpoint of Array.isArray(list) ? list.filter(isRecord) : []) {
    const { address, ports, labels } = endpoint
    // For Istio 1.6 and 1.7 the label is the one of their documentation.
    const provider = isRecord(labels) ? String(labels['meshwright.dev/cluster'] ?? labels['cluster']) : ''
    const host = String(address)
    const port = isRecord(ports) ? String(Object.values(ports)[0]) : ''
    const place = `${host.includes(':') ? `[${host}]` : host}:${port}`
    places.set(provider, [...(places.get(provider) ?? []), place])
  }
  return new Map([...places].map(([provider, own]) => [provider, own.sort().join(', ')]))
}
