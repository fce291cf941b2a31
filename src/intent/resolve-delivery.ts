/** Where the output goes, and how the engines find it there. */
import { diagnose, type Span } from '../diagnostics/diagnostic.ts'
import type { Cluster, Delivery, Engine, Mesh } from '../mesh/mesh.ts'
import { isBranchName, isFolderPath } from '../mesh/names.ts'
import { isLoopback, readRepositoryUrl } from '../mesh/repository-url.ts'
import type { Complaints } from './complaints.ts'
import type { IntentDocument } from './document.ts'
import type { Locate } from './entry.ts'
import type { Delivery as DeliveryIntent, Mesh as Intent } from './schema.gen.ts'

/** Flux labels what it applies with the name of the Kustomization; a label has at most 63 characters. */
const FLUX_MESH_NAME_MAX = 63 - '-services'.length

/** What `delivery` decides of a mesh. Of what is only for engines, nothing is judged but secrets where there is none. */
export function resolveDelivery(
  intent: Intent,
  document: IntentDocument,
  clusters: readonly Cluster[],
  complaints: Complaints,
): Pick<Mesh, 'branch' | 'delivery'> {
  const { name } = intent.metadata
  const said = intent.delivery ?? {}
  const branch = said.branch ?? `environments/${name}`
  if (said.branch !== undefined && !isBranchName(branch)) {
    complaints.add(diagnose('MESH-E242', { branch }, document.valueAt(['delivery', 'branch'])))
  }
  const engines = new Set(clusters.flatMap((cluster) => cluster.delivery.engines))
  judgeUrl(said.repoURL, document, complaints, engines.size > 0)
  if (engines.size === 0) return { branch }
  demand(said, document, complaints)
  for (const engine of engines) OF_ENGINE[engine](said, { intent, document }, clusters, complaints)
  return { branch, delivery: deliveryOf(said, name) }
}

function deliveryOf(said: DeliveryIntent, name: string): Delivery {
  const { secretRef, verify } = said.flux ?? {}
  return {
    repoURL: said.repoURL ?? '',
    path: (said.path ?? '').replace(/\/$/, ''),
    argocd: { namespace: said.argocd?.namespace ?? 'argocd', project: said.argocd?.project ?? name },
    flux: {
      namespace: said.flux?.namespace ?? 'flux-system',
      interval: said.flux?.interval ?? '1m',
      ...(secretRef !== undefined && { secret: secretRef.name }),
      ...(verify !== undefined && { signers: verify.secretRef.name }),
    },
  }
}

/** The value is in none of the complaints: it may hold a secret that the form hides. */
function judgeUrl(url: string | undefined, document: IntentDocument, complaints: Complaints, isUsed: boolean): void {
  if (url === undefined) return
  const place = document.valueAt(['delivery', 'repoURL'])
  // A span without length: the line is not shown.
  const hidden: Span = { ...place, end: place.start }
  const found = readRepositoryUrl(url)
  if (found.kind === 'secret') complaints.add(diagnose('MESH-E240', { what: found.what }, hidden))
  if (!isUsed) return
  if (found.kind === 'bad') {
    const { problem, suggestion } = found
    const args = { problem, ...(suggestion !== undefined && { suggestion }) }
    complaints.add(diagnose('MESH-E241', args, url.includes('@') ? hidden : place))
  }
  if (found.kind === 'good' && found.scheme === 'http' && !isLoopback(found.host)) {
    complaints.add(diagnose('MESH-W249', { host: found.host }, place))
  }
}

function demand(said: DeliveryIntent, document: IntentDocument, complaints: Complaints): void {
  const place = document.keyAt(['delivery'])
  const missing = (field: string, why: string): void =>
    complaints.add(diagnose('MESH-E208', { owner: 'delivery', field, why }, place))
  if (said.repoURL === undefined) missing('repoURL', 'say from which repository the engines take the output')
  if (said.path === undefined) return
  if (said.branch === undefined) {
    missing('branch', 'say which branch the output in delivery.path is committed to, such as main')
  }
  if (!isFolderPath(said.path.replace(/\/$/, ''))) {
    const args = { path: said.path }
    complaints.add(diagnose('MESH-E243', args, document.valueAt(['delivery', 'path'])))
  }
}

interface Said {
  readonly intent: Intent
  readonly document: IntentDocument
}

type Judge = (said: DeliveryIntent, whole: Said, clusters: readonly Cluster[], complaints: Complaints) => void

const OF_ENGINE: Readonly<Record<Engine, Judge>> = {
  argocd: ({ argocd = {} }, { intent, document }, clusters, complaints) => {
    const at: Locate = (...path) => document.valueAt(['delivery', 'argocd', ...path])
    const { namespace, project = intent.metadata.name } = argocd
    if (namespace !== undefined) complaints.dnsLabel('namespace', namespace, at, 'namespace')
    if (project !== intent.metadata.name) complaints.dnsLabel('project', project, at, 'project')
    if (project === 'default') complaints.add(diagnose('MESH-E248', { project }, at('project')))
    const byName = new Map<string, Cluster[]>()
    for (const cluster of clusters.filter((c) => c.delivery.engines.includes('argocd'))) {
      byName.set(cluster.delivery.name, [...(byName.get(cluster.delivery.name) ?? []), cluster])
    }
    for (const [name, sharing] of byName) {
      const last = sharing.at(-1)
      if (sharing.length < 2 || last === undefined) continue
      complaints.add(diagnose('MESH-E245', { name, clusters: sharing.map((c) => c.name) }, last.origin))
    }
  },
  flux: ({ flux = {} }, { intent, document }, _, complaints) => {
    const { namespace, interval, secretRef, verify } = flux
    const at: Locate = (...path) => document.valueAt(['delivery', 'flux', ...path])
    if (namespace !== undefined) complaints.dnsLabel('namespace', namespace, at, 'namespace')
    if (interval !== undefined && !/^[1-9]\d{0,4}[smh]$/.test(interval)) {
      complaints.add(diagnose('MESH-E246', { interval }, at('interval')))
    }
    if (secretRef !== undefined) complaints.dnsName('Secret', secretRef.name, at, 'secretRef', 'name')
    if (verify !== undefined) {
      complaints.dnsName('Secret', verify.secretRef.name, at, 'verify', 'secretRef', 'name')
    }
    const { name } = intent.metadata
    if (name.length > FLUX_MESH_NAME_MAX) {
      const args = { mesh: name, lengthMax: FLUX_MESH_NAME_MAX }
      complaints.add(diagnose('MESH-E247', args, document.valueAt(['metadata', 'name'])))
    }
  },
}
