/** Takes over a CA that a cluster signs with: sealed byte for byte, and put into the lock as it is. */
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Adopted, Lock, LockedCluster, LockedRoot } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { foundTexts, pemOf, readFoundCa } from '../trust/adopt.ts'
import type { Cacerts } from '../trust/bundle.ts'
import { formerAfter } from '../trust/former.ts'
import { publicTexts } from '../trust/public-items.ts'
import { sha256, type Certificate } from '../trust/read.ts'
import type { ControllerSealing } from '../trust/task.ts'
import type { Entropy } from './entropy.ts'
import { nameRoots } from './name-roots.ts'
import { sealForController } from './seal.ts'

export interface AdoptRequest {
  readonly mesh: Mesh
  readonly lock: Lock
  readonly cluster: Cluster
  readonly items: Cacerts
  readonly from: Adopted['from']
  /** Ids for roots that are new, in the order of the bundle. */
  readonly as: readonly string[]
  readonly sealing: ControllerSealing
  readonly entropy: Entropy
  readonly now: Date
}

export interface Adoption {
  readonly cluster: LockedCluster
  /** Those that the lock does not have yet. */
  readonly roots: readonly LockedRoot[]
}

export function adopt(request: AdoptRequest): Checked<Adoption> {
  const { mesh, lock, cluster, items, from, now } = request
  const reading = readFoundCa(items, now)
  if ('problems' in reading) {
    const diagnostics = reading.problems.map((p) =>
      diagnose('MESH-E435', { cluster: cluster.name, ...p }, cluster.origin),
    )
    return { ok: false, diagnostics }
  }
  const { certificate, chain, signer, roots } = reading.found
  const named = nameRoots({ mesh, lock, cluster, roots, as: request.as, guess: from === 'cacerts' })
  if (!named.ok) return named
  const idOf = (root: Certificate): string => named.value.find(({ parsed }) => parsed.der.equals(root.der))?.id ?? ''
  const parts = {
    root: idOf(signer),
    bundle: roots.map(idOf),
    certificate: pemOf(certificate),
    ...(chain.length > 0 && { chain: chain.map(pemOf).join('') }),
  }
  const pemById = new Map(named.value.map(({ id, parsed, locked }) => [id, locked?.certificate ?? pemOf(parsed)]))
  const made = publicTexts(parts, (id) => pemById.get(id) ?? '')
  const texts = foundTexts(items, made)
  const adopted: Adopted = { from, root: parts.root, bundle: parts.bundle, certificate: parts.certificate }
  // A cluster that comes back with what it had goes on where it ended.
  const earlier = formerAfter(lock.clusters.get(cluster.name), now)
  const crl = earlier.find((one) => one.certificate === parts.certificate)?.crl
  const former = earlier.filter((one) => one.certificate !== parts.certificate)
  const value: Adoption = {
    cluster: {
      name: cluster.name,
      removed: false,
      generation: (lock.clusters.get(cluster.name)?.generation ?? 0) + 1,
      ...parts,
      ...(crl !== undefined && { crl }),
      ...(Object.keys(texts).length > 0 && { texts }),
      adopted,
      ...(former.length > 0 && { former }),
      sealed: sealForController(request.sealing, items, {
        entropy: request.entropy,
        spki: sha256(certificate.spki),
      }),
    },
    roots: named.value.flatMap(({ id, state, parsed, locked }) => {
      return locked === undefined ? [{ id, state, certificate: pemOf(parsed) }] : []
    }),
  }
  return { ok: true, value, diagnostics: [...named.diagnostics, ...warnings(cluster, certificate)] }
}

/** What of a CA from elsewhere works, and is not as we would have it. */
export function warnings(cluster: Cluster, certificate: Certificate): Diagnostic[] {
  const { subject, pathlen } = certificate
  return pathlen === 0 ? [] : [diagnose('MESH-W442', { subject, what: whatOfPathLength(pathlen) }, cluster.origin)]
}

function whatOfPathLength(pathlen: number | undefined): string {
  return pathlen === undefined ? 'has no path length, so it could make further CAs' : `allows ${pathlen} CAs below it`
}
