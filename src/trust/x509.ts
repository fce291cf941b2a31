/** X.509 certificates and CRLs as DER (RFC 5280): the bodies, their extensions, and the signature around them. */
import { createHash } from 'node:crypto'
import {
  bitString,
  boolean,
  encode,
  encoded,
  enumerated,
  explicit,
  implicitOctets,
  integer,
  none,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  utf8String,
  type Der,
} from './der.ts'
import { children, readBitString, readElement } from './der-reader.ts'
import type { SignatureAlgorithm, Signer } from './signer.ts'
import type { SubjectAltName } from './task.ts'

const SIGNATURE_OIDS: Readonly<Record<SignatureAlgorithm, string>> = {
  'ecdsa-with-SHA256': '1.2.840.10045.4.3.2',
  'ecdsa-with-SHA384': '1.2.840.10045.4.3.3',
  sha256WithRSAEncryption: '1.2.840.113549.1.1.11',
}

const ATTRIBUTE_OIDS = { O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const

/** A distinguished name, DER, from attributes in their order. */
export function distinguishedName(attributes: readonly (readonly ['O' | 'OU' | 'CN', string])[]): Buffer {
  return encode(
    sequence(
      ...attributes.map(([type, text]) => setOf(sequence(objectIdentifier(ATTRIBUTE_OIDS[type]), utf8String(text)))),
    ),
  )
}

/** RFC 7093, method 1: the first 160 bits of the SHA-256 of the subjectPublicKey bits. */
export function keyIdentifier(spki: Uint8Array): Buffer {
  const { bytes } = readBitString(children(readElement(Buffer.from(spki)))[1])
  return createHash('sha256').update(bytes).digest().subarray(0, 20)
}

/** RFC 5280, 4.2.1.2, method 1: the SHA-1 of the subjectPublicKey bits, as most other CAs name a key. */
export function sha1KeyIdentifier(spki: Uint8Array): Buffer {
  const { bytes } = readBitString(children(readElement(Buffer.from(spki)))[1])
  return createHash('sha1').update(bytes).digest()
}

export interface CertificateBody {
  /** Positive, big-endian, at most 20 octets. */
  readonly serial: Uint8Array
  readonly algorithm: SignatureAlgorithm
  /** Names as DER, so that an issuer is the very bytes of the signer's subject. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
  readonly spki: Uint8Array
  readonly extensions: readonly Der[]
}

/** TBSCertificate (RFC 5280, 4.1), version 3. */
export function tbsCertificate(body: CertificateBody): Buffer {
  return encode(
    sequence(
      explicit(0, integer(2)),
      integer(body.serial),
      algorithmIdentifier(body.algorithm),
      encoded(body.issuer),
      sequence(time(body.notBefore), time(body.notAfter)),
      encoded(body.subject),
      encoded(body.spki),
      explicit(3, sequence(...body.extensions)),
    ),
  )
}

export interface RevocationListBody {
  readonly algorithm: SignatureAlgorithm
  readonly issuer: Uint8Array
  readonly thisUpdate: Date
  readonly nextUpdate: Date
  readonly revoked: readonly RevokedEntry[]
  readonly extensions: readonly Der[]
}

export interface RevokedEntry {
  /** As in the certificate: the big-endian octets of a positive number. */
  readonly serial: Uint8Array
  readonly date: Date
  /** CRLReason (RFC 5280, 5.3.1); 0, unspecified, is left out. */
  readonly reason: number
}

/** TBSCertList (RFC 5280, 5.1), version 2. One that revokes nothing has no list, not an empty one. */
export function tbsRevocationList(body: RevocationListBody): Buffer {
  return encode(
    sequence(
      integer(1),
      algorithmIdentifier(body.algorithm),
      encoded(body.issuer),
      time(body.thisUpdate),
      time(body.nextUpdate),
      ...(body.revoked.length === 0 ? [] : [sequence(...body.revoked.map(revokedCertificate))]),
      explicit(0, sequence(...body.extensions)),
    ),
  )
}

function revokedCertificate({ serial, date, reason }: RevokedEntry): Der {
  const extensions = reason === 0 ? [] : [sequence(extension('2.5.29.21', false, enumerated(reason)))]
  return sequence(integer(serial), time(date), ...extensions)
}

/** The body, the algorithm and the signature, which is how certificates, CRLs and requests are made alike. */
export function signed(tbs: Uint8Array, signer: Signer): Buffer {
  return encode(sequence(encoded(tbs), algorithmIdentifier(signer.algorithm), bitString(signer.sign(tbs))))
}

function algorithmIdentifier(algorithm: SignatureAlgorithm): Der {
  const oid = objectIdentifier(SIGNATURE_OIDS[algorithm])
  // RFC 4055 wants NULL parameters for RSA, RFC 5758 none for ECDSA.
  return algorithm === 'sha256WithRSAEncryption' ? sequence(oid, none()) : sequence(oid)
}

function extension(oid: string, critical: boolean, value: Der): Der {
  // DER leaves a default out, and FALSE is the default of `critical`.
  return sequence(objectIdentifier(oid), ...(critical ? [boolean(true)] : []), octetString(encode(value)))
}

/** Critical CA:TRUE; without `pathlen` any number of CAs may follow. */
export function certificationAuthority(pathlen?: number): Der {
  return extension('2.5.29.19', true, sequence(boolean(true), ...(pathlen === undefined ? [] : [integer(pathlen)])))
}

/** Bit numbers of KeyUsage (RFC 5280, 4.2.1.3). */
export const keyUsageBit = { keyCertSign: 5, cRLSign: 6, encipherOnly: 7 } as const

/** Critical key usage; `bits` are numbers from 0 to 7. */
export function keyUsage(...bits: readonly number[]): Der {
  const octet = bits.reduce((sum, bit) => sum | (0x80 >>> bit), 0)
  // A named bit list has no trailing zero bits in DER.
  return extension('2.5.29.15', true, bitString(Uint8Array.of(octet), 7 - Math.max(...bits)))
}

export function subjectKeyIdentifier(id: Uint8Array): Der {
  return extension('2.5.29.14', false, octetString(id))
}

/** By key identifier only; issuer and serial would tie it to one certificate of the key. */
export function authorityKeyIdentifier(id: Uint8Array): Der {
  return extension('2.5.29.35', false, sequence(implicitOctets(0, id)))
}

/** One DNS name or URI; not critical, since there is a subject (RFC 5280, 4.2.1.6). */
export function subjectAltName({ kind, value }: SubjectAltName): Der {
  // GeneralName: dNSName is [2] and uniformResourceIdentifier [6], both IA5String.
  return extension('2.5.29.17', false, sequence(implicitOctets(kind === 'DNS' ? 2 : 6, Buffer.from(value, 'latin1'))))
}

export function crlNumber(number: number): Der {
  return extension('2.5.29.20', false, integer(number))
}
