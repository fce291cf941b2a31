/** The extensions of a certificate that decide about trust (RFC 5280, 4.2). */
import {
  children,
  DerError,
  expect,
  readBitString,
  readBoolean,
  readElement,
  readInteger,
  readObjectIdentifier,
  tag,
  type Element,
} from './der-reader.ts'

/** In the order of their bits. */
const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const
export type KeyUsage = (typeof KEY_USAGES)[number]

export interface Extensions {
  readonly isCa: boolean
  /** How many CAs may follow; absent: any number. */
  readonly pathlen?: number
  /** Absent: nothing is said, so nothing is forbidden. */
  readonly keyUsage?: readonly KeyUsage[]
  /** OIDs; absent: nothing is forbidden. */
  readonly extendedKeyUsage?: readonly string[]
  /** Hexadecimal. */
  readonly subjectKeyIdentifier?: string
  /** The key identifier in it, hexadecimal. */
  readonly authorityKeyIdentifier?: string
  /** `DNS:istiod.istio-system.svc`, `URI:spiffe://cluster.local`; other kinds of names are left out. */
  readonly subjectAltNames?: readonly string[]
  /** OIDs of critical extensions that are not read here; who verifies must refuse them. */
  readonly unknownCritical: readonly string[]
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** @param wrapper the `[3]` field of the TBSCertificate */
export function readExtensions(wrapper: Element | undefined): Extensions {
  const unknownCritical: string[] = []
  const found: Mutable<Extensions> = { isCa: false, unknownCritical }
  const seen = new Set<string>()
  for (const extension of wrapper ? children(readElement(wrapper.content)) : []) {
    const parts = children(expect(extension, tag.sequence))
    const oid = readObjectIdentifier(parts[0])
    if (seen.has(oid)) throw new DerError('an extension twice')
    seen.add(oid)
    const critical = parts[1]?.tag === tag.boolean && readBoolean(parts[1])
    const value = readElement(expect(parts.at(-1), tag.octetString).content)
    if (parts.length !== (parts[1]?.tag === tag.boolean ? 3 : 2)) throw new DerError('not an extension')
    const read = READERS[oid]
    if (read) read(value, found)
    else if (critical) unknownCritical.push(oid)
  }
  return found
}

const READERS: Readonly<Record<string, (value: Element, found: Mutable<Extensions>) => void>> = {
  '2.5.29.19': readBasicConstraints,
  '2.5.29.15': (value, found) => {
    const { bytes, unusedBits } = readBitString(value)
    const bits = 8 * bytes.length - unusedBits
    found.keyUsage = KEY_USAGES.filter((_, i) => i < bits && ((bytes[i >> 3] ?? 0) & (0x80 >>> (i & 7))) !== 0)
  },
  '2.5.29.37': (value, found) => {
    found.extendedKeyUsage = children(expect(value, tag.sequence)).map(readObjectIdentifier)
  },
  '2.5.29.17': (value, found) => {
    found.subjectAltNames = children(expect(value, tag.sequence)).flatMap(({ tag: kind, content }) => {
      return kind === 0x82 || kind === 0x86 ? [`${kind === 0x82 ? 'DNS' : 'URI'}:${content.toString('latin1')}`] : []
    })
  },
  '2.5.29.14': (value, found) => {
    found.subjectKeyIdentifier = expect(value, tag.octetString).content.toString('hex')
  },
  '2.5.29.35': (value, found) => {
    const id = children(expect(value, tag.sequence)).find((part) => part.tag === 0x80)
    if (id) found.authorityKeyIdentifier = id.content.toString('hex')
  },
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
function readBasicConstraints(value: Element, found: Mutable<Extensions>): void {
  const parts = children(expect(value, tag.sequence))
  const [first] = parts
  if (first?.tag === tag.boolean) found.isCa = readBoolean(first)
  const [pathlen, surplus] = first?.tag === tag.boolean ? parts.slice(1) : parts
  if (surplus) throw new DerError('more than basic constraints')
  if (!pathlen) return
  const number = readInteger(pathlen)
  if (number < 0n || number > 255n) throw new DerError('not a path length')
  found.pathlen = Number(number)
}
