/** A call of one cluster's service by the pod of another, as the application makes it. */
import { ask } from '../dns-client.ts'
import { agentDnsPort, type ClusterName } from './addresses.ts'
import type { Seen } from './application.ts'
import { httpGet, type HttpAnswer } from './http-client.ts'
import { applicationPod, hostOf } from './pods.ts'

export interface Direction {
  readonly from: ClusterName
  readonly to: ClusterName
}

export const DIRECTIONS: readonly Direction[] = [
  { from: 'cluster-1', to: 'cluster-2' },
  { from: 'cluster-2', to: 'cluster-1' },
]

/** Address of the provider's host, asked of the agent in the caller's pod. */
export async function resolve({ from, to }: Direction): Promise<string> {
  const host = hostOf(applicationPod(to))
  const { rcode, records } = await ask(agentDnsPort(from), host, 'A')
  // The agent says an address once for each listener of a Sidecar (istio, pkg/dns/server/name_table.go).
  const [address, second] = new Set(records.map(({ data }) => data))
  if (address !== undefined && second === undefined) return address
  throw new Error(`${host} in ${from}: ${[rcode, ...records.map(({ data }) => data)].join(' ')}`)
}

/** GET of the host's port 8000 at its virtual address. */
export function call(direction: Direction, address: string, path: string): Promise<HttpAnswer> {
  const host = hostOf(applicationPod(direction.to))
  return httpGet({ host: address, port: 8000, path, headers: { host: `${host}:8000` } })
}

/** What the server has seen of a call that must succeed. */
export function seenBy({ status, body }: HttpAnswer): Seen {
  if (status !== 200) throw new Error(`${status}: ${body}`)
  return JSON.parse(body) as Seen
}

/** Fields of the first certificate in X-Forwarded-Client-Cert (Envoy, HTTP header manipulation). */
export function clientCertificate(header: string): Readonly<Record<string, string>> {
  const fields = (header.split(',')[0] ?? '').split(';').map((field) => {
    const at = field.indexOf('=')
    return [field.slice(0, at), field.slice(at + 1)]
  })
  return Object.fromEntries(fields) as Record<string, string>
}
