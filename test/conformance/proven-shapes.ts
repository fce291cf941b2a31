/**
 * The shapes of Istio objects that were proven with Istio 1.30 and 1.31 themselves: their own code followed every path
 * through them, and sidecars and gateways sent real requests. Everything that is rendered must have one of them; what
 * goes beyond is listed with the reason why it changes nothing about the path.
 *
 * `[]` stands for every element of a list, `*` for every key of a map.
 */

export type ValueKind =
  | { readonly is: string | number }
  | { readonly oneOf: readonly string[] }
  | { readonly matches: RegExp }
  | { readonly is: 'port number' }
  | { readonly is: 'percent' }
  /** A percentage, or a number of attempts, which may be none. */
  | { readonly is: 'share' }
  | { readonly is: 'boolean' }
  | { readonly is: 'count' }

export interface Shape {
  /** Field paths that must be there, with what their values are. */
  readonly fields: Readonly<Record<string, ValueKind>>
  /** Field paths that may be there. */
  readonly extras: Readonly<Record<string, ValueKind & { readonly reason: string }>>
}

const PORT: ValueKind = { is: 'port number' }
const DNS_LABEL: ValueKind = { matches: /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/ }
const DNS_NAME: ValueKind = { matches: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/ }
const LABEL_VALUE: ValueKind = { matches: /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/ }
const PROTOCOL: ValueKind = {
  oneOf: ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'TCP', 'TLS', 'HTTPS', 'Mongo', 'MySQL', 'Redis'],
}
const DURATION: ValueKind = { matches: /^[1-9]\d*(ms|s|m|h)$/ }
const TEXT: ValueKind = { matches: /^[^\n]+$/ }

const METADATA: Readonly<Record<string, ValueKind>> = { 'metadata.namespace': DNS_LABEL }
const METADATA_EXTRAS: Shape['extras'] = {
  'metadata.labels.*': { ...TEXT, reason: 'istiod reads no labels of these kinds; people and GitOps engines do' },
  'metadata.annotations.*': { ...TEXT, reason: 'for Argo CD and Flux; istiod reads none of these' },
}
const EXPORT_TO: Shape['extras'] = {
  'spec.exportTo[]': {
    matches: /^(\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/,
    reason: 'proven apart from the rest: visibility of an import that lives in a namespace of its own',
  },
}
const SETTING = 'spec.trafficPolicy.portLevelSettings[]'
const PART = 'spec.subsets[].trafficPolicy.portLevelSettings[]'
const PARTS = 'proven; versions and single clusters of a host, absent where routes tell none apart'
const ROUTED = 'proven; absent where the host is called as it is'
const ROUTE = 'spec.http[]'
const SEVERAL = 'proven; a choice among several clusters, absent where there is one'

const ASKED = 'proven; absent unless the intent asks for it'
const OF_LISTENER = 'proven; what listeners for bytes read from the rule and from no port of it'
const COUNT: ValueKind = { is: 'count' }

/** @param setting path of the settings of a port */
function askedIn(setting: string): Shape['extras'] {
  const pool = Object.entries(POOL).map(([path, kind]) => [
    `${setting}.connectionPool.${path}`,
    { ...kind, reason: ASKED },
  ])
  return {
    ...(Object.fromEntries(pool) as Shape['extras']),
    [`${setting}.loadBalancer.simple`]: { oneOf: ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'], reason: ASKED },
    [`${setting}.loadBalancer.consistentHash.useSourceIp`]: { is: 'boolean', reason: ASKED },
    [`${setting}.loadBalancer.consistentHash.httpHeaderName`]: { ...TEXT, reason: ASKED },
  }
}

const POOL: Readonly<Record<string, ValueKind>> = {
  'tcp.maxConnections': COUNT,
  'tcp.connectTimeout': DURATION,
  'tcp.maxConnectionDuration': DURATION,
  'tcp.idleTimeout': DURATION,
  'tcp.tcpKeepalive.probes': COUNT,
  'tcp.tcpKeepalive.time': DURATION,
  'tcp.tcpKeepalive.interval': DURATION,
  'http.http1MaxPendingRequests': COUNT,
  'http.http2MaxRequests': COUNT,
  'http.maxRequestsPerConnection': COUNT,
  'http.maxRetries': COUNT,
  'http.idleTimeout': DURATION,
  'http.h2UpgradePolicy': { oneOf: ['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'] },
}

/** @param setting path of the settings of a port */
function balancingIn(setting: string): Shape['extras'] {
  const balancer = `${setting}.loadBalancer.localityLbSetting`
  const detection = `${setting}.outlierDetection`
  return {
    [`${balancer}.enabled`]: { is: 'boolean', reason: SEVERAL },
    [`${balancer}.failoverPriority[]`]: { matches: /^meshwright\.dev\/first-[1-9]\d*=true$/, reason: SEVERAL },
    [`${balancer}.distribute[].from`]: { is: '*', reason: SEVERAL },
    [`${balancer}.distribute[].to.*`]: { is: 'percent', reason: SEVERAL },
    [`${detection}.consecutive5xxErrors`]: { is: 0, reason: SEVERAL },
    [`${detection}.consecutiveGatewayErrors`]: { is: 5, reason: SEVERAL },
    [`${detection}.maxEjectionPercent`]: { is: 100, reason: SEVERAL },
  }
}

/** What a text of a request must be. */
function matchIn(path: string): Shape['extras'] {
  return Object.fromEntries(['exact', 'prefix', 'regex'].map((how) => [`${path}.${how}`, { ...TEXT, reason: ROUTED }]))
}

/** Of several units. */
const TIMES: ValueKind = { matches: /^([1-9]\d*(h|m|s|ms))+$/ }

const VERSION: ValueKind = { is: 'networking.istio.io/v1' }
const SECURITY_VERSION: ValueKind = { is: 'security.istio.io/v1' }
/** Of policies: theirs is the namespace of the service, and the labels are those of its pods. */
const SELECTED: Readonly<Record<string, ValueKind>> = {
  'metadata.name': { matches: /^meshwright-[a-z0-9-]+$/ },
  'spec.selector.matchLabels.*': LABEL_VALUE,
}

export const PROVEN_SHAPES: Readonly<Record<string, Shape>> = {
  Gateway: {
    fields: {
      ...METADATA,
      apiVersion: VERSION,
      kind: { is: 'Gateway' },
      'metadata.name': { is: 'meshwright-exports' },
      'spec.selector.*': LABEL_VALUE,
      'spec.servers[].port.number': { is: 15_443 },
      'spec.servers[].port.name': { is: 'tls' },
      'spec.servers[].port.protocol': { is: 'TLS' },
      'spec.servers[].tls.mode': { is: 'AUTO_PASSTHROUGH' },
      'spec.servers[].hosts[]': { matches: /^[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9-]+)+$/ },
    },
    extras: METADATA_EXTRAS,
  },
  'Kubernetes Gateway': {
    fields: {
      ...METADATA,
      apiVersion: { is: 'gateway.networking.k8s.io/v1' },
      kind: { is: 'Gateway' },
      'metadata.name': { is: 'meshwright-exports' },
      'spec.gatewayClassName': { is: 'istio' },
      'spec.infrastructure.labels.*': TEXT,
      'spec.infrastructure.annotations.*': TEXT,
      'spec.listeners[].name': { matches: /^(tls|[a-z0-9-]+\.[a-z0-9-]+)$/ },
      'spec.listeners[].hostname': { matches: /^(nothing\.invalid|[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9-]+)+)$/ },
      'spec.listeners[].port': { is: 15_443 },
      'spec.listeners[].protocol': { is: 'TLS' },
      'spec.listeners[].tls.mode': { is: 'Passthrough' },
      'spec.listeners[].allowedRoutes.namespaces.from': { is: 'Same' },
      'spec.listeners[].tls.options.gateway\\.istio\\.io/listener-protocol': { is: 'auto-passthrough' },
    },
    extras: {
      ...METADATA_EXTRAS,
      'spec.infrastructure.parametersRef.group': { matches: /^$/, reason: 'proven; absent for istiods that take none' },
      'spec.infrastructure.parametersRef.kind': { is: 'ConfigMap', reason: 'proven, with the one before it' },
      'spec.infrastructure.parametersRef.name': { is: 'meshwright-exports', reason: 'proven, with the one before it' },
    },
  },
  ServiceEntry: {
    fields: {
      ...METADATA,
      apiVersion: VERSION,
      kind: { is: 'ServiceEntry' },
      'metadata.name': { matches: /^[a-z0-9-]+\.[a-z0-9-]+$/ },
      'spec.hosts[]': DNS_NAME,
      'spec.addresses[]': { matches: /^\d+\.\d+\.\d+\.\d+$/ },
      'spec.location': { is: 'MESH_INTERNAL' },
      'spec.resolution': { oneOf: ['STATIC', 'DNS'] },
      'spec.ports[].number': PORT,
      'spec.ports[].name': DNS_LABEL,
      'spec.ports[].protocol': PROTOCOL,
      'spec.endpoints[].address': { matches: /^[a-z0-9.:-]+$/ },
      'spec.endpoints[].ports.*': PORT,
      'spec.endpoints[].labels.security\\.istio\\.io/tlsMode': { is: 'istio' },
      'spec.endpoints[].labels.meshwright\\.dev/cluster': DNS_LABEL,
    },
    extras: {
      ...METADATA_EXTRAS,
      ...EXPORT_TO,
      'spec.ports[].targetPort': {
        ...PORT,
        reason: 'proven; says which port of the Service is meant, where consumers dial another number',
      },
      'spec.endpoints[].locality': {
        matches: /^[a-z0-9-]+(\/[a-z0-9-]+)?$/i,
        reason: 'proven; absent where the intent has none, and then Istio prefers no endpoint',
      },
      'spec.endpoints[].labels.*': {
        is: 'true',
        reason: 'proven; tiers of clusters, where the order in which they are called is not that of their distance',
      },
      'spec.subjectAltNames[]': {
        matches: /^spiffe:\/\/[a-z0-9.-]+\/ns\/[a-z0-9-]+\/sa\/[a-z0-9.-]+$/,
        reason: 'proven; absent where the intent has no service accounts, which is warned about',
      },
    },
  },
  DestinationRule: {
    fields: {
      ...METADATA,
      apiVersion: VERSION,
      kind: { is: 'DestinationRule' },
      'metadata.name': { matches: /^[a-z0-9-]+\.[a-z0-9-]+$/ },
      'spec.host': DNS_NAME,
      'spec.trafficPolicy.portLevelSettings[].port.number': PORT,
      'spec.trafficPolicy.portLevelSettings[].tls.mode': { is: 'ISTIO_MUTUAL' },
      'spec.trafficPolicy.portLevelSettings[].tls.sni': {
        matches: /^outbound_\.\d+_\._\.[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9-]+)+$/,
      },
    },
    extras: {
      ...METADATA_EXTRAS,
      ...EXPORT_TO,
      'spec.trafficPolicy.connectionPool.tcp.idleTimeout': { ...DURATION, reason: OF_LISTENER },
      'spec.trafficPolicy.connectionPool.tcp.maxConnectionDuration': { ...DURATION, reason: OF_LISTENER },
      'spec.trafficPolicy.loadBalancer.consistentHash.useSourceIp': { is: 'boolean', reason: OF_LISTENER },
      ...askedIn(SETTING),
      ...balancingIn(SETTING),
      'spec.subsets[].name': { ...DNS_LABEL, reason: PARTS },
      'spec.subsets[].labels.*': { ...LABEL_VALUE, reason: PARTS },
      [`${PART}.port.number`]: { ...PORT, reason: PARTS },
      [`${PART}.tls.mode`]: { is: 'ISTIO_MUTUAL', reason: PARTS },
      [`${PART}.tls.sni`]: {
        matches: /^outbound_\.\d+_\.([a-z0-9-]+)?_\.[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9-]+)+$/,
        reason: PARTS,
      },
      ...askedIn(PART),
      ...balancingIn(PART),
    },
  },
  'Exported DestinationRule': {
    fields: {
      ...METADATA,
      apiVersion: VERSION,
      kind: { is: 'DestinationRule' },
      'metadata.name': { matches: /^meshwright-exports\.[a-z0-9-]+\.[a-z0-9-]+$/ },
      'spec.host': { matches: /^[a-z0-9-]+\.[a-z0-9-]+\.svc(\.[a-z0-9-]+)+$/ },
      'spec.subsets[].name': DNS_LABEL,
      'spec.subsets[].labels.*': LABEL_VALUE,
      'spec.exportTo[]': { is: '.' },
    },
    extras: METADATA_EXTRAS,
  },
  VirtualService: {
    fields: {
      ...METADATA,
      apiVersion: VERSION,
      kind: { is: 'VirtualService' },
      'metadata.name': { matches: /^[a-z0-9-]+\.[a-z0-9-]+$/ },
      'spec.hosts[]': DNS_NAME,
      [`${ROUTE}.route[].destination.host`]: DNS_NAME,
    },
    extras: {
      ...METADATA_EXTRAS,
      ...EXPORT_TO,
      [`${ROUTE}.route[].destination.subset`]: { ...DNS_LABEL, reason: ROUTED },
      [`${ROUTE}.route[].weight`]: { is: 'share', reason: ROUTED },
      ...matchIn(`${ROUTE}.match[].uri`),
      ...matchIn(`${ROUTE}.match[].method`),
      ...matchIn(`${ROUTE}.match[].headers.*`),
      [`${ROUTE}.timeout`]: { ...TIMES, reason: ROUTED },
      [`${ROUTE}.retries.attempts`]: { is: 'share', reason: ROUTED },
      [`${ROUTE}.retries.perTryTimeout`]: { ...TIMES, reason: ROUTED },
      [`${ROUTE}.retries.retryOn`]: { matches: /^[a-z0-9-]+(,[a-z0-9-]+)*$/, reason: ROUTED },
    },
  },
  AuthorizationPolicy: {
    fields: {
      ...METADATA,
      ...SELECTED,
      apiVersion: SECURITY_VERSION,
      kind: { is: 'AuthorizationPolicy' },
      'spec.action': { is: 'ALLOW' },
      'spec.rules[].from[].source.principals[]': {
        matches: /^[a-z0-9.-]+\/ns\/[a-z0-9-]+\/sa\/(\*|[a-z0-9.-]+)$/,
      },
    },
    extras: {
      ...METADATA_EXTRAS,
      'spec.rules[].to[].operation.ports[]': {
        matches: /^\d+$/,
        reason: 'proven; absent where the intent does not know the ports of the pods',
      },
    },
  },
  PeerAuthentication: {
    fields: {
      ...METADATA,
      ...SELECTED,
      apiVersion: SECURITY_VERSION,
      kind: { is: 'PeerAuthentication' },
      'spec.mtls.mode': { is: 'STRICT' },
    },
    extras: METADATA_EXTRAS,
  },
}
