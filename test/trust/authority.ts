/** Keys and certificates for tests, made when they are needed: good ones, and ones with a single fault. */
import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { encode, objectIdentifier, octetString, sequence, type Der } from '../../src/trust/der.ts'
import { createRoot, issueIntermediate, type Issued } from '../../src/trust/issue.ts'
import { pemBytes, pemText } from '../../src/trust/pem.ts'
import { readCertificate, type Certificate } from '../../src/trust/read.ts'
import { signingKey, type SigningKey } from '../../src/trust/signer.ts'
import {
  certificationAuthority,
  distinguishedName,
  keyUsage,
  keyUsageBit,
  signed,
  tbsCertificate,
} from '../../src/trust/x509.ts'
import { makeControllerKey, type ControllerKey } from './controller-certificate.ts'

export const NOW: Date = new Date('2026-11-25T12:00:00.789Z')
export const DAY_MS = 86_400_000

export function later(days: number): Date {
  return new Date(NOW.getTime() + days * DAY_MS)
}

export interface Authority extends Issued {
  readonly privateKey: KeyObject
  readonly keyPair: SigningKey
}

export function newKey(kind: 'P-256' | 'P-384' | 'rsa' | 'ed25519' = 'P-256'): KeyObject {
  if (kind === 'rsa') return controllerKey().privateKey
  if (kind === 'ed25519') return generateKeyPairSync('ed25519').privateKey
  return generateKeyPairSync('ec', { namedCurve: kind }).privateKey
}

export function newRoot(
  options: { id?: string; kind?: 'P-256' | 'P-384' | 'rsa'; days?: number; now?: Date } = {},
): Authority {
  const privateKey = newKey(options.kind)
  const keyPair = signingKey(privateKey)
  const issued = createRoot({
    mesh: 'shop',
    organization: 'Acme',
    id: options.id ?? 'r1',
    keyPair,
    serial: randomBytes(16),
    now: options.now ?? NOW,
    ...(options.days !== undefined && { validityDays: options.days }),
  })
  return { ...issued, privateKey, keyPair }
}

export function newIntermediate(root: Authority, options: { now?: Date; days?: number } = {}): Authority {
  const privateKey = newKey()
  const keyPair = signingKey(privateKey)
  const issued = issueIntermediate({
    mesh: 'shop',
    organization: 'Acme',
    cluster: 'cluster-1',
    generation: 1,
    root: { id: 'r1', certificate: root.certificate, signer: root.keyPair.signer },
    keyPair,
    serial: randomBytes(16),
    validityDays: options.days ?? 730,
    now: options.now ?? NOW,
  })
  if (!issued.ok) throw new Error(JSON.stringify(issued.diagnostics))
  return { ...issued.value, privateKey, keyPair }
}

/** A certificate signed by `root` that differs from the profile in what is given. */
export function oddIntermediate(
  root: Authority,
  odd: { extensions?: readonly Der[]; publicKey?: SigningKey; signer?: SigningKey; notBefore?: Date; notAfter?: Date },
): Authority {
  const privateKey = newKey()
  const keyPair = signingKey(privateKey)
  const { signer } = odd.signer ?? root.keyPair
  const tbs = tbsCertificate({
    serial: Uint8Array.of(1),
    algorithm: signer.algorithm,
    issuer: parsed(root.certificate).subjectDer,
    subject: distinguishedName([['CN', 'odd']]),
    notBefore: odd.notBefore ?? later(-1),
    notAfter: odd.notAfter ?? later(10),
    spki: (odd.publicKey ?? keyPair).spki,
    extensions: odd.extensions ?? [certificationAuthority(0), keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign)],
  })
  return { certificate: pemText('CERTIFICATE', signed(tbs, signer)), crl: '', privateKey, keyPair }
}

/** A self-signed root with extensions of one's own. */
export function oddRoot(extensions: readonly Der[]): Authority {
  const privateKey = newKey()
  const keyPair = signingKey(privateKey)
  const { algorithm } = keyPair.signer
  const name = distinguishedName([['CN', 'odd root']])
  const validity = { notBefore: later(-1), notAfter: later(3650) }
  const serial = Uint8Array.of(1)
  const { spki } = keyPair
  const tbs = tbsCertificate({ serial, algorithm, issuer: name, subject: name, ...validity, spki, extensions })
  return { certificate: pemText('CERTIFICATE', signed(tbs, keyPair.signer)), crl: '', privateKey, keyPair }
}

export function extendedKeyUsage(...oids: readonly string[]): Der {
  const usages = encode(sequence(...oids.map(objectIdentifier)))
  return sequence(objectIdentifier('2.5.29.37'), octetString(usages))
}

export function parsed(source: string | Uint8Array): Certificate {
  const reading = readCertificate(source)
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.certificate
}

export function keyPem(key: KeyObject): Buffer {
  return pemBytes('PRIVATE KEY', key.export({ type: 'pkcs8', format: 'der' }))
}

let shared: ControllerKey | undefined

/** One RSA key for the whole run: each takes a tenth of a second. */
export function controllerKey(): ControllerKey {
  shared ??= makeControllerKey({ now: NOW, bits: 2048 })
  return shared
}
