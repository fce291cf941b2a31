import { DEFAULT_POOL } from '../addresses/pool.ts'
import { parseCidr } from '../mesh/cidr.ts'
import type { Pool } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Mesh as Intent } from './schema.gen.ts'

export function resolvePool(intent: Intent, complaints: Complaints): Pool {
  const said = intent.addresses?.cidrs
  const fallback = parseCidr(DEFAULT_POOL)
  if (!('cidr' in fallback)) throw new Error('invariant: the default pool is a block')
  const [cidr = fallback.cidr] = said === undefined ? [] : complaints.blocks(said, ['addresses', 'cidrs'])
  return {
    cidr,
    exclude: complaints.blocks(intent.addresses?.exclude ?? [], ['addresses', 'exclude']),
    origin: complaints.document.valueAt(said === undefined ? ['metadata', 'name'] : ['addresses', 'cidrs', 0]),
  }
}
