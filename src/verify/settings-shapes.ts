/** Connection pools and load balancers that may be rendered: what is known to reach Envoy, with values that Istio takes. */
import { closed, type Schema } from './schema.ts'

/** The protocols of a port that Istio knows and gateways carry; another word would make Istio guess. */
export const PROTOCOLS: readonly string[] = [
  'HTTP',
  'HTTP2',
  'GRPC',
  'GRPC-Web',
  'TCP',
  'TLS',
  'HTTPS',
  'Mongo',
  'MySQL',
  'Redis',
]

const COUNT = { type: 'integer', minimum: 1, maximum: 2_147_483_647 }
const DURATION = { type: 'string', pattern: '^[1-9][0-9]{0,5}(ms|s|m|h)$' }
const SECONDS = { type: 'string', pattern: '^[1-9][0-9]{0,3}(s|m)$' }
const TOKEN = { type: 'string', pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}$" }

/** One field at least: an empty one would still take the place of the mesh's. */
function some(fields: Readonly<Record<string, Schema>>, most = Object.keys(fields).length): Schema {
  return { ...Object(closed(fields)), minProperties: 1, maxProperties: most }
}

export const CONNECTION_POOL: Schema = some({
  'tcp?': some({
    'maxConnections?': COUNT,
    'connectTimeout?': DURATION,
    'maxConnectionDuration?': DURATION,
    'idleTimeout?': DURATION,
    'tcpKeepalive?': some({ 'probes?': COUNT, 'time?': SECONDS, 'interval?': SECONDS }),
  }),
  'http?': some({
    'http1MaxPendingRequests?': COUNT,
    'http2MaxRequests?': COUNT,
    'maxRequestsPerConnection?': COUNT,
    'maxRetries?': COUNT,
    'idleTimeout?': DURATION,
    'h2UpgradePolicy?': { enum: ['DEFAULT', 'DO_NOT_UPGRADE', 'UPGRADE'] },
  }),
})

const SOURCE: Schema = { const: true }

export function loadBalancer(localityLbSetting: Schema): Schema {
  const fields = {
    'simple?': { enum: ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'] },
    'consistentHash?': some(
      {
        'useSourceIp?': SOURCE,
        'httpHeaderName?': TOKEN,
        'httpQueryParameterName?': TOKEN,
        'httpCookie?': closed({
          name: TOKEN,
          'ttl?': { type: 'string', pattern: '^(0s|[1-9][0-9]{0,5}(s|m|h))$' },
          'path?': { type: 'string', pattern: '^/[A-Za-z0-9/._~-]*$' },
        }),
      },
      1,
    ),
    'localityLbSetting?': localityLbSetting,
  }
  return { ...Object(some(fields)), not: { required: ['simple', 'consistentHash'] } }
}

/** Of the whole rule: no more than what listeners for bytes read from there. */
export const RULE_SETTINGS: Readonly<Record<string, Schema>> = {
  'connectionPool?': closed({ tcp: some({ 'maxConnectionDuration?': DURATION, 'idleTimeout?': DURATION }) }),
  'loadBalancer?': closed({ consistentHash: closed({ useSourceIp: SOURCE }) }),
}
