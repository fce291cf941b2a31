/** Settings of connections that Envoy must have for a port, by the intent alone. */
import type { Port, Service } from '../../../src/mesh/mesh.ts'

const REQUESTS = new Set(['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web'])

/** With the names and the form of meshcheck/settings.go; what has Istio's default is not there. */
export function settingsOf({ settings }: Service, { protocol }: Port): Record<string, string> {
  const { connectionPool, loadBalancer } = settings ?? {}
  const speaksHttp = REQUESTS.has(protocol)
  const tcp = connectionPool?.tcp ?? {}
  const http = (speaksHttp ? connectionPool?.http : undefined) ?? {}
  const hash = loadBalancer?.consistentHash
  const isHashed = hash !== undefined && (speaksHttp || hash.useSourceIp === true)
  const simple = loadBalancer?.simple === 'LEAST_REQUEST' ? undefined : loadBalancer?.simple
  // What multiplexes does so by itself.
  const http2 = protocol === 'HTTP' ? http.h2UpgradePolicy === 'UPGRADE' : speaksHttp
  const { probes = 0, time, interval } = tcp.tcpKeepalive ?? {}
  const said: Readonly<Record<string, string | number | undefined | false>> = {
    policy: isHashed ? 'RING_HASH' : simple,
    hash: isHashed && hashText(hash),
    connectTimeout: duration(tcp.connectTimeout),
    maxConnections: tcp.maxConnections,
    maxConnectionDuration: duration(tcp.maxConnectionDuration),
    idleTimeout: duration(http.idleTimeout ?? tcp.idleTimeout),
    'listener idleTimeout': !speaksHttp && duration(tcp.idleTimeout),
    'listener maxConnectionDuration': !speaksHttp && duration(tcp.maxConnectionDuration),
    tcpKeepalive: tcp.tcpKeepalive && `${probes} ${seconds(time)} ${seconds(interval)}`,
    http1MaxPendingRequests: http.http1MaxPendingRequests,
    http2MaxRequests: http.http2MaxRequests,
    maxRetries: http.maxRetries,
    maxRequestsPerConnection: http.maxRequestsPerConnection,
    http2: http2 && 'true',
  }
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) =>
      value === undefined || value === false ? [] : [[name, String(value)]],
    ),
  )
}

export function wayOf({ protocol }: Port): 'route' | 'listener' {
  return REQUESTS.has(protocol) ? 'route' : 'listener'
}

export function textOf(settings: Readonly<Record<string, string>>): string {
  const texts = Object.entries(settings).map(([name, value]) => `${name} ${value}`)
  return texts.length === 0 ? 'nothing' : texts.sort().join(', ')
}

function hashText(
  hash: NonNullable<NonNullable<NonNullable<Service['settings']>['loadBalancer']>['consistentHash']>,
): string {
  if (hash.httpHeaderName !== undefined) return `header ${hash.httpHeaderName}`
  if (hash.httpCookie !== undefined) return `cookie ${hash.httpCookie.name}`
  if (hash.httpQueryParameterName !== undefined) return `parameter ${hash.httpQueryParameterName}`
  return 'source'
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 }

function seconds(text = '0s'): number {
  const [, number, unit = ''] = /^(\d+)([a-z]+)$/.exec(text) ?? []
  return Number(number) * (SECONDS[unit] ?? NaN)
}

/** As Go writes it: `1m30s`. */
function duration(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const all = seconds(text)
  if (all < 1) return `${all * 1000}ms`
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60]
  return `${hours > 0 ? `${hours}h` : ''}${all >= 60 ? `${minutes}m` : ''}${all % 60}s`
}
