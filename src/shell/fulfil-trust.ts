/**
 * Fulfils what needs keys and entropy in trust: new roots, and new intermediates that are sealed at once. An
 * intermediate's private key lives here for some milliseconds and never touches the disk.
 */
import type { KeyObject } from 'node:crypto'
import { diagnose, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { LockedCluster, LockedRoot, PublicTexts } from '../lock/lock.ts'
import type { KeyType } from '../mesh/ca-keys.ts'
import type { RootState } from '../mesh/trust.ts'
import { cacerts, verifyBundle, type Cacerts } from '../trust/bundle.ts'
import { createRoot, issueIntermediate } from '../trust/issue.ts'
import { pemBytes } from '../trust/pem.ts'
import { grownBundle } from '../trust/public-items.ts'
import { SERIAL_BYTES } from '../trust/profile.ts'
import { sha256 } from '../trust/read.ts'
import { signingKey, type Signer } from '../trust/signer.ts'
import type { BundleTask, CrlTask, IssueTask } from '../trust/task.ts'
import type { Entropy } from './entropy.ts'
import { sealCrls, sealItems, sealRoots, type SealPorts } from './seal.ts'

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

export interface TrustPorts extends SealPorts {
  /** Signs with the root's key. */
  readonly root: Signer
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
    const sealed = await sealItems(task.sealing, items, { ...ports, spki: sha256(keyPair.spki) })
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
  const bundle = task.bundle.map(({ id }) => id)
  const added = task.bundle.filter(({ id }) => !locked.bundle.includes(id))
  const drops = locked.bundle.some((id) => !bundle.includes(id))
  const textOf = (roots: BundleTask['bundle']): string => roots.map((root) => root.certificate).join('')
  const { 'root-cert.pem': found, ...texts } = locked.texts ?? {}
  const text = grownBundle(found, textOf(added), textOf(task.bundle), drops)
  const { texts: _, ...rest } = locked
  const kept: PublicTexts = { ...texts, ...(text !== textOf(task.bundle) && { 'root-cert.pem': text }) }
  return {
    ...rest,
    bundle,
    ...(Object.keys(kept).length > 0 && { texts: kept }),
    sealed: sealRoots(task.sealing, text, locked.sealed, entropy),
  }
}

/** The CRLs of all clusters, sealed for one. */
export function sealCrl(task: CrlTask, text: string, locked: LockedCluster, entropy: Entropy): LockedCluster {
  return { ...locked, sealed: sealCrls(task, text, locked.sealed, entropy) }
}
