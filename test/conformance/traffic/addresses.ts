/** Who has which address and port. All of them are loopback addresses of a network namespace that nothing else is in. */

export const CLUSTERS = ['cluster-1', 'cluster-2'] as const

export type ClusterName = (typeof CLUSTERS)[number]

/** 1 or 2: third number of each address of a cluster, and last digit of its ports of 127.0.0.1. */
export function numberOf(cluster: ClusterName): number {
  return CLUSTERS.indexOf(cluster) + 1
}

export function gatewayAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.10`
}

/** Known to the pods by their /etc/hosts. */
export function gatewayName(cluster: ClusterName): string {
  return `gateway.${cluster}.test`
}

export function podAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.20`
}

/** What kube-proxy would give to the Service of the pod: its cluster IP. */
export function serviceAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.30`
}

/** Where a pod calls a host that both clusters import: its virtual address can be had only once. */
export function callerAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.40`
}

/** Of istiod, which has its usual ports there. */
export function controlPlaneAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.1`
}

/** Of the cluster's CoreDNS, at port 53. */
export function dnsAddress(cluster: ClusterName): string {
  return `127.0.${numberOf(cluster)}.53`
}

/** Ports of 127.0.0.1. */
export function apiPort(cluster: ClusterName): number {
  return 16440 + numberOf(cluster)
}

/** Where the agent of the cluster's pod answers DNS. */
export function agentDnsPort(cluster: ClusterName): number {
  return 15050 + numberOf(cluster)
}

/** Behind the Envoy: where the application itself listens for what comes to a port of its pod. */
export function applicationPort(cluster: ClusterName, podPort: number): number {
  return podPort + 20_000 + numberOf(cluster)
}
