/** What the sealed-secrets controller makes for itself at its first start (sealed-secrets: pkg/crypto/keys.go). */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { pemText } from '../../src/trust/pem.ts'
import { serialNumber } from '../../src/trust/profile.ts'
import { signingKey } from '../../src/trust/signer.ts'
import {
  certificationAuthority,
  distinguishedName,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  signed,
  subjectKeyIdentifier,
  tbsCertificate,
} from '../../src/trust/x509.ts'

export interface ControllerKey {
  /** PEM, self-signed, for ten years from `now`. */
  readonly certificate: string
  readonly privateKey: KeyObject
}

export interface ControllerKeyOptions {
  readonly now: Date
  /** 4096 as the controller has it; tests take 2048, which is made five times as fast. */
  readonly bits?: number
  /** The controller leaves its name empty unless it is told otherwise. */
  readonly commonName?: string
  readonly days?: number
}

/** Makes a new key pair and its certificate: an RSA key, CA:TRUE, key usage encipherOnly. */
export function makeControllerKey(options: ControllerKeyOptions): ControllerKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: options.bits ?? 4096 })
  const { signer } = signingKey(privateKey)
  const name = distinguishedName(options.commonName === undefined ? [] : [['CN', options.commonName]])
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const tbs = tbsCertificate({
    serial: serialNumber(keyIdentifier(spki).subarray(0, 16)),
    algorithm: signer.algorithm,
    issuer: name,
    subject: name,
    notBefore: options.now,
    notAfter: new Date(options.now.getTime() + (options.days ?? 3650) * 86_400_000),
    spki,
    extensions: [
      keyUsage(keyUsageBit.encipherOnly),
      certificationAuthority(),
      subjectKeyIdentifier(keyIdentifier(spki)),
    ],
  })
  return { certificate: pemText('CERTIFICATE', signed(tbs, signer)), privateKey }
}
