/**
 * Reads certificates that may come from anybody. Never throws: what cannot be read is a problem. Kinds of key are not
 * judged here; RSA and EC are both read.
 */
import { createHash, X509Certificate, type KeyObject } from 'node:crypto'
import {
  children,
  DerError,
  expect,
  readBitString,
  readElement,
  readInteger,
  readObjectIdentifier,
  readTime,
  tag,
  type Element,
} from './der-reader.ts'
import { readExtensions, type Extensions } from './extensions.ts'
import { nameText } from './name-text.ts'
import { parsePem } from './pem.ts'

export interface Certificate extends Extensions {
  readonly der: Buffer
  /** `O=Acme, CN=shop root r1`: for people; names are compared by their DER. */
  readonly subject: string
  readonly subjectDer: Buffer
  readonly issuer: string
  readonly issuerDer: Buffer
  /** Hexadecimal without leading zeros; a negative one (which is a fault) has a minus sign. */
  readonly serial: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** `sha256:<hex>` of the DER. */
  readonly fingerprint: string
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Buffer
  readonly publicKey: KeyObject
  /** OID of the signature algorithm. */
  readonly signatureOid: string
}

export type CertificateProblem =
  /** Nothing at all, or no PEM block. */
  | 'not-pem'
  /** PEM whose boundaries or base64 are broken. */
  | 'damaged-pem'
  | 'too-large'
  | 'several'
  /** A PEM block, but of something else: a CRL, a request, a public key. */
  | 'not-a-certificate'
  | 'private-key'
  /** Not DER, or DER that is not an X.509 certificate of RFC 5280. */
  | 'malformed'

export type CertificateReading = { readonly certificate: Certificate } | { readonly problem: CertificateProblem }
export type CertificatesReading =
  { readonly certificates: readonly Certificate[] } | { readonly problem: CertificateProblem }

/** The largest certificates in use have some kilobytes. */
const CERTIFICATE_BYTES_MAX = 65_536
const BUNDLE_BYTES_MAX = 1_048_576

const PROBLEM_TEXTS: Readonly<Record<CertificateProblem, string>> = {
  'not-pem': 'no PEM block',
  'damaged-pem': 'damaged PEM',
  'too-large': 'more than a certificate can need',
  several: 'more than one certificate',
  'not-a-certificate': 'PEM of something that is not a certificate',
  'private-key': 'a private key',
  malformed: 'not a well-formed X.509 certificate',
}

/** What was found instead, as a phrase for a message. */
export function problemText(problem: CertificateProblem): string {
  return PROBLEM_TEXTS[problem]
}

/** Reads exactly one certificate: PEM as text, DER as octets. */
export function readCertificate(source: string | Uint8Array): CertificateReading {
  if (source.length > CERTIFICATE_BYTES_MAX) return { problem: 'too-large' }
  if (typeof source !== 'string') return fromDer(Buffer.from(source))
  const reading = readCertificates(source)
  if ('problem' in reading) return reading
  const [certificate, second] = reading.certificates
  if (second) return { problem: 'several' }
  return certificate ? { certificate } : { problem: 'not-pem' }
}

/** Reads a PEM bundle of one or more certificates, in their order. */
export function readCertificates(text: string): CertificatesReading {
  if (text.length > BUNDLE_BYTES_MAX) return { problem: 'too-large' }
  const blocks = parsePem(text)
  if (!blocks) return { problem: 'damaged-pem' }
  if (blocks.length === 0) return { problem: 'not-pem' }
  if (blocks.some((block) => block.label.endsWith('PRIVATE KEY'))) return { problem: 'private-key' }
  if (blocks.some((block) => block.label !== 'CERTIFICATE')) return { problem: 'not-a-certificate' }
  const certificates: Certificate[] = []
  for (const block of blocks) {
    const reading = fromDer(block.der)
    if ('problem' in reading) return reading
    certificates.push(reading.certificate)
  }
  return { certificates }
}

/** Whether `signer` made the signature of `certificate`; names and rights are judged elsewhere. */
export function isSignedBy(certificate: Certificate, signer: Certificate): boolean {
  try {
    return new X509Certificate(certificate.der).verify(signer.publicKey)
  } catch {
    return false
  }
}

/** `sha256:<hex>` */
export function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

function fromDer(der: Buffer): CertificateReading {
  try {
    return { certificate: parse(der) }
  } catch (error) {
    // OpenSSL's errors have a code; anything else would be a bug of ours.
    if (error instanceof DerError || (error instanceof Error && 'code' in error)) return { problem: 'malformed' }
    throw error
  }
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280, 4.1) */
function parse(der: Buffer): Certificate {
  const [tbs, algorithm, signature, surplus] = children(expect(readElement(der), tag.sequence))
  readBitString(signature)
  if (surplus) throw new DerError('more than a certificate')
  const fields = children(expect(tbs, tag.sequence))
  const [first] = fields
  // version [0] EXPLICIT INTEGER DEFAULT v1
  const version = first?.tag === 0xa0 ? readInteger(children(first)[0]) : 0n
  const [serial, innerAlgorithm, issuer, validity, subject, spki, ...optional] =
    first?.tag === 0xa0 ? fields.slice(1) : fields
  if (!expect(innerAlgorithm, tag.sequence).der.equals(expect(algorithm, tag.sequence).der)) {
    throw new DerError('two signature algorithms')
  }
  const [notBefore, notAfter] = children(expect(validity, tag.sequence))
  // OpenSSL has a say too: what it cannot read, istiod's peers cannot either.
  const { publicKey } = new X509Certificate(der)
  return {
    der,
    subject: nameText(expect(subject, tag.sequence)),
    subjectDer: expect(subject, tag.sequence).der,
    issuer: nameText(expect(issuer, tag.sequence)),
    issuerDer: expect(issuer, tag.sequence).der,
    serial: readInteger(serial).toString(16),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    fingerprint: sha256(der),
    spki: expect(spki, tag.sequence).der,
    publicKey,
    signatureOid: readObjectIdentifier(children(expect(algorithm, tag.sequence))[0]),
    ...readExtensions(extensionsAmong(optional, version)),
  }
}

/** issuerUniqueID [1], subjectUniqueID [2] and extensions [3] follow each other; only version 3 has the last. */
function extensionsAmong(optional: readonly Element[], version: bigint): Element | undefined {
  const tags = optional.map((element) => element.tag)
  if (tags.some((t, i) => ![0x81, 0x82, 0xa3].includes(t) || t <= (tags[i - 1] ?? 0))) {
    throw new DerError('unknown fields')
  }
  const last = optional.find((element) => element.tag === 0xa3)
  if (last && version !== 2n) throw new DerError('extensions in an old version')
  return last
}
