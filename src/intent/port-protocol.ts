import type { Protocol } from '../mesh/mesh.ts'

/** What Kubernetes itself names with a prefix of its own; Istio reads these in appProtocol only. */
const OF_KUBERNETES: Readonly<Record<string, string>> = {
  'kubernetes.io/h2c': 'http2',
  'kubernetes.io/ws': 'http',
  'kubernetes.io/wss': 'https',
}

/**
 * What is spoken on a port of a Kubernetes Service, as istiod reads it (pkg/config/kube/conversion.go, ConvertProtocol): by
 * appProtocol, else by the port's name up to its first hyphen. All that istiod would treat as bytes is TCP, and so is
 * what neither tells: istiod would guess at every connection, which a ServiceEntry for other clusters should not.
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
  // Its hyphen is a part of the word. Between sidecars it is HTTP like any other.
  if (said.startsWith('grpc-web')) return 'HTTP'
  const [word = ''] = (OF_KUBERNETES[port.appProtocol ?? ''] ?? said).split('-')
  switch (word) {
    case 'http':
    case 'http_proxy':
      return 'HTTP'
    case 'http2':
      return 'HTTP2'
    case 'grpc':
      return 'GRPC'
    case 'udp':
      return undefined
    default:
      return 'TCP'
  }
}
