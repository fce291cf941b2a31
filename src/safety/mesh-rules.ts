/** Rules over a whole mesh that need none of the user's own objects. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { contains, parseCidr, parseIpv4 } from '../mesh/cidr.ts'
import { parseIpv6 } from '../mesh/ip.ts'
import { clusterNamed, importsOf, servingOf, type Cluster, type Mesh } from '../mesh/mesh.ts'

export function meshRules(mesh: Mesh): readonly Diagnostic[] {
  return [...unreachableGateways(mesh), ...largeClusters(mesh)]
}

/** Only where both say their network: of others it is not known what they reach. Each pair of clusters is told once. */
function unreachableGateways(mesh: Mesh): Diagnostic[] {
  const found = new Map<string, Diagnostic>()
  for (const service of mesh.services) {
    for (const provider of servingOf(service)) {
      const to = clusterNamed(mesh, provider.cluster)
      for (const consumer of service.consumers) {
        const from = clusterNamed(mesh, consumer.cluster)
        if (from === undefined || to === undefined || from === to || areRouted(from, to)) continue
        const address = to.gateway.addresses.find(isPrivate)
        const [near, far] = [from.gateway.network?.name, to.gateway.network?.name]
        const pair = `${from.name} ${to.name}`
        if (address === undefined || near === undefined || far === undefined || found.has(pair)) continue
        const args = {
          service: service.key,
          consumer: from.name,
          provider: to.name,
          address,
          near,
          far,
        }
        found.set(pair, diagnose('MESH-W920', args, service.origin))
      }
    }
  }
  return [...found.values()]
}

function areRouted({ gateway: { network: one } }: Cluster, { gateway: { network: other } }: Cluster): boolean {
  if (one === undefined || other === undefined || one.name === other.name) return true
  return one.peers.includes(other.name) || other.peers.includes(one.name)
}

/** RFC 1918, shared addresses of carriers (RFC 6598), and link-local ones. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16'].flatMap(
  (block) => {
    const parsed = parseCidr(block)
    return 'cidr' in parsed ? [parsed.cidr] : []
  },
)

/** A DNS name may be anything, so it is not taken for private. */
function isPrivate(address: string): boolean {
  const v4 = parseIpv4(address)
  if (v4 !== undefined) return PRIVATE.some((block) => contains(block, v4))
  const [first = 0] = parseIpv6(address) ?? []
  // Unique local (RFC 4193) and link-local unicast (RFC 4291).
  return (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80
}

/** From here on kustomize builds a folder in more than proportion. */
const OBJECTS_MAX = 2_000

function largeClusters(mesh: Mesh): Diagnostic[] {
  return mesh.clusters.flatMap((cluster) => {
    const objects = importsOf(mesh, cluster.name).length * 2
    if (objects <= OBJECTS_MAX) return []
    return [diagnose('MESH-W921', { cluster: cluster.name, objects, objectsMax: OBJECTS_MAX }, cluster.origin)]
  })
}
