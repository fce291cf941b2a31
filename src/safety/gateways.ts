/** The user's Gateways against the one that lets the hosts of the mesh in. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { GATEWAY_LISTEN_PORT, GATEWAY_NAME } from '../istio/gateway.ts'
import { localName } from '../istio/sni.ts'
import { portOf } from './consuming-rules.ts'
import { covers, list, ofKind, picks, record, texts, titleOf, type Subject } from './subject.ts'

/** Of gateways by selector only those are known to be the same pods whose labels are all among those of the mesh. */
export function rivalGateways(subject: Subject): Diagnostic[] {
  const { cluster, provided } = subject
  const { install, selector } = cluster.gateway
  const labels = install === 'gateway-api' ? { 'gateway.networking.k8s.io/gateway-name': GATEWAY_NAME } : selector
  const exposed = provided.map((service) => localName(service, cluster))
  return ofKind(subject, 'networking.istio.io', 'Gateway').flatMap((gateway) => {
    if (!picks(gateway.spec['selector'], labels)) return []
    return list(gateway.spec['servers']).flatMap((value, i) => {
      const server = record(value)
      if (portOf(server['port']) !== GATEWAY_LISTEN_PORT) return []
      const problem = problemOf(server, exposed)
      if (problem === undefined) return []
      const args = { cluster: cluster.name, object: titleOf(gateway), problem }
      return [diagnose('MESH-E905', args, gateway.at('spec', 'servers', i, 'hosts'))]
    })
  })
}

function problemOf(server: Readonly<Record<string, unknown>>, exposed: readonly string[]): string | undefined {
  if (exposed.length === 0) return undefined
  const { protocol } = record(server['port'])
  if (protocol !== 'TLS') return `with protocol ${String(protocol)}, where the mesh has TLS`
  const both = texts(server['hosts'])
    // What stands before the slash is not looked at for names in an SNI.
    .map((host) => ({ host, pattern: host.split('/').at(-1) ?? host }))
    .flatMap(({ host, pattern }) => exposed.filter((name) => covers(pattern, name)).map((name) => ({ host, name })))
  const [first] = both
  return first && `its host ${first.host} overlaps with ${first.name}, which the mesh exposes`
}
