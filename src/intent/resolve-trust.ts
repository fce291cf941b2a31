import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Mesh } from '../mesh/mesh.ts'
import type { Root } from '../mesh/trust.ts'
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
  const { validity = '730d', renewBefore = '180d', key = 'P-256', san = 'none' } = intent.trust?.intermediate ?? {}
  return {
    roots,
    root: active?.id ?? 'r1',
    organization: intent.trust?.organization ?? intent.metadata.name,
    keyType: key,
    intermediateSan: san,
    validityDays: complaints.days('validity', validity, at, 'trust', 'intermediate', 'validity'),
    renewBeforeDays: complaints.days('renewBefore', renewBefore, at, 'trust', 'intermediate', 'renewBefore'),
    workloadTtlHours: hours(intent.trust?.workloadTTL ?? '24h', at, complaints),
    crl: { enabled: intent.trust?.crl?.enabled ?? false, origin: at('trust', 'crl', 'enabled') },
    origin: active?.origin ?? name,
  }
}

/** istiod's own upper bound: MAX_WORKLOAD_CERT_TTL, 90 days (istio: security/pkg/cmd). */
const TTL_HOURS_MAX = 2160

function hours(value: string, at: Locate, complaints: Complaints): number {
  const said = /^[1-9]\d{0,3}h$/.test(value) ? Number(value.slice(0, -1)) : 0
  if (said >= 1 && said <= TTL_HOURS_MAX) return said
  complaints.add(diagnose('MESH-E827', { value, hoursMax: TTL_HOURS_MAX }, at('trust', 'workloadTTL')))
  return 24
}
