/** Reads CRLs (RFC 5280, 5) that may come from anybody. Never throws. */
import { verify, type KeyObject } from 'node:crypto'
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
import { parsePem } from './pem.ts'
import type { Certificate } from './read.ts'
import type { RevokedEntry } from './x509.ts'

export interface Crl {
  readonly der: Buffer
  readonly issuerDer: Buffer
  readonly thisUpdate: Date
  /** RFC 5280 demands it; a CRL without one is not read. */
  readonly nextUpdate: Date
  /** 0 where there is no cRLNumber. */
  readonly number: number
  readonly revoked: readonly Revoked[]
  /** UTF-16 offsets of its PEM block. */
  readonly start: number
  readonly end: number
  readonly tbs: Buffer
  readonly signature: Buffer
  /** OID */
  readonly algorithm: string
}

export interface Revoked extends RevokedEntry {
  /** Hexadecimal without leading zeros, as that of a certificate. */
  readonly hex: string
}

/** CRLReason (RFC 5280, 5.3.1), those that are used here. */
export const REASONS = { unspecified: 0, keyCompromise: 1, cessationOfOperation: 5 } as const

const CRLS_BYTES_MAX = 4_194_304
/** The largest number that cRLNumber is read to; ours count up from 1. */
const NUMBER_MAX = 2n ** 31n - 2n

/** The CRLs of a PEM text in their order; undefined when it is anything else, or more than that. */
export function readCrls(text: string): readonly Crl[] | undefined {
  if (text.length > CRLS_BYTES_MAX) return undefined
  const blocks = parsePem(text)
  if (!blocks || blocks.length === 0 || blocks.some(({ label }) => label !== 'X509 CRL')) return undefined
  try {
    return blocks.map(({ der, start, end }) => ({ ...parse(der), start, end }))
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

/** Exactly one CRL. */
export function readCrl(text: string | undefined): Crl | undefined {
  const crls = text === undefined ? undefined : readCrls(text)
  return crls?.length === 1 ? crls[0] : undefined
}

const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
}

/** Whether a CA issued a CRL and may: its name, its signature and its right to sign CRLs (Go: CheckSignatureFrom). */
export function isCrlOf(crl: Crl, issuer: Certificate): boolean {
  if (!crl.issuerDer.equals(issuer.subjectDer)) return false
  if (issuer.keyUsage && !issuer.keyUsage.includes('cRLSign')) return false
  return isSigned(crl, issuer.publicKey)
}

function isSigned({ tbs, signature, algorithm }: Crl, key: KeyObject): boolean {
  const digest = DIGESTS[algorithm]
  try {
    return digest !== undefined && verify(digest, tbs, key, signature)
  } catch {
    return false
  }
}

type Parsed = Omit<Crl, 'start' | 'end'>

/** CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signature } */
function parse(der: Buffer): Parsed {
  const [tbs, algorithm, signature, surplus] = children(expect(readElement(der), tag.sequence))
  if (surplus) throw new DerError('more than a CRL')
  const [version, inner, issuer, thisUpdate, nextUpdate, ...rest] = children(expect(tbs, tag.sequence))
  if (readInteger(version) !== 1n) throw new DerError('not a CRL of version 2')
  if (!expect(inner, tag.sequence).der.equals(expect(algorithm, tag.sequence).der)) {
    throw new DerError('two signature algorithms')
  }
  const list = rest[0]?.tag === tag.sequence ? rest[0] : undefined
  const extensions = list === undefined ? rest[0] : rest[1]
  if (rest.length !== (list === undefined ? 0 : 1) + (extensions === undefined ? 0 : 1)) {
    throw new DerError('unknown fields')
  }
  return {
    der,
    issuerDer: expect(issuer, tag.sequence).der,
    thisUpdate: readTime(thisUpdate),
    nextUpdate: readTime(nextUpdate),
    number: readNumber(extensions),
    revoked: list === undefined ? [] : children(list).map(readRevoked),
    tbs: expect(tbs, tag.sequence).der,
    signature: readBitString(signature).bytes,
    algorithm: readObjectIdentifier(children(expect(algorithm, tag.sequence))[0]),
  }
}

function readRevoked(entry: Element): Revoked {
  const [serial, date, extensions] = children(expect(entry, tag.sequence))
  const reason = extensions === undefined ? undefined : valueOf(extensions, '2.5.29.21')
  return {
    serial: expect(serial, tag.integer).content,
    hex: readInteger(serial).toString(16),
    date: readTime(date),
    // ENUMERATED
    reason: reason === undefined ? 0 : (expect(reason, 0x0a).content[0] ?? 0),
  }
}

function readNumber(wrapper: Element | undefined): number {
  if (wrapper === undefined) return 0
  const value = valueOf(readElement(expect(wrapper, 0xa0).content), '2.5.29.20')
  const number = value === undefined ? 0n : readInteger(value)
  if (number < 0n || number > NUMBER_MAX) throw new DerError('not a number to count on from')
  return Number(number)
}

/** The value of an extension. A critical one that is not known makes the CRL useless (RFC 5280, 5.2). */
function valueOf(extensions: Element, wanted: string): Element | undefined {
  let found: Element | undefined
  for (const extension of children(expect(extensions, tag.sequence))) {
    const parts = children(expect(extension, tag.sequence))
    const oid = readObjectIdentifier(parts[0])
    if (parts.length === 3) throw new DerError('a critical extension')
    if (oid === wanted) found = readElement(expect(parts.at(-1), tag.octetString).content)
  }
  return found
}
