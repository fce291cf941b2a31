import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Mesh, Root } from '../mesh/mesh.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Mesh as Intent } from './schema.gen.ts'

export function resolveTrust(intent: Intent, at: Locate, complaints: Complaints): Mesh['trust'] {
  const said = intent.trust?.roots
  const name = at('metadata', 'name')
  const roots = (said ?? [{ id: 'r1', state: 'active' as const }]).map(({ id, state }, i): Root => {
    complaints.dnsLabel('root', id, at, 'trust', 'roots', i, 'id')
    return { id, state, origin: said === undefined ? name : at('trust', 'roots', i, 'id') }
  })
  complaints.unique(
    roots.map(({ id }) => id),
    (root, i) => complaints.add(diagnose('MESH-E257', { root }, at('trust', 'roots', i, 'id'))),
  )
  const [active, ...others] = roots.filter(({ state }) => state === 'active')
  if (active === undefined || others.length > 0) {
    const origin = others[0]?.origin ?? at('trust', 'roots')
    complaints.add(diagnose('MESH-E258', { active: [active, ...others].flatMap((root) => root?.id ?? []) }, origin))
  }
  const { validity = '730d', renewBefore = '180d' } = intent.trust?.intermediate ?? {}
  return {
    roots,
    root: active?.id ?? 'r1',
    organization: intent.trust?.organization ?? intent.metadata.name,
    validityDays: complaints.days('validity', validity, at, 'trust', 'intermediate', 'validity'),
    renewBeforeDays: complaints.days('renewBefore', renewBefore, at, 'trust', 'intermediate', 'renewBefore'),
    origin: active?.origin ?? name,
  }
}
