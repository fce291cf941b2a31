/** Server block keys as what they serve (coredns: core/dnsserver/register.go, plugin/normalize.go). */
import { reverseZones } from './ip.ts'

/** With the port that CoreDNS takes when the key names none. */
const TRANSPORTS = [
  { name: 'dns', port: '53' },
  { name: 'tls', port: '853' },
  { name: 'quic', port: '853' },
  { name: 'grpc', port: '443' },
  { name: 'https', port: '443' },
  { name: 'https3', port: '443' },
  { name: 'unix', port: '' },
] as const

export type Transport = (typeof TRANSPORTS)[number]['name']

export interface Served {
  readonly transport: Transport
  /** Lower case with the dot at its end; the root is `.`. */
  readonly zone: string
  /** Undefined when the environment of CoreDNS decides. */
  readonly port: string | undefined
}

export type KeyReading =
  /** Several zones when the key is a block of addresses that does not end at an octet (IPv4) or a nibble (IPv6). */
  | { readonly kind: 'served'; readonly served: readonly Served[] }
  /** The environment of CoreDNS decides which zone it is. */
  | { readonly kind: 'environment' }
  | { readonly kind: 'invalid'; readonly reason: string }

export function readKey(key: string): KeyReading {
  const { transport, rest, defaultPort } = splitTransport(key)
  const variablePort = /^(.+):\{(?:\$[^}]+|%.+?%)\}$/s.exec(rest)
  if (variablePort?.[1] !== undefined && !hasVariable(variablePort[1])) {
    return readZone(variablePort[1], transport, undefined)
  }
  if (hasVariable(key)) return { kind: 'environment' }
  const colon = rest.lastIndexOf(':')
  if (colon === rest.length - 1) return { kind: 'invalid', reason: 'nothing follows its last colon' }
  const digits = colon < 0 ? undefined : /^[+-]?\d+$/.exec(rest.slice(colon + 1))?.[0]
  if (digits === undefined) return readZone(rest, transport, defaultPort)
  const port = Number(digits)
  if (port < 1 || port > 65_535) return { kind: 'invalid', reason: `${digits} is not a port` }
  return readZone(rest.slice(0, colon), transport, String(port))
}

/** Upstream puts in the values of `{$NAME}` and `{%NAME%}` before it looks at a key or an argument. */
export function hasVariable(text: string): boolean {
  return /\{\$[^}]+\}|\{%.+?%\}/s.test(text)
}

/** Lower case, with the dot at its end. */
export function normalizeZone(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower : `${lower}.`
}

function splitTransport(key: string): { transport: Transport; rest: string; defaultPort: string } {
  const { name, port } = TRANSPORTS.find(({ name }) => key.startsWith(`${name}://`)) ?? TRANSPORTS[0]
  const rest = key.startsWith(`${name}://`) ? key.slice(name.length + 3) : key
  return { transport: name, rest, defaultPort: port }
}

function readZone(name: string, transport: Transport, port: string | undefined): KeyReading {
  if (!isDomainName(name)) return { kind: 'invalid', reason: 'it is not a domain name' }
  const zones = reverseZones(name)
  // Upstream cannot write these blocks as zones and refuses them.
  if (zones && name.includes(':') && /^[:0]/.test(name)) return { kind: 'invalid', reason: 'it is not a usable block' }
  return { kind: 'served', served: (zones ?? [normalizeZone(name)]).map((zone) => ({ transport, zone, port })) }
}

/** RFC 1035 2.3.4: labels of at most 63 octets, names of at most 255; `\.` and `\DDD` are one octet of a label. */
function isDomainName(name: string): boolean {
  if (name === '.') return true
  const octets = Buffer.from(name.replace(/\\(\d{3}|.)/gs, 'x'))
  if (name === '' || octets.length > 255) return false
  const labels = octets.toString('latin1').replace(/\.$/, '').split('.')
  return labels.every((label) => label.length > 0 && label.length < 64)
}
