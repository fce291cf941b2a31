/** Addresses of all hosts of a mesh: demands of the intent and rights from the lock first, then the new ones. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock } from '../lock/lock.ts'
import { contains, formatIpv4, parseIpv4 } from '../mesh/cidr.ts'
import type { Mesh, Service } from '../mesh/mesh.ts'
import { allocate } from './allocate.ts'
import { candidateCount, unusable } from './pool.ts'

/** Share of the pool above which hosts begin to crowd each other. */
const LOAD_WARN = 0.5

export interface Assignment {
  /** Dotted address by key, for every service of the mesh that could get one. */
  readonly addresses: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

export function assignAddresses(mesh: Mesh, lock: Lock): Assignment {
  const diagnostics: Diagnostic[] = []
  const owners = new Map<number, { readonly key: string; readonly removed: boolean }>()
  for (const [key, host] of lock.hosts) {
    const address = parseIpv4(host.address)
    if (address !== undefined) owners.set(address, { key, removed: host.removed })
  }
  const addresses = new Map<string, string>()
  const fresh: string[] = []
  for (const service of mesh.services) {
    const locked = lock.hosts.get(service.key)?.address
    diagnostics.push(...(locked === undefined ? [] : lockedDiagnostics(mesh, service, locked)))
    if (locked === undefined && service.pin === undefined) {
      fresh.push(service.key)
      continue
    }
    const address = locked ?? demanded(mesh, service, owners, diagnostics)
    if (address !== undefined) addresses.set(service.key, address)
  }
  const given = allocate(fresh, new Set(owners.keys()), mesh.pool)
  for (const [key, address] of given.addresses) addresses.set(key, formatIpv4(address))
  const { text } = mesh.pool.cidr
  const usable = candidateCount(mesh.pool)
  for (const host of given.refused)
    diagnostics.push(diagnose('MESH-E312', { host, pool: text, usable }, mesh.pool.origin))
  const taken = owners.size + given.addresses.size
  if (given.refused.length === 0 && taken > usable * LOAD_WARN) {
    diagnostics.push(diagnose('MESH-W313', { pool: text, taken, usable }, mesh.pool.origin))
  }
  return { addresses, diagnostics }
}

/** An address from the lock stays, whatever the intent says now; where the two do not fit, the user hears of it. */
function lockedDiagnostics(mesh: Mesh, service: Service, locked: string): Diagnostic[] {
  const found: Diagnostic[] = []
  const address = parseIpv4(locked) ?? -1
  const { pin, key: host } = service
  if (pin !== undefined && pin.address !== locked) {
    found.push(diagnose('MESH-E308', { host, pinned: pin.address, locked }, pin.origin))
  }
  if (!contains(mesh.pool.cidr, address)) {
    found.push(diagnose('MESH-E310', { host, address: locked, pool: mesh.pool.cidr.text }, mesh.pool.origin))
  }
  const excluded = mesh.pool.exclude.find((e) => contains(e, address))
  if (excluded !== undefined) {
    found.push(diagnose('MESH-W314', { host, address: locked, block: excluded.text }, mesh.pool.origin))
  }
  return found
}

/** The address that a new host demands, entered into `owners`; undefined when it may not have it. */
function demanded(
  mesh: Mesh,
  { key: host, pin }: Service,
  owners: Map<number, { readonly key: string; readonly removed: boolean }>,
  diagnostics: Diagnostic[],
): string | undefined {
  if (pin === undefined) return undefined
  const address = parseIpv4(pin.address)
  const reason = address === undefined ? 'is not an IPv4 address' : unusable(mesh.pool, address)
  if (address === undefined || reason !== undefined) {
    diagnostics.push(diagnose('MESH-E306', { host, address: pin.address, reason: reason ?? '' }, pin.origin))
    return undefined
  }
  const owner = owners.get(address)
  if (owner === undefined) {
    owners.set(address, { key: host, removed: false })
    return pin.address
  }
  const { key: other, removed } = owner
  diagnostics.push(
    mesh.services.some((s) => s.key === other && s.pin?.address === pin.address)
      ? diagnose('MESH-E307', { host, address: pin.address, other }, pin.origin)
      : diagnose('MESH-E309', { host, address: pin.address, other, removed }, pin.origin),
  )
  return undefined
}
