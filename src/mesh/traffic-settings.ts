/** Settings of a DestinationRule that a service may have for its consumers; names and meaning are those of Istio's API. */

export interface TrafficSettings {
  readonly connectionPool?: ConnectionPool
  readonly loadBalancer?: LoadBalancer
}

/** Durations are as Istio writes them: `500ms`, `10s`. */
export interface ConnectionPool {
  readonly tcp?: {
    readonly maxConnections?: number
    readonly connectTimeout?: string
    readonly maxConnectionDuration?: string
    readonly idleTimeout?: string
    readonly tcpKeepalive?: { readonly probes?: number; readonly time?: string; readonly interval?: string }
  }
  /** Of ports that speak HTTP. */
  readonly http?: {
    readonly http1MaxPendingRequests?: number
    readonly http2MaxRequests?: number
    readonly maxRequestsPerConnection?: number
    readonly maxRetries?: number
    readonly idleTimeout?: string
    readonly h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
  }
}

/** Exactly one of both. */
export interface LoadBalancer {
  readonly simple?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM'
  readonly consistentHash?: ConsistentHash
}

/** Exactly one; all but the first are found in requests of HTTP. */
export interface ConsistentHash {
  readonly useSourceIp?: true
  readonly httpHeaderName?: string
  readonly httpQueryParameterName?: string
  readonly httpCookie?: { readonly name: string; readonly ttl?: string; readonly path?: string }
}
