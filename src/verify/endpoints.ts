/** Where a ServiceEntry sends its traffic: the gateways of the clusters that run the service. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { isDnsName } from '../mesh/names.ts'
import { fieldAt, fieldsOf, isMap, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import { isPort, type Ports } from './ports.ts'

/** Where a gateway is dialled. */
export interface Endpoint {
  readonly address: string
  /** Undefined when its ports are not what they must be. */
  readonly port: number | undefined
  /** Cluster that it names; empty when it names none. */
  readonly provider: string
}

export function readEndpoints(
  { fields, at }: FoundObject,
  host: string,
  ports: Ports,
): { endpoints: Endpoint[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const resolution = fieldAt(fields, 'spec', 'resolution')
  if (resolution !== 'STATIC' && resolution !== 'DNS') {
    const args = { host, found: `resolution ${shown(resolution)}` }
    diagnostics.push(diagnose('MESH-E742', args, at('spec', 'resolution')))
  }
  const endpoints = listOf(fieldAt(fields, 'spec', 'endpoints'))
  if (endpoints.length === 0) {
    diagnostics.push(diagnose('MESH-E745', { host, detail: 'it has no endpoints' }, at('spec', 'endpoints')))
  }
  const found: Endpoint[] = []
  for (const [i, endpoint] of endpoints.entries()) {
    const place = (): Span => at('spec', 'endpoints', i)
    const address = textOf(fieldAt(endpoint, 'address'))
    const provider = textOf(fieldAt(endpoint, 'labels', 'meshwright.dev/cluster'))
    if (provider === '') diagnostics.push(diagnose('MESH-E739', { host, found: 'no cluster' }, place()))
    if (fieldAt(endpoint, 'labels', 'security.istio.io/tlsMode') !== 'istio') {
      diagnostics.push(diagnose('MESH-E741', { host, address: shown(address) }, place()))
    }
    // istiod refuses STATIC with a name among its endpoints, and what is neither name nor address leads nowhere.
    if (parseIpv4(address) === undefined && (resolution === 'STATIC' || !isHostName(address))) {
      const args = { host, found: `${shown(resolution)} with endpoint ${shown(address)}` }
      diagnostics.push(diagnose('MESH-E742', args, place()))
    }
    const mapped = fieldAt(endpoint, 'ports')
    const wrong = judgePorts(mapped, ports)
    if (found.some((other) => other.address === address)) wrong.push(`endpoint ${shown(address)} is there twice`)
    diagnostics.push(...wrong.map((detail) => diagnose('MESH-E745', { host, detail }, place())))
    const port = Object.values(fieldsOf(mapped))[0]
    found.push({ address, port: isPort(port) ? port : undefined, provider })
  }
  return { endpoints: found, diagnostics }
}

/** A name that cannot be mistaken for an address: its last label is not all digits (RFC 1123, 2.1). */
function isHostName(address: string): boolean {
  return isDnsName(address) && !/(?:^|\.)\d+$/.test(address)
}

/** A port that an endpoint does not map is dialled at the gateway by the service's own number. */
function judgePorts(mapped: unknown, { names }: Ports): string[] {
  if (!isMap(mapped)) return ['an endpoint has no ports']
  const unmapped = names.filter((name) => !isPort(fieldAt(mapped, name)))
  const unknown = Object.keys(mapped).filter((name) => !names.includes(name))
  return [
    ...unmapped.map((name) => `an endpoint has no port for ${shown(name)}`),
    ...unknown.map((name) => `an endpoint has a port for ${shown(name)}, which the host does not have`),
    ...(new Set(Object.values(mapped)).size > 1 ? ['an endpoint has several ports, but a gateway has one'] : []),
  ]
}
