/** What is particular in the ServiceEntries of Istio 1.6 and 1.7. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { fieldAt, fieldsOf, listOf, shown, textOf } from './fields.ts'
import type { Legacy } from './legacy.ts'
import type { FoundObject } from './objects.ts'

export function judgeLegacyEntry(legacy: Legacy, { fields, at }: FoundObject, host: string): Diagnostic[] {
  return [...problemsOf(legacy, fields, host)].map(([detail, ...path]) =>
    diagnose('MESH-E944', { host, detail }, at('spec', ...path)),
  )
}

type Problem = readonly [detail: string, ...path: (string | number)[]]

function* problemsOf({ egress, suffix }: Legacy, fields: FoundObject['fields'], host: string): Generator<Problem> {
  const resolution = fieldAt(fields, 'spec', 'resolution')
  if (resolution !== 'DNS') yield [`resolution is ${shown(resolution)}, not DNS`, 'resolution']
  // The one DestinationRule that brings mutual TLS is for the suffix.
  if (suffix === '' || !host.endsWith(`.${suffix}`)) yield [`it is not below the suffix ${shown(suffix)}`, 'hosts']
  const endpoints = listOf(fieldAt(fields, 'spec', 'endpoints'))
  const providers = new Set(endpoints.map((endpoint) => textOf(fieldAt(endpoint, 'labels', 'cluster'))))
  if (providers.size > 1)
    yield ['several clusters are behind it, and nothing says how they share its calls', 'endpoints']
  for (const [i, endpoint] of endpoints.entries()) {
    const network = fieldAt(endpoint, 'network')
    const isEgress = fieldAt(endpoint, 'address') === egress
    const wanted = egress === undefined || isEgress ? undefined : 'external'
    if (network !== wanted) {
      yield [`an endpoint is in the network ${shown(network)}, not ${shown(wanted)}`, 'endpoints', i]
    }
    const ports = Object.values(fieldsOf(fieldAt(endpoint, 'ports')))
    if (isEgress && ports.some((port) => port !== 15_443)) {
      yield ['the egress gateway is called on another port than 15443', 'endpoints', i]
    }
  }
  if (egress !== undefined && endpoints.filter((endpoint) => fieldAt(endpoint, 'address') === egress).length !== 1) {
    yield ['sidecars see the egress gateway only, which is not among its endpoints once', 'endpoints']
  }
}
