/**
 * Intent to mesh: defaults merged in, references followed, names and numbers checked. All complaints are collected in
 * one run; a mesh comes out only when there is no error.
 */
import { poolDiagnostics } from '../addresses/pool.ts'
import { diagnose, hasErrors, type Checked } from '../diagnostics/diagnostic.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { isDnsName } from '../mesh/names.ts'
import type { IntentDocument } from './document.ts'
import { Complaints } from './complaints.ts'
import { resolveCluster } from './resolve-cluster.ts'
import { resolvePool } from './resolve-pool.ts'
import { resolveService } from './resolve-service.ts'
import type { Mesh as Intent } from './schema.gen.ts'

export function resolveMesh(intent: Intent, document: IntentDocument): Checked<Mesh> {
  const complaints = new Complaints(document)
  const name = intent.metadata.name
  complaints.dnsLabel('mesh name', name, ['metadata', 'name'])
  const hostSuffix = intent.hostSuffix ?? 'global'
  const trustDomain = intent.trustDomain ?? 'cluster.local'
  complaints.dnsName('hostSuffix', hostSuffix, ['hostSuffix'])
  complaints.dnsName('trustDomain', trustDomain, ['trustDomain'])

  const clusters = intent.clusters.map((_, i) => resolveCluster(intent, i, complaints))
  complaints.unique(
    clusters.map((c) => c.name),
    (cluster, i) => complaints.add(diagnose('MESH-E202', { cluster }, document.valueAt(['clusters', i, 'name']))),
  )
  const services = intent.services.map((_, i) =>
    resolveService(
      intent,
      i,
      { hostSuffix: isDnsName(hostSuffix) ? hostSuffix : 'global', clusters: clusters.map((c) => c.name) },
      complaints,
    ),
  )
  complaints.unique(
    services.map((s) => s.key),
    (service, i) => complaints.add(diagnose('MESH-E203', { service }, document.valueAt(['services', i, 'name']))),
  )
  const mesh: Mesh = {
    name,
    hostSuffix,
    trustDomain,
    pool: resolvePool(intent, complaints),
    trust: resolveTrust(intent, complaints),
    branch: intent.delivery?.branch ?? `environments/${name}`,
    clusters: clusters.sort((a, b) => (a.name < b.name ? -1 : 1)),
    services: services.sort((a, b) => {
      const [left, right] = [`${a.namespace}.${a.name}`, `${b.namespace}.${b.name}`]
      return left < right ? -1 : 1
    }),
  }
  for (const diagnostic of poolDiagnostics(mesh)) complaints.add(diagnostic)
  const { diagnostics } = complaints
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: mesh, diagnostics }
}

function resolveTrust(intent: Intent, complaints: Complaints): Mesh['trust'] {
  const root = intent.trust?.roots?.[0] ?? { id: 'r1', state: 'active' }
  complaints.dnsLabel('root', root.id, ['trust', 'roots', 0, 'id'])
  const { validity = '730d', renewBefore = '180d' } = intent.trust?.intermediate ?? {}
  return {
    root: root.id,
    organization: intent.trust?.organization ?? intent.metadata.name,
    validityDays: complaints.days('validity', validity, ['trust', 'intermediate', 'validity']),
    renewBeforeDays: complaints.days('renewBefore', renewBefore, ['trust', 'intermediate', 'renewBefore']),
    origin: complaints.document.valueAt(
      intent.trust?.roots === undefined ? ['metadata', 'name'] : ['trust', 'roots', 0, 'id'],
    ),
  }
}
