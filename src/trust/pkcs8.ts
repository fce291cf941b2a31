/**
 * Encrypted PKCS#8 (RFC 5958) by PBES2 (RFC 8018): PBKDF2 with HMAC-SHA-512, and AES-256 in CBC mode. OpenSSL and Node
 * read it. Node's own export has 2048 rounds of SHA-256, too few against somebody who has the file for years; OpenSSL
 * refuses scrypt with as much memory as would be worth it.
 */
import { createCipheriv, pbkdf2Sync } from 'node:crypto'
import { encode, integer, none, objectIdentifier, octetString, sequence } from './der.ts'
import { pemBytes } from './pem.ts'

/** A quarter of a second for each guess. */
export const PBKDF2_ROUNDS = 600_000
export const SALT_BYTES = 16
export const IV_BYTES = 16
const KEY_BYTES = 32

const oid = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha512: '1.2.840.113549.2.11',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
} as const

export interface Pkcs8Protection {
  /** UTF-8. */
  readonly passphrase: Uint8Array
  /** 16 random octets. */
  readonly salt: Uint8Array
  /** 16 random octets. */
  readonly iv: Uint8Array
}

/** PEM of an encrypted private key. @param pkcs8 PrivateKeyInfo, DER, which stays the caller's to wipe */
export function encryptedPkcs8(pkcs8: Uint8Array, { passphrase, salt, iv }: Pkcs8Protection): Buffer {
  const key = pbkdf2Sync(passphrase, salt, PBKDF2_ROUNDS, KEY_BYTES, 'sha512')
  try {
    const cipher = createCipheriv('aes-256-cbc', key, iv)
    const ciphertext = Buffer.concat([cipher.update(pkcs8), cipher.final()])
    const prf = sequence(objectIdentifier(oid.hmacWithSha512), none())
    const kdf = sequence(objectIdentifier(oid.pbkdf2), sequence(octetString(salt), integer(PBKDF2_ROUNDS), prf))
    const scheme = sequence(objectIdentifier(oid.aes256Cbc), octetString(iv))
    const algorithm = sequence(objectIdentifier(oid.pbes2), sequence(kdf, scheme))
    return pemBytes('ENCRYPTED PRIVATE KEY', encode(sequence(algorithm, octetString(ciphertext))))
  } finally {
    key.fill(0)
  }
}
