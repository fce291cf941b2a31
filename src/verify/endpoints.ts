/** Where a ServiceEntry sends its traffic: the gateways of the clusters that run the service. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { fieldAt, isMap, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import { isPort, type Ports } from './ports.ts'

/** @returns the clusters that the endpoints name */
export function readEndpoints(
  { fields, at }: FoundObject,
  host: string,
  ports: Ports,
): { providers: string[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const resolution = fieldAt(fields, 'spec', 'resolution')
  if (resolution !== 'STATIC' && resolution !== 'DNS') {
    const found = `resolution ${shown(resolution)}`
    diagnostics.push(diagnose('MESH-E742', { host, found }, at('spec', 'resolution')))
  }
  const endpoints = listOf(fieldAt(fields, 'spec', 'endpoints'))
  if (endpoints.length === 0) {
    diagnostics.push(diagnose('MESH-E745', { host, detail: 'it has no endpoints' }, at('spec', 'endpoints')))
  }
  const providers = new Set<string>()
  for (const [i, endpoint] of endpoints.entries()) {
    const place = (): Span => at('spec', 'endpoints', i)
    const address = textOf(fieldAt(endpoint, 'address'))
    const provider = textOf(fieldAt(endpoint, 'labels', 'meshwright.dev/cluster'))
    if (provider === '') diagnostics.push(diagnose('MESH-E739', { host, found: 'no cluster' }, place()))
    else providers.add(provider)
    if (fieldAt(endpoint, 'labels', 'security.istio.io/tlsMode') !== 'istio') {
      diagnostics.push(diagnose('MESH-E741', { host, address: shown(address) }, place()))
    }
    // istiod refuses STATIC with a name among its endpoints, and an endpoint without an address leads nowhere.
    if (address === '' || (resolution === 'STATIC' && parseIpv4(address) === undefined)) {
      const found = `${shown(resolution)} with endpoint ${shown(address)}`
      diagnostics.push(diagnose('MESH-E742', { host, found }, place()))
    }
    const wrong = judgePorts(fieldAt(endpoint, 'ports'), ports)
    diagnostics.push(...wrong.map((detail) => diagnose('MESH-E745', { host, detail }, place())))
  }
  return { providers: [...providers], diagnostics }
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
