import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { allocate } from '../../src/addresses/allocate.ts'
import { candidateCount, isCandidate } from '../../src/addresses/pool.ts'
import { formatIpv4, parseCidr, sizeOf } from '../../src/mesh/cidr.ts'
import type { Pool } from '../../src/mesh/mesh.ts'
import { describe, equal, is, ok } from '../suite.ts'

const origin = { file: 'mesh.yaml', start: 0, end: 0 }

function pool(text: string, exclude: readonly string[] = []): Pool {
  const block = (t: string) => {
    const parsed = parseCidr(t)
    if ('problem' in parsed) throw new Error(`${t} ${parsed.problem}`)
    return parsed.cidr
  }
  return { cidr: block(text), exclude: exclude.map((t) => ({ ...block(t), origin })), origin }
}

const none: ReadonlySet<number> = new Set()
const keyOf = fc
  .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 5 }))
  .map(([s, n]) => `svc-${s}.ns-${n}`)
const keys = fc.uniqueArray(keyOf, { maxLength: 120 })
/** So small that hosts get into each other's way all the time. */
const crowded = pool('10.9.0.0/24')

describe('allocate', (test) => {
  test('gives known addresses: another program must come to the same', () => {
    const { addresses } = allocate(['svc-2.bar', 'svc-1.foo', 'reviews.bookinfo'], none, pool('240.16.0.0/12'))
    equal(Object.fromEntries([...addresses].map(([key, address]) => [key, formatIpv4(address)])), {
      'reviews.bookinfo': shell('reviews.bookinfo'),
      'svc-1.foo': '240.20.4.3',
      'svc-2.bar': '240.31.3.223',
    })
  })

  test('order of the hosts decides nothing', () => {
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (hosts, random) => {
        const shuffled = hosts
          .map((h) => [random.next().value ?? 0, h] as const)
          .sort(([a], [b]) => a - b)
          .map(([, h]) => h)
        equal(sorted(allocate(shuffled, none, crowded).addresses), sorted(allocate(hosts, none, crowded).addresses))
      }),
    )
  })

  test('addresses are unique, usable and never taken', () => {
    fc.assert(
      fc.property(keys, fc.uniqueArray(fc.integer({ min: 0, max: 255 })), (hosts, offsets) => {
        const taken = new Set(offsets.map((o) => crowded.cidr.base + o))
        const { addresses, refused } = allocate(hosts, taken, crowded)
        is(new Set(addresses.values()).size, addresses.size)
        is(addresses.size + refused.length, hosts.length)
        for (const address of addresses.values()) ok(isCandidate(crowded, address) && !taken.has(address))
      }),
    )
  })

  test('fills the pool to the last address before it refuses', () => {
    const tiny = pool('10.9.0.0/26')
    const usable = [...Array(sizeOf(26)).keys()].filter((i) => isCandidate(tiny, tiny.cidr.base + i)).length
    const hosts = Array.from({ length: usable + 3 }, (_, i) => `s${i}.n`)
    const { addresses, refused } = allocate(hosts, none, tiny)
    is(addresses.size, usable)
    is(refused.length, 3)
    is(candidateCount(tiny), usable)
  })

  test('a new host moves none that has an address', () => {
    fc.assert(
      fc.property(keys, keyOf, (hosts, extra) => {
        const before = allocate(hosts, none, crowded).addresses
        const { addresses } = allocate([extra], new Set(before.values()), crowded)
        const after = addresses.get(extra)
        ok(after === undefined || ![...before.values()].includes(after))
      }),
    )
  })

  test('an exclusion moves only the hosts on it, as long as the pool is roomy', () => {
    const hosts = Array.from({ length: 300 }, (_, i) => `svc-${i}.shop`)
    const before = allocate(hosts, none, pool('240.16.0.0/12')).addresses
    const hit = before.get('svc-7.shop') ?? 0
    const after = allocate(hosts, none, pool('240.16.0.0/12', [`${formatIpv4(hit)}/32`])).addresses
    equal(
      hosts.filter((h) => before.get(h) !== after.get(h)),
      ['svc-7.shop'],
    )
  })

  test('count of a pool is what a count would give', () => {
    for (const text of ['10.9.0.0/26', '10.9.0.64/26', '10.9.0.0/24', '10.9.0.0/20']) {
      const p = pool(text)
      const counted = [...Array(sizeOf(p.cidr.prefix)).keys()].filter((i) => isCandidate(p, p.cidr.base + i)).length
      is(candidateCount(p), counted, text)
    }
  })
})

function sorted(map: ReadonlyMap<string, number>): [string, number][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The first candidate, computed the long way round; it is a usable one for the names used here. */
function shell(key: string): string {
  const hex = createHash('sha256')
    .update(Buffer.from(`vip/v4\0${key}`))
    .digest('hex')
  return formatIpv4(0xf0100000 + (Number.parseInt(hex.slice(0, 8), 16) & 0x000fffff))
}
