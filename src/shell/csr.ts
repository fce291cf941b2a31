/** A key whose certificate somebody else signs: made, sealed and forgotten, and later completed. */
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock, LockedCluster, LockedRoot, PendingCluster, SealedItem } from '../lock/lock.ts'
import type { Cluster, Mesh } from '../mesh/mesh.ts'
import { intermediateSan } from '../plan/made-otherwise.ts'
import { pemOf } from '../trust/adopt.ts'
import { verifyCertificates } from '../trust/bundle.ts'
import { readAnswer, rootsAmong } from '../trust/complete.ts'
import { formerAfter } from '../trust/former.ts'
import { publicTexts } from '../trust/public-items.ts'
import { readCertificate, sha256, type Certificate } from '../trust/read.ts'
import { requestIntermediate } from '../trust/request.ts'
import { signingKey } from '../trust/signer.ts'
import { nextBundle } from '../trust/stages.ts'
import type { ControllerSealing } from '../trust/task.ts'
import { warnings } from './adopt.ts'
import type { Entropy } from './entropy.ts'
import { keyPem } from './fulfil-trust.ts'
import { nameRoots } from './name-roots.ts'
import { publicItem, sealer } from './seal.ts'

export async function makeRequest(
  of: {
    readonly mesh: Mesh
    readonly cluster: Cluster
    readonly generation: number
    readonly sealing: ControllerSealing
  },
  ports: { readonly entropy: Entropy; readonly now: Date },
): Promise<PendingCluster> {
  const { mesh, cluster, generation, sealing } = of
  const privateKey = await ports.entropy.generateSigningKey(mesh.trust.keyType)
  const keyPair = signingKey(privateKey)
  const { organization } = mesh.trust
  const names = { mesh: mesh.name, organization, cluster: cluster.name, generation }
  const san = intermediateSan(mesh, cluster)
  const made = requestIntermediate({ ...names, keyPair, now: ports.now, ...(san && { san }) })
  const key = keyPem(privateKey)
  try {
    return {
      name: cluster.name,
      generation,
      key: sha256(keyPair.spki),
      ...made,
      sealed: {
        backend: 'sealed-secrets',
        scope: sealing.scope,
        namespace: sealing.namespace,
        name: sealing.name,
        certificate: sealing.certificate.fingerprint,
        key: { ...sealer(sealing, ports.entropy)(key), spki: sha256(keyPair.spki) },
      },
    }
  } finally {
    key.fill(0)
  }
}

export interface CompletionRequest {
  readonly mesh: Mesh
  readonly lock: Lock
  readonly cluster: Cluster
  readonly pending: PendingCluster
  /** PEM of the certificate, and of what came with it. */
  readonly files: { readonly certificate: string; readonly chain?: string }
  /** Id for a root that is new. */
  readonly as: readonly string[]
  readonly sealing: ControllerSealing
  readonly entropy: Entropy
  readonly now: Date
}

export interface Completion {
  readonly cluster: LockedCluster
  readonly roots: readonly LockedRoot[]
}

/** Puts what came back together with the key that is sealed. */
export function complete(request: CompletionRequest): Checked<Completion> {
  const { mesh, lock, cluster, pending, files, now } = request
  const { name } = cluster
  const known = rootsOf(mesh, lock)
  const brought = rootsAmong(files.certificate + (files.chain ?? ''))
  const read = readAnswer(pending, files, [...known.map(({ parsed }) => parsed), ...brought], now)
  if ('faults' in read) {
    const diagnostics = read.faults.map((detail) => diagnose('MESH-E436', { cluster: name, detail }, cluster.origin))
    return { ok: false, diagnostics }
  }
  const { certificate, chain, root, crl } = read.answer
  const unfit = mesh.trust.crl.enabled ? crlFault(certificate, chain, crl) : undefined
  if (unfit !== undefined) {
    return { ok: false, diagnostics: [diagnose('MESH-E436', { cluster: name, detail: unfit }, cluster.origin)] }
  }
  const named = nameRoots({ mesh, lock, cluster, roots: [root], as: request.as, guess: true })
  if (!named.ok) return named
  const [signer] = named.value
  if (signer === undefined) return { ok: false, diagnostics: [] }
  const fresh = signer.locked === undefined ? [{ id: signer.id, state: signer.state, certificate: pemOf(root) }] : []
  const roots = new Map([...lock.roots, ...fresh.map((each): [string, LockedRoot] => [each.id, each])])
  const { live, bundle } = bundleFor(mesh, lock, name, roots)
  const parts = {
    root: signer.id,
    bundle,
    certificate: pemOf(certificate),
    ...(chain.length > 0 && { chain: chain.map(pemOf).join('') }),
  }
  // What stands in root-cert.pem stays, byte for byte: an intermediate changes nothing of it.
  const rootText = live?.texts?.['root-cert.pem']
  const kept = rootText === undefined ? {} : { texts: { 'root-cert.pem': rootText } }
  const texts = publicTexts({ ...parts, ...kept }, (id) => roots.get(id)?.certificate ?? '')
  const problems = verifyCertificates(octets(texts), now)
  if (problems.length > 0) {
    const diagnostics = problems.map(({ item, detail }) =>
      diagnose('MESH-E436', { cluster: name, detail: `${item}: ${detail}` }, cluster.origin),
    )
    return { ok: false, diagnostics }
  }
  const { key, ...sealed } = pending.sealed
  const sealPublic = (text: string): SealedItem =>
    publicItem(request.sealing, Buffer.from(text), sealed, request.entropy)
  const items = {
    'ca-cert.pem': sealPublic(texts['ca-cert.pem']),
    'ca-key.pem': key,
    'cert-chain.pem': sealPublic(texts['cert-chain.pem']),
    'root-cert.pem': sealPublic(texts['root-cert.pem']),
  }
  const before = lock.clusters.get(name)
  const adopted = before?.adopted
  const former = formerAfter(before, now)
  const value: Completion = {
    cluster: {
      name,
      removed: false,
      generation: pending.generation,
      ...parts,
      ...kept,
      ...(crl !== undefined && { crl }),
      ...(adopted && { adopted }),
      ...(former.length > 0 && { former }),
      sealed: { ...sealed, items },
    },
    roots: fresh,
  }
  const found = [...warnings(cluster, certificate), ...crlWarning(cluster, certificate, crl)]
  const order = mesh.trust.crl.enabled && live !== undefined
  return {
    ok: true,
    value,
    diagnostics: order ? [...found, diagnose('MESH-W859', { cluster: name }, cluster.origin)] : found,
  }
}

function octets<K extends string>(texts: Readonly<Record<K, string>>): Record<K, Uint8Array> {
  const entries = Object.entries<string>(texts).map(([item, text]) => [item, Buffer.from(text)])
  return Object.fromEntries(entries) as Record<K, Uint8Array>
}

/** A bundle and an intermediate never change in one step, so a cluster that lives keeps its own. */
function bundleFor(
  mesh: Mesh,
  lock: Lock,
  name: string,
  roots: ReadonlyMap<string, LockedRoot>,
): { readonly live: LockedCluster | undefined; readonly bundle: readonly string[] } {
  const locked = lock.clusters.get(name)
  const live = locked?.removed === true ? undefined : locked
  const trusted = mesh.trust.roots.filter(({ id, state }) => state !== 'retired' && roots.has(id)).map(({ id }) => id)
  return { live, bundle: live?.bundle ?? nextBundle(undefined, trusted) }
}

function rootsOf(mesh: Mesh, lock: Lock): readonly { readonly parsed: Certificate }[] {
  return mesh.trust.roots.flatMap(({ id, state }) => {
    const locked = lock.roots.get(id)
    const reading = locked === undefined || state === 'retired' ? undefined : readCertificate(locked.certificate)
    return reading !== undefined && 'certificate' in reading ? [{ parsed: reading.certificate }] : []
  })
}

function crlWarning(cluster: Cluster, certificate: Certificate, crl: string | undefined): Diagnostic[] {
  if (crl !== undefined) return []
  return [diagnose('MESH-W441', { cluster: cluster.name, reason: whyNoCrl(certificate) }, cluster.origin)]
}

function whyNoCrl(certificate: Certificate): string {
  return certificate.keyUsage?.includes('cRLSign')
    ? 'its certificate has another name or key identifier than the request foresaw'
    : 'its key usage lacks cRLSign'
}

/** Why every peer that checks CRLs would refuse what is below this certificate. */
function crlFault(
  certificate: Certificate,
  chain: readonly Certificate[],
  crl: string | undefined,
): string | undefined {
  const [above] = chain
  if (above !== undefined) return `trust.crl.enabled, and ${above.subject} between it and its root has no CRL here`
  return crl === undefined ? `trust.crl.enabled, and there is no CRL of it: ${whyNoCrl(certificate)}` : undefined
}
