import { DEFAULT_POOL } from '../addresses/pool.ts'
import { parseCidr } from '../mesh/cidr.ts'
import type { Pool } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Mesh as Intent } from './schema.gen.ts'

export function resolvePool(intent: Intent, at: Locate, complaints: Complaints): Pool {
  const said = intent.addresses?.cidrs
  const fallback = parseCidr(DEFAULT_POOL)
  if (!('cidr' in fallback)) throw new Error('invariant: the default pool is a block')
  const [cidr = fallback.cidr] = said === undefined ? [] : complaints.blocks(said, at, 'addresses', 'cidrs')
  return {
    cidr,
    exclude: complaints.blocks(intent.addresses?.exclude ?? [], at, 'addresses', 'exclude'),
    origin: said === undefined ? at('metadata', 'name') : at('addresses', 'cidrs', 0),
  }
}
