/**
 * A caller within the provider's own cluster, who comes to the pod itself and not through a gateway: a connection with
 * the certificate of some workload there, as its sidecar would make it.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import type { PodPort } from './pods.ts'
import type { Proxy } from './proxy.ts'

const TIMEOUT_MS = 10_000

/** As Istio's sidecars offer it (istio: pilot/pkg/networking/util/util.go). */
const ALPN = { HTTP: 'istio-http/1.1', TCP: 'istio' } as const

/** What comes back when a workload sends these bytes; empty where the connection just ends. */
export async function callPod(
  caller: Proxy,
  { address }: Proxy['pod'],
  { podPort }: PodPort,
  protocol: keyof typeof ALPN,
  bytes: string,
): Promise<string> {
  const file = (name: string): Buffer => readFileSync(join(caller.folder, 'certificates', name))
  const socket = connect({
    host: address,
    port: podPort,
    cert: file('cert-chain.pem'),
    key: file('key.pem'),
    ca: file('root-cert.pem'),
    ALPNProtocols: [ALPN[protocol]],
    // The pod proves a SPIFFE ID and no host name; who it is, is judged elsewhere.
    checkServerIdentity: () => undefined,
  })
  socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer from ${address}:${podPort}`)))
  await once(socket, 'secureConnect')
  socket.write(bytes)
  try {
    return await text(socket)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return ''
    throw error
  }
}
