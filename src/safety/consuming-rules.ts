/** The user's DestinationRules, ServiceEntries and VirtualServices against the hosts that a cluster imports. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { contains, parseIpv4 } from '../mesh/cidr.ts'
import { covers, isShownTo, list, ofKind, record, texts, titleOf, type Import, type Subject } from './subject.ts'

const NETWORKING = 'networking.istio.io'

/**
 * Rules that a sidecar finds before the generated one (istio: pilot/pkg/model/push_context.go destinationRule). In the import
 * namespace ours is the most specific, so only the same host counts there; in the root namespace ours is found first.
 */
export function shadowingRules(subject: Subject): Diagnostic[] {
  const { cluster, imports } = subject
  const root = cluster.istio.rootNamespace
  return ofKind(subject, NETWORKING, 'DestinationRule').flatMap((rule): Diagnostic[] => {
    const { namespace, spec } = rule
    const pattern = spec['host']
    if (typeof pattern !== 'string' || !(isShownTo(rule, namespace) || spec['workloadSelector'] !== undefined))
      return []
    const inImports = namespace === cluster.importNamespace.name
    if (namespace === root && !inImports) return []
    const hit = imports.filter(({ host }) => (inImports ? pattern === host : covers(pattern, host)))
    const named = hit.filter(({ namespaces }) => inImports || namespaces?.includes(namespace) === true)
    const anybody = hit.filter(({ namespaces }) => !inImports && namespaces === undefined)
    const told = (found: readonly Import[]): { hosts: string[] } & Told => ({
      hosts: found.map(({ host }) => host),
      pattern,
      namespace,
      cluster: cluster.name,
      object: titleOf(rule),
    })
    if (named.length > 0) return [diagnose('MESH-E901', told(named), rule.at('spec', 'host'))]
    return anybody.length > 0 ? [diagnose('MESH-W902', told(anybody), rule.at('spec', 'host'))] : []
  })
}

interface Told {
  readonly cluster: string
  readonly object: string
  readonly pattern: string
  readonly namespace: string
}

export function rivalEntries(subject: Subject): Diagnostic[] {
  const { cluster, imports, mesh } = subject
  return ofKind(subject, NETWORKING, 'ServiceEntry').flatMap((entry) => {
    const owned = { cluster: cluster.name, object: titleOf(entry) }
    const hosts = list(entry.spec['hosts']).flatMap((host, i) => {
      const known = imports.find((each) => each.host === host)
      if (known === undefined || !isSeen(entry, known)) return []
      return [diagnose('MESH-E903', { ...owned, host: known.host }, entry.at('spec', 'hosts', i))]
    })
    const addresses = list(entry.spec['addresses']).flatMap((said, i) => {
      const address = typeof said === 'string' ? parseIpv4(said.replace(/\/32$/, '')) : undefined
      const { cidr, exclude } = mesh.pool
      if (address === undefined || !contains(cidr, address) || exclude.some((block) => contains(block, address)))
        return []
      const args = { ...owned, address: String(said), pool: cidr.text }
      return [diagnose('MESH-W914', args, entry.at('spec', 'addresses', i))]
    })
    return [...hosts, ...addresses]
  })
}

export function rivalRoutes(subject: Subject): Diagnostic[] {
  const { cluster, imports } = subject
  return ofKind(subject, NETWORKING, 'VirtualService').flatMap((route) => {
    const gateways = texts(route.spec['gateways'])
    if (gateways.length > 0 && !gateways.includes('mesh')) return []
    return list(route.spec['hosts']).flatMap((host, i) => {
      const known = imports.find((each) => each.host === host)
      if (known === undefined || !isSeen(route, known)) return []
      const args = { cluster: cluster.name, object: titleOf(route), host: known.host }
      return [diagnose('MESH-W904', args, route.at('spec', 'hosts', i))]
    })
  })
}

function isSeen(object: Parameters<typeof isShownTo>[0], { namespaces }: Import): boolean {
  return namespaces === undefined || namespaces.some((namespace) => isShownTo(object, namespace))
}

/** The number in a `port` of Istio's objects. */
export function portOf(value: unknown): number | undefined {
  const { number } = record(value)
  return typeof number === 'number' ? number : undefined
}
