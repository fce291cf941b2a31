/** Seals the items of a `cacerts` by the backend of the cluster: what needs entropy and age. */
import { exit, Failure, invariant } from '../diagnostics/failure.ts'
import {
  CRL_ITEM,
  type PublicFacts,
  type PublicItem,
  type SealedBundle,
  type SealedItem,
  type SealedSecretsBundle,
  type SopsBundle,
  type WrappedKey,
} from '../lock/lock.ts'
import type { Cacerts } from '../trust/bundle.ts'
import { sha256 } from '../trust/read.ts'
import { storeEntry } from '../trust/seal/external-secrets.ts'
import { labelOf, seal, SESSION_KEY_BYTES } from '../trust/seal/sealed-secrets.ts'
import { DATA_KEY_BYTES, encryptKey, NONCE_BYTES } from '../trust/seal/sops.ts'
import type { ControllerSealing, CrlTask, Sealing } from '../trust/task.ts'
import { decryptWith, encryptFor } from './recipients.ts'
import type { Entropy } from './entropy.ts'

export interface SealPorts {
  readonly entropy: Entropy
  readonly now: Date
  /** `sha256:<hex>` of the public half of the key among the items (SubjectPublicKeyInfo). */
  readonly spki?: string
  /** Takes the file, encrypted already, that is to be put into the store of a cluster. */
  readonly store?: (name: string, file: Uint8Array) => void
}

export async function sealItems(sealing: Sealing, items: Cacerts, ports: SealPorts): Promise<SealedBundle> {
  const { namespace, name } = sealing
  switch (sealing.backend) {
    case 'sealed-secrets':
      return sealForController(sealing, items, ports)
    case 'sops':
      return { ...(await sealForRecipients(sealing.recipients, items, ports)), namespace, name }
    case 'external-secrets': {
      const entry = storeEntry(items)
      try {
        invariant(ports.store !== undefined, 'there is a place for the files of stores')
        ports.store(sealing.file, await encryptFor(sealing.recipients, entry))
      } finally {
        entry.fill(0)
      }
      return { backend: sealing.backend, namespace, name, items: factsOf(items) }
    }
  }
}

/** Other roots for a cluster: its key keeps its bytes, and so does every item but the one that has them. */
export function sealRoots(sealing: Sealing, text: string, sealed: SealedBundle, entropy: Entropy): SealedBundle {
  const plain = Buffer.from(text)
  if (sealed.backend !== 'sealed-secrets') {
    return { ...sealed, items: { ...sealed.items, 'root-cert.pem': factOf(plain) } }
  }
  invariant(sealing.backend === sealed.backend, 'a key that is kept keeps its backend')
  return { ...sealed, items: { ...sealed.items, 'root-cert.pem': publicItem(sealing, plain, sealed, entropy) } }
}

/** One item beside others, which may have been sealed for an older certificate of the same controller. */
export function publicItem(
  sealing: ControllerSealing,
  plain: Uint8Array,
  { certificate }: Pick<SealedSecretsBundle, 'certificate'>,
  entropy: Entropy,
): SealedItem {
  const { fingerprint } = sealing.certificate
  const item = { ...sealer(sealing, entropy)(plain), plain: sha256(plain) }
  return fingerprint === certificate ? item : { ...item, certificate: fingerprint }
}

/** @param text the CRLs of all clusters, PEM */
export function sealCrls({ sealing }: CrlTask, text: string, sealed: SealedBundle, entropy: Entropy): SealedBundle {
  invariant(sealing.backend === 'sealed-secrets' && sealed.backend === sealing.backend, 'CRLs go to a controller')
  return { ...sealed, items: { ...sealed.items, [CRL_ITEM]: publicItem(sealing, Buffer.from(text), sealed, entropy) } }
}

/** The same data key for other recipients. */
export async function rewrap(
  sealed: SopsBundle,
  recipients: readonly string[],
  identityFile: string,
): Promise<SopsBundle> {
  const dataKey = await openDataKey(sealed.recipients, identityFile)
  try {
    return { ...sealed, recipients: await wrap(recipients, dataKey) }
  } finally {
    dataKey.fill(0)
  }
}

async function openDataKey(wrapped: readonly WrappedKey[], identityFile: string): Promise<Uint8Array> {
  const dataKey = await decryptWith(
    identityFile,
    wrapped.map(({ file }) => file),
  )
  if (dataKey?.length === DATA_KEY_BYTES) return dataKey
  dataKey?.fill(0)
  throw new Failure('the identity is that of no recipient that the key is encrypted for', {
    exitCode: exit.invalid,
    hints: [`it is encrypted for ${wrapped.map(({ recipient }) => recipient).join(', ')}`],
  })
}

/** Every item as it stands, byte for byte. */
export function sealForController(
  sealing: ControllerSealing,
  items: Cacerts,
  { entropy, spki }: Pick<SealPorts, 'entropy' | 'spki'>,
): SealedSecretsBundle {
  const { backend, scope, certificate, namespace, name } = sealing
  const sealed = sealer(sealing, entropy)
  // A digest of a private key would let anybody test a guess, so only public items have one.
  const sealPublic = (plain: Uint8Array): SealedItem => ({ ...sealed(plain), plain: sha256(plain) })
  return {
    backend,
    scope,
    namespace,
    name,
    certificate: certificate.fingerprint,
    items: {
      'ca-cert.pem': sealPublic(items['ca-cert.pem']),
      'ca-key.pem': { ...sealed(items['ca-key.pem']), ...(spki !== undefined && { spki }) },
      'cert-chain.pem': sealPublic(items['cert-chain.pem']),
      'root-cert.pem': sealPublic(items['root-cert.pem']),
    },
  }
}

export function sealer(
  { certificate, scope, namespace, name }: ControllerSealing,
  entropy: Entropy,
): (plain: Uint8Array) => SealedItem {
  const label = labelOf(scope, namespace, name)
  return (plain: Uint8Array): SealedItem => ({
    bytes: plain.length,
    ciphertext: seal(certificate, plain, label, entropy.randomBytes(SESSION_KEY_BYTES)),
  })
}

async function sealForRecipients(
  recipients: readonly string[],
  items: Cacerts,
  { entropy, now }: SealPorts,
): Promise<Omit<SopsBundle, 'namespace' | 'name'>> {
  const dataKey = entropy.randomBytes(DATA_KEY_BYTES)
  try {
    const nonces = [entropy.randomBytes(NONCE_BYTES), entropy.randomBytes(NONCE_BYTES)] as const
    const encrypted = encryptKey(items['ca-key.pem'], { dataKey, nonces }, now)
    return { backend: 'sops', recipients: await wrap(recipients, dataKey), ...encrypted, items: factsOf(items) }
  } finally {
    dataKey.fill(0)
  }
}

function wrap(recipients: readonly string[], dataKey: Uint8Array): Promise<WrappedKey[]> {
  return Promise.all(
    recipients.map(async (recipient) => {
      const file = await encryptFor([recipient], dataKey)
      return { recipient, file: file.toString('latin1') }
    }),
  )
}

function factsOf(items: Cacerts): Record<PublicItem, PublicFacts> {
  return {
    'ca-cert.pem': factOf(items['ca-cert.pem']),
    'cert-chain.pem': factOf(items['cert-chain.pem']),
    'root-cert.pem': factOf(items['root-cert.pem']),
  }
}

function factOf(plain: Uint8Array): PublicFacts {
  return { bytes: plain.length, plain: sha256(plain) }
}
