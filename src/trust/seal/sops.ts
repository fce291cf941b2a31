/**
 * Secrets as SOPS encrypts them, for age recipients (getsops/sops: aes/cipher.go, sops.go, stores/metadata.go).
 *
 * A value is AES-256-GCM under the data key of the file, with a nonce of 32 octets and the path of the value as
 * associated data; each recipient has the data key in an age file of its own. Only the private key is encrypted here,
 * and the MAC is over encrypted values alone: certificates can be reviewed, and the list of roots can change without
 * any key while `sops -d` still verifies.
 */
import { createCipheriv, createHash } from 'node:crypto'
import { invariant } from '../../diagnostics/failure.ts'
import { labels, protectedAnnotations, type Manifest } from '../../kubernetes/manifest.ts'
import { CACERTS_ITEMS, type PublicItem, type SopsBundle } from '../../lock/lock.ts'
import { base64Bytes } from '../base64.ts'

export const DATA_KEY_BYTES = 32
export const NONCE_BYTES = 32
export const TAG_BYTES = 16

/** The first SOPS that knows a MAC over encrypted values alone. */
export const SOPS_VERSION = '3.9.0'
/** Matched with each part of a value's path. */
export const ENCRYPTED_REGEX = '^ca-key\\.pem$'

/** The path of the key as associated data: its parts, each with a colon behind it. */
const KEY_PATH = 'data:ca-key.pem:'

/** What the hash of a MAC over encrypted values alone begins with, so that it is never one over all of them. */
const ONLY_ENCRYPTED = createHash('sha256').update('sops').digest()

export interface SopsEntropy {
  readonly dataKey: Uint8Array
  /** Of the value and of the MAC; never used twice with one data key. */
  readonly nonces: readonly [Uint8Array, Uint8Array]
}

/** Encrypts a private key; `plain` and the data key are left for the caller to wipe. */
export function encryptKey(
  plain: Uint8Array,
  { dataKey, nonces }: SopsEntropy,
  now: Date,
): Pick<SopsBundle, 'key' | 'mac' | 'lastModified'> {
  invariant(dataKey.length === DATA_KEY_BYTES && dataKey.some((octet) => octet !== 0), 'a fresh data key')
  const lastModified = `${now.toISOString().slice(0, 19)}Z`
  // A Secret has its data in base64, and that text is the value.
  const value = base64Bytes(plain)
  try {
    const ciphertext = encryptValue(value, dataKey, nonces[0], KEY_PATH)
    const digest = createHash('sha512').update(ONLY_ENCRYPTED).update(value).digest('hex').toUpperCase()
    const mac = encryptValue(Buffer.from(digest), dataKey, nonces[1], lastModified)
    return { key: { bytes: plain.length, ciphertext }, mac, lastModified }
  } finally {
    value.fill(0)
  }
}

function encryptValue(plain: Uint8Array, key: Uint8Array, nonce: Uint8Array, aad: string): string {
  invariant(nonce.length === NONCE_BYTES, 'SOPS has nonces of 32 octets')
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(aad))
  const data = Buffer.concat([cipher.update(plain), cipher.final()])
  const [body, iv, tag] = [data, nonce, cipher.getAuthTag()].map((part) => Buffer.from(part).toString('base64'))
  return `ENC[AES256_GCM,data:${body},iv:${iv},tag:${tag},type:str]`
}

/** Lengths of the parts of an encrypted value; undefined for what is none. */
export function inspectValue(text: string): { readonly bytes: number } | undefined {
  const base64 = '([A-Za-z0-9+/]+={0,2})'
  const match = new RegExp(`^ENC\\[AES256_GCM,data:${base64},iv:${base64},tag:${base64},type:str\\]$`).exec(text)
  const [data, iv, tag] = match?.slice(1).map((part) => Buffer.from(part, 'base64').length) ?? []
  return data !== undefined && iv === NONCE_BYTES && tag === TAG_BYTES ? { bytes: data } : undefined
}

/**
 * The Secret of a cluster, whose key SOPS decrypts. Flux does so after Kustomize has built it, and knows it by the field
 * `sops`. It is protected from pruning, as a SealedSecret is.
 */
export function sopsSecret(input: {
  readonly mesh: string
  readonly sealed: SopsBundle
  /** PEM */
  readonly items: Readonly<Record<PublicItem, string>>
}): Manifest {
  const { namespace, name, key, recipients, lastModified, mac } = input.sealed
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: labels(input.mesh, 'trust'), annotations: protectedAnnotations('trust') },
    type: 'Opaque',
    data: Object.fromEntries(
      CACERTS_ITEMS.map((item) => [
        item,
        item === 'ca-key.pem' ? key.ciphertext : Buffer.from(input.items[item]).toString('base64'),
      ]),
    ),
    sops: {
      age: recipients.map(({ recipient, file }) => ({ recipient, enc: file })),
      lastmodified: lastModified,
      mac,
      encrypted_regex: ENCRYPTED_REGEX,
      mac_only_encrypted: true,
      version: SOPS_VERSION,
    },
  }
}
