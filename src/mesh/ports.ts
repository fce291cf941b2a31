/** What is spoken on the ports of a service, and under which numbers. */

/** What Istio knows by name and passes on (istio: pkg/config/protocol/instance.go). */
export type Protocol = 'HTTP' | 'HTTP2' | 'GRPC' | 'GRPC-Web' | 'TCP' | 'TLS' | 'HTTPS' | 'Mongo' | 'MySQL' | 'Redis'

const HTTP: ReadonlySet<string> = new Set<Protocol>(['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web'])

/** Whether sidecars see requests in it; all else is bytes to them, TLS of the application's own included. */
export function isHttp(protocol: string): boolean {
  return HTTP.has(protocol)
}

/** The port of the host: what consumers in other clusters, and in its own, dial. */
export function dialledPort({ port, consumerPort }: { readonly port: number; readonly consumerPort?: number }): number {
  return consumerPort ?? port
}
