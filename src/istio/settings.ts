/**
 * Connection pools and load balancers. Istio reads most of it from each port's own settings, which take the place of those of
 * the rule; what a listener for bytes is held to, it reads from the rule and never from a port (istio:
 * pilot/pkg/networking/core/networkfilter.go).
 */
import type { Balancing } from '../mesh/failover.ts'
import type { Service } from '../mesh/mesh.ts'
import { isHttp, type Protocol } from '../mesh/ports.ts'
import type { ConnectionPool, LoadBalancer } from '../mesh/traffic-settings.ts'
import { balancingPolicy } from './balancing.ts'

/** Settings of a port beside its TLS; none of HTTP where sidecars see no requests. */
export function portSettings({ settings }: Service, protocol: Protocol, balancing: Balancing): object {
  const pool = settings?.connectionPool && poolOf(settings.connectionPool, protocol)
  const balancer = settings?.loadBalancer && balancerOf(settings.loadBalancer, protocol)
  const { loadBalancer, ...policy } = balancingPolicy(balancing)
  return {
    ...(pool && { connectionPool: pool }),
    ...((balancer ?? loadBalancer) && { loadBalancer: { ...balancer, ...loadBalancer } }),
    ...policy,
  }
}

function poolOf({ tcp, http }: ConnectionPool, protocol: Protocol): ConnectionPool | undefined {
  const wanted = isHttp(protocol) ? http : undefined
  return tcp || wanted ? { ...(tcp && { tcp }), ...(wanted && { http: wanted }) } : undefined
}

function balancerOf(balancer: LoadBalancer, protocol: Protocol): LoadBalancer | undefined {
  const { consistentHash } = balancer
  return consistentHash === undefined || isHttp(protocol) || consistentHash.useSourceIp === true ? balancer : undefined
}

/** Settings of the whole rule: how long a connection of the application lasts, and by what it is told apart. */
export function ruleSettings({ ports, settings }: Service): object {
  if (ports.every(({ protocol }) => isHttp(protocol))) return {}
  const { idleTimeout, maxConnectionDuration } = settings?.connectionPool?.tcp ?? {}
  const tcp = {
    ...(maxConnectionDuration !== undefined && { maxConnectionDuration }),
    ...(idleTimeout !== undefined && { idleTimeout }),
  }
  return {
    ...(Object.keys(tcp).length > 0 && { connectionPool: { tcp } }),
    ...(settings?.loadBalancer?.consistentHash?.useSourceIp === true && {
      loadBalancer: { consistentHash: { useSourceIp: true } },
    }),
  }
}
