/** What signs certificates. An interface, so that a KMS, a token or an external command can stand in for a key file. */
import { createPublicKey, sign, type KeyObject } from 'node:crypto'
import { invariant } from '../diagnostics/failure.ts'

export type SignatureAlgorithm = 'ecdsa-with-SHA256' | 'ecdsa-with-SHA384' | 'sha256WithRSAEncryption'

export interface Signer {
  readonly algorithm: SignatureAlgorithm
  /** Signs the DER of a TBSCertificate or TBSCertList; the result is what goes into the BIT STRING. */
  sign(tbs: Uint8Array): Uint8Array
}

/** A public key, and what signs with the private one that belongs to it. */
export interface SigningKey {
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array
  readonly signer: Signer
}

const DIGESTS = {
  'ecdsa-with-SHA256': 'sha256',
  'ecdsa-with-SHA384': 'sha384',
  sha256WithRSAEncryption: 'sha256',
} as const satisfies Record<SignatureAlgorithm, string>

/** The signature algorithm of a key; undefined for kinds that istiod or Envoy do not take as a CA. */
export function signatureAlgorithmOf(key: KeyObject): SignatureAlgorithm | undefined {
  if (key.asymmetricKeyType === 'rsa') return 'sha256WithRSAEncryption'
  if (key.asymmetricKeyType !== 'ec') return undefined
  const curve = key.asymmetricKeyDetails?.namedCurve
  return curve === 'prime256v1' ? 'ecdsa-with-SHA256' : curve === 'secp384r1' ? 'ecdsa-with-SHA384' : undefined
}

/** Signs with a private key in memory: P-256, P-384 or RSA. */
export function signingKey(privateKey: KeyObject): SigningKey {
  const algorithm = signatureAlgorithmOf(privateKey)
  invariant(algorithm !== undefined, 'a CA key is P-256, P-384 or RSA')
  return {
    spki: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    signer: { algorithm, sign: (tbs) => sign(DIGESTS[algorithm], tbs, privateKey) },
  }
}
