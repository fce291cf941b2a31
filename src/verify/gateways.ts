/** Where the gateway of a cluster is reached does not depend on who asks, and no two clusters share an address. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { placeText } from '../mesh/ip.ts'
import type { Endpoint } from './endpoints.ts'
import { groupsOf } from './groups.ts'
import type { Import } from './imports.ts'

interface Reached {
  readonly provider: string
  /** Sorted: `203.0.113.7:15443 203.0.113.8:15443`. */
  readonly places: string
  readonly from: Import
}

export function judgeGateways(imports: readonly Import[]): Diagnostic[] {
  const reached = imports.flatMap((from) => {
    const others = from.endpoints.filter(({ own }) => !own)
    return [...new Set(others.map(({ provider }) => provider))].flatMap((provider): Reached[] => {
      const places = others.filter((endpoint) => endpoint.provider === provider).map(placeOf)
      return provider === '' ? [] : [{ provider, places: places.sort().join(' '), from }]
    })
  })
  return [...judgePlaces(reached), ...judgeOwners(imports)]
}

function judgePlaces(reached: readonly Reached[]): Diagnostic[] {
  return groupsOf(reached, ({ provider }) => provider).flatMap(([provider, group]) => {
    const [[others] = [], ...odd] = groupsOf(group, ({ places }) => places)
    return odd.flatMap(([found, imports]) =>
      imports.map(({ from: { host, object } }) =>
        diagnose('MESH-E763', { host, provider, found, others: others ?? '' }, object.at('spec', 'endpoints')),
      ),
    )
  })
}

function judgeOwners(imports: readonly Import[]): Diagnostic[] {
  const endpoints = imports.flatMap(({ host, object, endpoints }) =>
    endpoints.filter(({ provider, own }) => provider !== '' && !own).map((endpoint) => ({ ...endpoint, host, object })),
  )
  return groupsOf(endpoints, placeOf).flatMap(([place, group]) => {
    const [[other] = [], ...odd] = groupsOf(group, ({ provider }) => provider)
    return odd.flatMap(([provider, [first]]) => {
      if (first === undefined) return []
      const args = { host: first.host, place, provider, other: other ?? '' }
      return [diagnose('MESH-E764', args, first.object.at('spec', 'endpoints'))]
    })
  })
}

function placeOf({ address, port }: Endpoint): string {
  return placeText(address, String(port))
}
