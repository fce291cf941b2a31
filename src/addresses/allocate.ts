/**
 * Which host has which address. The result depends on the set of hosts and the lock alone, never on their order.
 *
 * A host that has an address keeps it. New hosts hash into the pool: candidate k of a host is word (k mod 8) of
 * SHA-256("vip/v4" NUL key [NUL floor(k/8), from k = 8 on]), masked to the pool, and what is reserved, excluded or taken
 * is refused. Where two new hosts want one address, the one that wants it at the smaller k has it, then the one with
 * the smaller word 7, then the smaller name (deferred acceptance: Gale and Shapley 1962, with hosts proposing).
 */
import { createHash } from 'node:crypto'
import type { Pool } from '../mesh/mesh.ts'
import { sizeOf } from '../mesh/cidr.ts'
import { isCandidate } from './pool.ts'

const CANDIDATES_MAX = 256

export interface Allocation {
  /** By key: the new hosts only. */
  readonly addresses: ReadonlyMap<string, number>
  /** New hosts for which the pool has no address left. */
  readonly refused: readonly string[]
}

/**
 * Gives addresses to new hosts.
 *
 * @param fresh keys (`<service>.<namespace>`) of the hosts without an address
 * @param taken addresses that belong to a host already, tombstones included
 */
export function allocate(fresh: readonly string[], taken: ReadonlySet<number>, pool: Pool): Allocation {
  const holders = new Map<number, Claim>()
  const free = (address: number): boolean => !taken.has(address) && isCandidate(pool, address)
  const exhausted: Claim[] = []

  for (const key of [...new Set(fresh)].sort()) {
    let claim: Claim | undefined = new Claim(key, pool)
    // A claim that loses its address goes on with its own next candidate, in the place of the one that took it.
    while (claim !== undefined) {
      if (!claim.advance(free)) {
        exhausted.push(claim)
        break
      }
      const holder = holders.get(claim.address)
      if (holder !== undefined && !claim.beats(holder)) continue
      holders.set(claim.address, claim)
      claim = holder
    }
  }
  const addresses = new Map([...holders.values()].map((claim) => [claim.key, claim.address]))
  return { addresses, refused: scan(exhausted, addresses, free, pool) }
}

/** Hosts whose 256 candidates were all refused take the next free address above their first one; names in order. */
function scan(
  claims: readonly Claim[],
  addresses: Map<string, number>,
  free: (a: number) => boolean,
  pool: Pool,
): string[] {
  const held = new Set(addresses.values())
  const size = sizeOf(pool.cidr.prefix)
  const refused: string[] = []
  for (const claim of [...claims].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const start = claim.candidate(0) - pool.cidr.base
    let found: number | undefined
    for (let i = 0; i < size && found === undefined; i++) {
      const address = pool.cidr.base + ((start + i) % size)
      if (free(address) && !held.has(address)) found = address
    }
    if (found === undefined) {
      refused.push(claim.key)
    } else {
      held.add(found)
      addresses.set(claim.key, found)
    }
  }
  return refused
}

/** One new host on its way through its candidates. */
class Claim {
  readonly key: string
  address = -1
  readonly #pool: Pool
  #attempt = -1
  #digest: Buffer
  #block = 0

  constructor(key: string, pool: Pool) {
    this.key = key
    this.#pool = pool
    this.#digest = digest(key, 0)
  }

  /** Moves on to the next candidate that is free of others' rights; false when there is none. */
  advance(free: (address: number) => boolean): boolean {
    for (this.#attempt += 1; this.#attempt < CANDIDATES_MAX; this.#attempt += 1) {
      this.address = this.candidate(this.#attempt)
      if (free(this.address)) return true
    }
    return false
  }

  candidate(attempt: number): number {
    const block = Math.floor(attempt / 8)
    if (block !== this.#block) {
      this.#digest = digest(this.key, block)
      this.#block = block
    }
    const word = this.#digest.readUInt32BE((attempt % 8) * 4)
    return this.#pool.cidr.base + (word % sizeOf(this.#pool.cidr.prefix))
  }

  beats(other: Claim): boolean {
    if (this.#attempt !== other.#attempt) return this.#attempt < other.#attempt
    const [mine, theirs] = [tieBreak(this.key), tieBreak(other.key)]
    return mine === theirs ? this.key < other.key : mine < theirs
  }
}

function digest(key: string, block: number): Buffer {
  return createHash('sha256')
    .update(block === 0 ? `vip/v4\0${key}` : `vip/v4\0${key}\0${block}`)
    .digest()
}

function tieBreak(key: string): number {
  return digest(key, 0).readUInt32BE(28)
}
