/** The ports of a service: those of the Kubernetes Service, and what consumers dial. */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Port } from '../mesh/mesh.ts'
import { dialledPort } from '../mesh/ports.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Port as PortIntent, Service as ServiceIntent } from './schema.gen.ts'

export function resolvePorts(service: ServiceIntent, key: string, at: Locate, complaints: Complaints): Port[] {
  const ports = service.ports ?? []
  const twice = (what: string, index: number, field: string): void =>
    complaints.add(diagnose('MESH-E204', { service: key, port: what }, at('ports', index, field)))
  complaints.unique(
    ports.map((p) => p.name),
    (name, i) => twice(`port name ${name}`, i, 'name'),
  )
  complaints.unique(ports.map(dialledPort), (port, i) =>
    twice(`port ${port}`, i, ports[i]?.consumerPort === undefined ? 'port' : 'consumerPort'),
  )
  for (const [i, port] of ports.entries()) {
    complaints.dnsLabel('port name', port.name, at, 'ports', i, 'name')
    complaints.port('port', port.port, at, 'ports', i, 'port')
    for (const field of ['targetPort', 'consumerPort'] as const) {
      const number = port[field]
      if (number !== undefined) complaints.port(field, number, at, 'ports', i, field)
    }
    // Two of one number are told already.
    const same = ports.slice(0, i).find((other) => other.port === port.port && dialledPort(other) !== dialledPort(port))
    if (same !== undefined && textOf(same) !== textOf(port)) {
      const args = { service: key, port: port.port, one: textOf(same), other: textOf(port) }
      complaints.add(diagnose('MESH-E227', args, at('ports', i)))
    }
  }
  return ports
    .map(({ name, port, protocol, targetPort, consumerPort }) => ({
      name,
      port,
      ...(consumerPort !== undefined && consumerPort !== port && { consumerPort }),
      protocol,
      ...(targetPort !== undefined && { targetPort }),
    }))
    .sort((a, b) => dialledPort(a) - dialledPort(b))
}

function textOf({ protocol, targetPort }: PortIntent): string {
  return targetPort === undefined ? protocol : `${protocol} at ${targetPort} of the pods`
}
