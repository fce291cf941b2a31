/** The rules of an address pool: how large it may be, and what it must not touch. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { contains, overlaps, parseCidr, parseIpv4, sizeOf, type Cidr } from '../mesh/cidr.ts'
import type { Mesh, Pool } from '../mesh/mesh.ts'

const PREFIX_MIN = 8
const PREFIX_MAX = 26

/** The first addresses of a pool go to nobody by hash: they are for demands (`address:` in the intent). */
export const RESERVED_AT_START = 16

export const DEFAULT_POOL = '240.16.0.0/12'

const block = (text: string): Cidr => {
  const parsed = parseCidr(text)
  if (!('cidr' in parsed)) throw new Error(`invariant: ${text} ${parsed.problem}`)
  return parsed.cidr
}

/**
 * Ranges that a pool must keep away from. Kuma's 240.0.0.0/4 is not here although it holds the default pool: it is a
 * range that Kuma draws few addresses from, and nobody runs both meshes on one pod.
 */
const KNOWN: readonly { readonly cidr: Cidr; readonly owner: string; readonly refused: boolean }[] = [
  { cidr: block('0.0.0.0/8'), owner: '"this network" (RFC 791)', refused: true },
  {
    cidr: block('127.0.0.0/8'),
    owner: 'the loopback range, which Istio may redirect to the inbound listener',
    refused: true,
  },
  { cidr: block('169.254.0.0/16'), owner: 'link-local (RFC 3927)', refused: true },
  { cidr: block('224.0.0.0/4'), owner: 'multicast, for which there is no route', refused: true },
  { cidr: block('255.255.255.255/32'), owner: 'the limited broadcast address', refused: true },
  { cidr: block('240.240.0.0/16'), owner: "which Istio's own address allocation hands out", refused: true },
  { cidr: block('240.0.0.0/16'), owner: 'from which Admiral allocates by default', refused: false },
  { cidr: block('241.0.0.0/8'), owner: 'from which Kuma allocates by default', refused: false },
  {
    cidr: block('100.64.0.0/10'),
    owner: 'shared by carriers, Tailscale and secondary pod ranges of clouds',
    refused: false,
  },
]

export function poolDiagnostics(mesh: Pick<Mesh, 'pool' | 'clusters'>): Diagnostic[] {
  const { cidr, exclude, origin } = mesh.pool
  const found: Diagnostic[] = []
  if (cidr.prefix < PREFIX_MIN || cidr.prefix > PREFIX_MAX) {
    found.push(diagnose('MESH-E302', { pool: cidr.text, prefixMin: PREFIX_MIN, prefixMax: PREFIX_MAX }, origin))
  }
  for (const known of KNOWN) {
    if (!overlaps(cidr, known.cidr)) continue
    const args = { pool: cidr.text, other: known.cidr.text, owner: known.owner }
    found.push(known.refused ? diagnose('MESH-E303', args, origin) : diagnose('MESH-W304', args, origin))
  }
  for (const cluster of mesh.clusters) {
    for (const network of cluster.networks) {
      if (!overlaps(cidr, network)) continue
      const args = { pool: cidr.text, other: network.text, owner: `a network of ${cluster.name}` }
      found.push(diagnose('MESH-E303', args, network.origin))
    }
  }
  for (const { name, gateway, origin: place } of mesh.clusters) {
    for (const address of gateway.addresses) {
      if (!contains(cidr, parseIpv4(address) ?? -1)) continue
      found.push(diagnose('MESH-E315', { pool: cidr.text, address, cluster: name }, place))
    }
  }
  for (const excluded of exclude) {
    if (contains(cidr, excluded.base) && excluded.prefix >= cidr.prefix) continue
    found.push(diagnose('MESH-E305', { block: excluded.text, pool: cidr.text }, excluded.origin))
  }
  return found
}

/** Why no host may have this address, demanded or not; undefined when one may. */
export function unusable(pool: Pool, address: number): string | undefined {
  const { cidr } = pool
  if (!contains(cidr, address)) return `is not inside of the pool ${cidr.text}`
  if (address === cidr.base) return 'is the network address of the pool'
  if (address === cidr.base + sizeOf(cidr.prefix) - 1) return 'is the broadcast address of the pool'
  const excluded = pool.exclude.find((e) => contains(e, address))
  return excluded === undefined ? undefined : `is inside of the excluded ${excluded.text}`
}

/**
 * Whether the address is given out by hash. Beside what {@link unusable} says, the first addresses are kept for demands,
 * and a last octet of 0 or 255 is left out: Linux takes them, but people and tools stumble over them.
 */
export function isCandidate(pool: Pool, address: number): boolean {
  const octet = address & 255
  return (
    address - pool.cidr.base >= RESERVED_AT_START &&
    octet !== 0 &&
    octet !== 255 &&
    unusable(pool, address) === undefined
  )
}

/** Addresses that can be given out by hash; counted by block, since a /8 has 16 million of them. */
export function candidateCount(pool: Pool): number {
  const { base, prefix } = pool.cidr
  const size = sizeOf(prefix)
  let usable = size < 256 ? size : (size / 256) * 254
  // Of the first sixteen, .0 is left out already; of a pool smaller than /24 the ends may be ordinary octets.
  if (size >= 256) usable -= RESERVED_AT_START - 1
  else usable = [...Array(size).keys()].filter((i) => isCandidate({ ...pool, exclude: [] }, base + i)).length
  // Blocks are nested or apart: one inside of another is counted with that.
  const outer = pool.exclude.filter(
    (e, i) => !pool.exclude.some((o, j) => holds(o, e) && (o.prefix < e.prefix || j < i)),
  )
  const excluded = outer.reduce((sum, e) => sum + sizeOf(e.prefix), 0)
  return Math.max(0, usable - excluded)
}

function holds(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && contains(outer, inner.base)
}
