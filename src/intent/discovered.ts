/** Services that manifests of several clusters describe: one entry for each, whose clusters are all of them. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import { isHttp } from '../mesh/ports.ts'
import type { Complaints } from './complaints.ts'
import type { Entry } from './entry.ts'
import type { Port, Service } from './schema.gen.ts'

export function keyOf({ name, namespace }: Service): string {
  return `${name}.${namespace}`
}

/** The cluster of what was discovered, which is one. */
export function clusterOf({ clusters }: Service): string {
  return namesOf({ clusters })[0] ?? ''
}

function namesOf({ clusters }: { readonly clusters: Service['clusters'] }): string[] {
  return (clusters ?? []).map((cluster) => (typeof cluster === 'string' ? cluster : cluster.name))
}

/** Two patterns for one cluster may find the same manifest: that is one service. */
export function discoveredByKey(discovered: readonly Entry<Service>[]): Map<string, Entry<Service>[]> {
  const seen = new Set<string>()
  const byKey = new Map<string, Entry<Service>[]>()
  for (const entry of discovered) {
    const { file, start } = entry.at('name')
    const service = keyOf(entry.said)
    const identity = JSON.stringify([clusterOf(entry.said), service, file, start])
    if (seen.has(identity)) continue
    seen.add(identity)
    byKey.set(service, [...(byKey.get(service) ?? []), entry])
  }
  return byKey
}

/** An entry of `services` that names clusters names that of each manifest. */
export function judgeListed(entry: Entry<Service>, manifests: readonly Entry<Service>[], complaints: Complaints): void {
  if (entry.said.clusters === undefined) return
  const clusters = namesOf({ clusters: entry.said.clusters })
  for (const { said, at } of manifests) {
    const cluster = clusterOf(said)
    if (clusters.includes(cluster)) continue
    const related = [{ span: at('name'), note: `exported here, of ${cluster}` }]
    complaints.add(diagnose('MESH-E136', { service: keyOf(said), cluster, clusters }, entry.at('clusters', 0), related))
  }
}

/** Whether sidecars see requests is up to the Service, whatever is said about its ports. */
export function judgeProtocols(
  { said, at }: Entry<Service>,
  manifests: readonly Entry<Service>[],
  complaints: Complaints,
): void {
  for (const [i, { port, protocol }] of (said.ports ?? []).entries()) {
    for (const manifest of manifests) {
      const index = (manifest.said.ports ?? []).findIndex((own) => own.port === port)
      const found = manifest.said.ports?.[index]?.protocol
      if (found === undefined || isHttp(found) === isHttp(protocol)) continue
      const related = [{ span: manifest.at('ports', index), note: 'its manifest' }]
      const args = { service: keyOf(said), port, said: protocol, found }
      complaints.add(diagnose('MESH-W233', args, at('ports', i, 'protocol'), related))
    }
  }
}

/** Who has said in `services` that a service is headless knows what that means. */
export function judgeHeadless(
  said: Service | undefined,
  manifests: readonly Entry<Service>[],
  complaints: Complaints,
): void {
  const found = manifests.find((manifest) => manifest.said.headless)
  if (found === undefined || said?.headless !== undefined) return
  complaints.add(diagnose('MESH-W230', { service: keyOf(found.said) }, found.at('headless')))
}

/** What all clusters must have alike: callers dial the ports, know the accounts, and policies select the pods. */
const FIELDS = ['ports', 'serviceAccounts', 'workload'] as const

/**
 * The manifests of one service as one entry. What they disagree about must be said in `services`.
 *
 * @param said what `services` says, which counts for all clusters
 */
export function joined(
  manifests: readonly Entry<Service>[],
  said: Pick<Service, (typeof FIELDS)[number]>,
  complaints: Complaints,
): Entry<Service> {
  const [first, ...others] = manifests
  if (first === undefined) throw new Error('invariant: a service without a manifest')
  if (others.length === 0) return first
  for (const field of FIELDS) {
    const odd = others.find((other) => comparable(other.said, field) !== comparable(first.said, field))
    if (odd === undefined || said[field] !== undefined) continue
    const clusters = [clusterOf(odd.said), clusterOf(first.said)]
    const related = [{ span: first.at(field), note: `those in ${clusterOf(first.said)}` }]
    complaints.add(diagnose('MESH-E282', { service: keyOf(first.said), field, clusters }, odd.at(field), related))
  }
  // One cluster with two of them is refused elsewhere.
  const elsewhere = new Set(others.map(({ said: other }) => clusterOf(other)))
  elsewhere.delete(clusterOf(first.said))
  return {
    said: {
      ...first.said,
      ...commonPorts(manifests),
      ...(manifests.some(({ said: each }) => each.headless) && { headless: true }),
      clusters: [clusterOf(first.said), ...elsewhere],
    },
    at: (field, index, ...rest) => {
      const place = field === 'clusters' && typeof index === 'number' ? manifests[index] : undefined
      return place === undefined
        ? first.at(field ?? 'name', ...(index === undefined ? [] : [index, ...rest]))
        : place.at('clusters', 0)
    },
  }
}

/** The same text for the same thing in another order. Where its pods listen is the own affair of each cluster. */
function comparable(said: Service, field: (typeof FIELDS)[number]): string {
  const { ports, serviceAccounts = [], workload } = said
  const parts: Readonly<Record<typeof field, readonly string[]>> = {
    ports: (ports ?? []).map(({ name, port, protocol }) => JSON.stringify([name, port, protocol])),
    serviceAccounts,
    workload: Object.entries(workload?.labels ?? {}).map((label) => JSON.stringify(label)),
  }
  return [...parts[field]].sort().join()
}

/** The ports of the first, each with the pods' own port where that is the same in all clusters. */
function commonPorts([first, ...others]: readonly Entry<Service>[]): Pick<Service, 'ports'> {
  const [port, ...more] = (first?.said.ports ?? []).map((each): Port => {
    const { targetPort, ...rest } = each
    const isCommon = others.every(
      ({ said }) => said.ports?.find(({ name }) => name === each.name)?.targetPort === targetPort,
    )
    return isCommon ? each : rest
  })
  return port === undefined ? {} : { ports: [port, ...more] }
}
