/** Where a ServiceEntry sends its traffic: the gateways of the clusters that run the service, and its own copy. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { isIp, placeText } from '../mesh/ip.ts'
import { isDnsName } from '../mesh/names.ts'
import { fieldAt, fieldsOf, isMap, listOf, shown, textOf, type Fields } from './fields.ts'
import type { FoundObject } from './objects.ts'
import { isPort, type Ports } from './ports.ts'
import type { ClusterOutput } from './read.ts'

/** Where a gateway is dialled, or one's own copy. */
export interface Endpoint {
  readonly address: string
  /** Of a gateway; undefined when its ports are not what they must be. */
  readonly port: number | undefined
  /** Cluster that it names; empty when it names none. */
  readonly provider: string
  /** True for the Service itself, in the cluster that calls it. */
  readonly own: boolean
  /** Empty when it has none. */
  readonly locality: string
  readonly labels: Fields
}

/** The host as it is known in a cluster. */
interface Known {
  readonly cluster: Pick<ClusterOutput, 'name' | 'legacy'>
  readonly host: string
  readonly key: string
  readonly ports: Ports
}

export function readEndpoints(
  { fields, at }: FoundObject,
  { cluster: { name: cluster, legacy }, host, key, ports }: Known,
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
  const places = new Set<string>()
  for (const [i, endpoint] of endpoints.entries()) {
    const place = (): Span => at('spec', 'endpoints', i)
    const address = textOf(fieldAt(endpoint, 'address'))
    const provider = textOf(fieldAt(endpoint, 'labels', legacy ? 'cluster' : 'meshwright.dev/cluster'))
    // On the way to the others: it is no place of theirs.
    if (legacy?.egress !== undefined && address === legacy.egress) {
      const unmapped = judgePorts(fieldAt(endpoint, 'ports'), ports)
      diagnostics.push(...unmapped.map((detail) => diagnose('MESH-E745', { host, detail }, place())))
      continue
    }
    // What the Service is called in its own cluster; no gateway has such a name.
    const isLocal = address.startsWith(`${key}.svc.`)
    if (provider === '') diagnostics.push(diagnose('MESH-E739', { host, found: 'no cluster' }, place()))
    if (isLocal !== (provider === cluster)) {
      diagnostics.push(diagnose('MESH-E740', { host, cluster: provider, found: shown(address) }, place()))
    }
    if (!legacy && fieldAt(endpoint, 'labels', 'security.istio.io/tlsMode') !== 'istio') {
      diagnostics.push(diagnose('MESH-E741', { host, address: shown(address) }, place()))
    }
    // istiod refuses STATIC with a name among its endpoints, and what is neither name nor address leads nowhere.
    if (!isIp(address) && (resolution === 'STATIC' || !isHostName(address))) {
      const args = { host, found: `${shown(resolution)} with endpoint ${shown(address)}` }
      diagnostics.push(diagnose('MESH-E742', args, place()))
    }
    const mapped = fieldAt(endpoint, 'ports')
    const wrong = isLocal ? judgeOwnPorts(mapped, ports) : judgePorts(mapped, ports)
    const port = Object.values(fieldsOf(mapped))[0]
    const dialled = placeText(address, isLocal ? '' : String(port))
    if (places.has(dialled)) wrong.push(`endpoint ${shown(dialled)} is there twice`)
    places.add(dialled)
    diagnostics.push(...wrong.map((detail) => diagnose('MESH-E745', { host, detail }, place())))
    found.push({
      address,
      port: !isLocal && isPort(port) ? port : undefined,
      provider,
      own: isLocal,
      locality: textOf(fieldAt(endpoint, 'locality')),
      labels: fieldsOf(fieldAt(endpoint, 'labels')),
    })
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
  return [
    ...judgeNames(mapped, names),
    ...(new Set(Object.values(mapped)).size > 1 ? ['an endpoint has several ports, but a gateway has one'] : []),
  ]
}

function judgeOwnPorts(mapped: unknown, { names, byName }: Ports): string[] {
  if (!isMap(mapped)) return ['an endpoint has no ports']
  const others = names.filter((name) => isPort(mapped[name]) && mapped[name] !== byName.get(name))
  return [
    ...judgeNames(mapped, names),
    ...others.map((name) => `its own Service is called on another port for ${shown(name)}`),
  ]
}

function judgeNames(mapped: Fields, names: readonly string[]): string[] {
  const unmapped = names.filter((name) => !isPort(fieldAt(mapped, name)))
  const unknown = Object.keys(mapped).filter((name) => !names.includes(name))
  return [
    ...unmapped.map((name) => `an endpoint has no port for ${shown(name)}`),
    ...unknown.map((name) => `an endpoint has a port for ${shown(name)}, which the host does not have`),
  ]
}
