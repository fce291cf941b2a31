import type { Protocol } from '../mesh/ports.ts'

/** What Kubernetes itself names with a prefix of its own; Istio reads these in appProtocol only. */
const OF_KUBERNETES: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
}

const BY_WORD: ReadonlyMap<string, Protocol> = new Map<string, Protocol>([
  ['http', 'HTTP'],
  // A proxy for others; to sidecars it is HTTP.
  ['http_proxy', 'HTTP'],
  ['http2', 'HTTP2'],
  ['grpc', 'GRPC'],
  ['tls', 'TLS'],
  ['https', 'HTTPS'],
  ['mongo', 'Mongo'],
  ['mysql', 'MySQL'],
  ['redis', 'Redis'],
])

/**
 * What is spoken on a port of a Kubernetes Service, as istiod reads it (pkg/config/kube/conversion.go, ConvertProtocol): by
 * appProtocol, else by the port's name up to its first hyphen. What neither tells is TCP: istiod would guess at every
 * connection, which a ServiceEntry for other clusters should not.
 *
 * @param protocol transport protocol of the port; absent: TCP
 * @returns undefined for what no gateway passes on
 */
export function portProtocol(port: {
  readonly name?: string
  readonly protocol?: string
  readonly appProtocol?: string
}): Protocol | undefined {
  if ((port.protocol ?? 'TCP') !== 'TCP') return undefined
  const said = (port.appProtocol ?? port.name ?? '').toLowerCase()
  // Its hyphen is a part of the word.
  if (said.startsWith('grpc-web')) return 'GRPC-Web'
  const [word = ''] = (OF_KUBERNETES[port.appProtocol ?? ''] ?? said).split('-')
  return word === 'udp' ? undefined : (BY_WORD.get(word) ?? 'TCP')
}
