/**
 * Fulfils what needs keys and entropy in trust: new roots, and new intermediates that are sealed at once. An
 * intermediate's private key lives here for some milliseconds and never touches the disk.
 */
import type { KeyObject } from 'node:crypto'
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { LockedCluster, LockedRoot, PublicTexts, SealedBundle, SealedItem } from '../lock/lock.ts'
import type { KeyType } from '../mesh/ca-keys.ts'
import type { RootState } from '../mesh/mesh.ts'
import { cacerts, verifyBundle, type Cacerts } from '../trust/bundle.ts'
import { createRoot, issueIntermediate } from '../trust/issue.ts'
import { pemBytes } from '../trust/pem.ts'
import { grownBundle } from '../trust/public-items.ts'
import { SERIAL_BYTES } from '../trust/profile.ts'
import { sha256 } from '../trust/read.ts'
import { seal, SESSION_KEY_BYTES, strictLabel } from '../trust/seal/sealed-secrets.ts'
import { signingKey, type Signer } from '../trust/signer.ts'
import type { BundleTask, IssueTask, Sealing } from '../trust/task.ts'
import type { Entropy } from './entropy.ts'

export interface NewRoot {
  readonly locked: LockedRoot
  /** To be written with writeRootKey() before anything else is kept. */
  readonly privateKey: KeyObject
}

/** Makes a root in memory. */
export async function makeRoot(
  root: {
    readonly mesh: string
    readonly organization: string
    readonly id: string
    readonly state: RootState
    /** Default: P-256. */
    readonly keyType?: KeyType
    readonly validityDays?: number
  },
  ports: { readonly entropy: Entropy; readonly now: Date },
): Promise<NewRoot> {
  const { entropy, now } = ports
  const privateKey = await entropy.generateSigningKey(root.keyType ?? 'P-256')
  const serial = entropy.randomBytes(SERIAL_BYTES)
  const issued = createRoot({ ...root, keyPair: signingKey(privateKey), serial, now })
  return { locked: { id: root.id, state: root.state, ...issued }, privateKey }
}

export interface TrustPorts {
  /** Signs with the root's key. */
  readonly root: Signer
  readonly entropy: Entropy
  readonly now: Date
}

/**
 * Makes a cluster's intermediate and seals its `cacerts`, after the checks that istiod would make. The private key is
 * wiped whatever happens.
 */
export async function issueAndSeal(task: IssueTask, ports: TrustPorts): Promise<Checked<LockedCluster>> {
  const { entropy, now } = ports
  const privateKey = await entropy.generateSigningKey(task.keyType)
  const keyPair = signingKey(privateKey)
  const issued = issueIntermediate({
    ...task,
    root: { ...task.root, signer: ports.root },
    keyPair,
    serial: entropy.randomBytes(SERIAL_BYTES),
    now,
  })
  if (!issued.ok) return issued
  const { certificate, crl } = issued.value
  const key = keyPem(privateKey)
  try {
    const roots = task.bundle.map((root) => root.certificate)
    const items = cacerts({ intermediate: certificate, key, chain: [task.root.certificate], roots })
    const refused = problemsOf(task.cluster, items, now)
    if (refused.length > 0) return { ok: false, diagnostics: [...issued.diagnostics, ...refused] }
    const { cluster: name, generation } = task
    const sealed = sealAll(task.sealing, items, sha256(keyPair.spki), entropy)
    const bundle = task.bundle.map(({ id }) => id)
    const made = { name, removed: false, generation, root: task.root.id, bundle, certificate, crl, sealed }
    const value = { ...made, ...(task.adopted && { adopted: task.adopted }) }
    return { ok: true, value, diagnostics: issued.diagnostics }
  } finally {
    key.fill(0)
  }
}

/** PKCS#8 PEM in a buffer: a string could not be wiped. */
export function keyPem(privateKey: KeyObject): Buffer {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  try {
    return pemBytes('PRIVATE KEY', pkcs8)
  } finally {
    pkcs8.fill(0)
  }
}

function problemsOf(cluster: string, items: Cacerts, now: Date): Diagnostic[] {
  return verifyBundle(items, now).map((problem) => diagnose('MESH-E420', { cluster, ...problem }))
}

/** The bundle of a cluster, sealed anew; every other item keeps its bytes, the private key among them. */
export function sealBundle(task: BundleTask, locked: LockedCluster, entropy: Entropy): LockedCluster {
  const { certificate } = task.sealing
  const bundle = task.bundle.map(({ id }) => id)
  const added = task.bundle.filter(({ id }) => !locked.bundle.includes(id))
  const drops = locked.bundle.some((id) => !bundle.includes(id))
  const textOf = (roots: BundleTask['bundle']): string => roots.map((root) => root.certificate).join('')
  const { 'root-cert.pem': found, ...texts } = locked.texts ?? {}
  const text = grownBundle(found, textOf(added), textOf(task.bundle), drops)
  const item = sealer(task.sealing, entropy).sealPublic(Buffer.from(text))
  const other = certificate.fingerprint !== locked.sealed.certificate
  const { texts: _, ...rest } = locked
  const kept: PublicTexts = { ...texts, ...(text !== textOf(task.bundle) && { 'root-cert.pem': text }) }
  return {
    ...rest,
    bundle,
    ...(Object.keys(kept).length > 0 && { texts: kept }),
    sealed: {
      ...locked.sealed,
      items: {
        ...locked.sealed.items,
        'root-cert.pem': { ...item, ...(other && { certificate: certificate.fingerprint }) },
      },
    },
  }
}

/**
 * Every item as it stands, byte for byte.
 *
 * @param spki digest of the public half of the key among the items
 */
export function sealAll(sealing: Sealing, items: Cacerts, spki: string, entropy: Entropy): SealedBundle {
  const { certificate, namespace, name } = sealing
  const { seal, sealPublic } = sealer(sealing, entropy)
  return {
    backend: 'sealed-secrets',
    scope: 'strict',
    namespace,
    name,
    certificate: certificate.fingerprint,
    items: {
      'ca-cert.pem': sealPublic(items['ca-cert.pem']),
      'ca-key.pem': { ...seal(items['ca-key.pem']), spki },
      'cert-chain.pem': sealPublic(items['cert-chain.pem']),
      'root-cert.pem': sealPublic(items['root-cert.pem']),
    },
  }
}

interface Sealer {
  readonly seal: (plain: Uint8Array) => SealedItem
  /** A digest of a private key would let anybody test a guess, so only public items have one. */
  readonly sealPublic: (plain: Uint8Array) => SealedItem
}

export function sealer({ certificate, namespace, name }: Sealing, entropy: Entropy): Sealer {
  const label = strictLabel(namespace, name)
  const sealed = (plain: Uint8Array): SealedItem => ({
    bytes: plain.length,
    ciphertext: seal(certificate, plain, label, entropy.randomBytes(SESSION_KEY_BYTES)),
  })
  return { seal: sealed, sealPublic: (plain) => ({ ...sealed(plain), plain: sha256(plain) }) }
}
