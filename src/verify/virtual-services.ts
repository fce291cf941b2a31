/** Where a consumer's sidecars send requests: each VirtualService belongs to one imported host, and leads nowhere else. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { fieldAt, listOf, shown, textOf, textsOf } from './fields.ts'
import type { Import } from './imports.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { NETWORKING } from './shapes.ts'

export function judgeVirtualServices(cluster: ClusterOutput, imports: readonly Import[]): Diagnostic[] {
  return ofKind(cluster.objects, NETWORKING, 'VirtualService').flatMap((routes) => {
    const entry = imports.find(({ object }) => object.namespace === routes.namespace && object.name === routes.name)
    if (entry !== undefined) return [...judgeWhose(routes, entry), ...judgeRoutes(routes, entry)]
    const detail = 'no ServiceEntry has its name and namespace'
    return cluster.whole
      ? [diagnose('MESH-E776', { object: titleOf(routes), detail }, routes.at('metadata', 'name'))]
      : []
  })
}

/** It is asked for the host alone, by those who see the host. */
function judgeWhose(routes: FoundObject, { host, object }: Import): Diagnostic[] {
  const wrong = (detail: string, field: string): Diagnostic =>
    diagnose('MESH-E776', { object: titleOf(routes), detail }, routes.at('spec', field))
  const hosts = textsOf(fieldAt(routes.fields, 'spec', 'hosts')) ?? []
  const [ours, theirs] = [routes, object].map(({ fields }) =>
    [...(textsOf(fieldAt(fields, 'spec', 'exportTo')) ?? ['*'])].sort().join(' '),
  )
  const protocols = listOf(fieldAt(object.fields, 'spec', 'ports')).map((port) => fieldAt(port, 'protocol'))
  const requests = protocols.some((protocol) => /^(HTTP2?|GRPC(-Web)?)$/.test(String(protocol)))
  return [
    ...(hosts.join() === host ? [] : [wrong(`its hosts are ${shown(hosts.join(', '))}, not ${host}`, 'hosts')]),
    ...(ours === theirs ? [] : [wrong(`namespace ${ours} sees it, and the host ${theirs}`, 'exportTo')]),
    ...(requests ? [] : [wrong('no port of its host has requests', 'http')]),
  ]
}

function judgeRoutes(found: FoundObject, { host, subsets }: Import): Diagnostic[] {
  const diagnostics: Diagnostic[] = []
  const known = new Set(subsets.map(({ name }) => name))
  const routes = listOf(fieldAt(found.fields, 'spec', 'http'))
  const open = routes.findIndex((route) => listOf(fieldAt(route, 'match')).length === 0)
  if (open !== routes.length - 1) {
    const detail =
      open < 0 ? 'no route takes what the others do not match' : 'a route stands behind one for all requests'
    diagnostics.push(diagnose('MESH-E777', { host, detail }, found.at('spec', 'http')))
  }
  for (const [i, route] of routes.entries()) {
    const destinations = listOf(fieldAt(route, 'route'))
    for (const [j, { destination }] of destinations
      .map((to) => ({ destination: fieldAt(to, 'destination') }))
      .entries()) {
      const [to, subset] = [fieldAt(destination, 'host'), fieldAt(destination, 'subset')]
      if (to === host && (subset === undefined || known.has(textOf(subset)))) continue
      const where = to === host ? `subset ${shown(subset)}, which its rule does not have` : shown(to)
      diagnostics.push(diagnose('MESH-E775', { host, found: where }, found.at('spec', 'http', i, 'route', j)))
    }
    const weights = destinations.map((to) => fieldAt(to, 'weight') ?? (destinations.length === 1 ? 100 : 0))
    const sum = weights.reduce<number>((total, weight) => total + Number(weight), 0)
    if (sum !== 100) {
      diagnostics.push(
        diagnose('MESH-E777', { host, detail: `its weights add up to ${sum}` }, found.at('spec', 'http', i)),
      )
    }
  }
  return diagnostics
}
