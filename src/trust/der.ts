/**
 * DER (ITU-T X.690) to write, by the encoder of node-forge. Nothing else imports node-forge, and only `forge.asn1` is
 * used of it: its certificate builder has no ECDSA and many traps for CA certificates.
 */
import { createRequire } from 'node:module'
import type { asn1 } from 'node-forge'
import { readElement } from './der-reader.ts'

export type Der = asn1.Asn1

/** The encoder takes any octet for class and type; its published types know only some. */
interface Encoder extends Pick<
  typeof asn1,
  'Class' | 'Type' | 'toDer' | 'oidToDer' | 'integerToDer' | 'dateToUtcTime' | 'dateToGeneralizedTime'
> {
  create(this: void, tagClass: number, type: number, constructed: boolean, value: string | Der[]): Der
}

const require = createRequire(import.meta.url)
let loaded: Encoder | undefined

/** Loads the encoder when something is encoded for the first time: most commands issue nothing. */
function forge(): Encoder {
  if (!loaded) {
    const encoder: Encoder = require('node-forge/lib/asn1.js')
    loaded = encoder
  }
  return loaded
}

function primitive(type: number, content: string): Der {
  const { Class, create } = forge()
  return create(Class.UNIVERSAL, type, false, content)
}

/** node-forge keeps octets in strings, one per character. */
function octets(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

export function sequence(...items: readonly Der[]): Der {
  const { Class, Type, create } = forge()
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, [...items])
}

/** A SET with one element, as each part of a distinguished name is; larger ones would have to be sorted. */
export function setOf(item: Der): Der {
  const { Class, Type, create } = forge()
  return create(Class.UNIVERSAL, Type.SET, true, [item])
}

export function explicit(tag: number, item: Der): Der {
  const { Class, create } = forge()
  return create(Class.CONTEXT_SPECIFIC, tag, true, [item])
}

/** `[tag] IMPLICIT OCTET STRING` */
export function implicitOctets(tag: number, bytes: Uint8Array): Der {
  const { Class, create } = forge()
  return create(Class.CONTEXT_SPECIFIC, tag, false, octets(bytes))
}

export function boolean(value: boolean): Der {
  return primitive(forge().Type.BOOLEAN, value ? '\xff' : '\0')
}

/** From a number below 2^31, or from the big-endian octets of a two's complement number. */
export function integer(value: number | Uint8Array): Der {
  const content = typeof value === 'number' ? forge().integerToDer(value).getBytes() : octets(value)
  return primitive(forge().Type.INTEGER, content)
}

/** @param value from 0 to 127 */
export function enumerated(value: number): Der {
  return primitive(forge().Type.ENUMERATED, String.fromCharCode(value))
}

/** @param dotted like `2.5.29.19` */
export function objectIdentifier(dotted: string): Der {
  return primitive(forge().Type.OID, forge().oidToDer(dotted).getBytes())
}

export function none(): Der {
  return primitive(forge().Type.NULL, '')
}

export function utf8String(text: string): Der {
  return primitive(forge().Type.UTF8, octets(Buffer.from(text, 'utf8')))
}

export function octetString(content: Uint8Array): Der {
  return primitive(forge().Type.OCTETSTRING, octets(content))
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Der {
  return primitive(forge().Type.BITSTRING, String.fromCharCode(unusedBits) + octets(bytes))
}

/** UTCTime where it is unambiguous (1950 to 2049), else GeneralizedTime (RFC 5280, 4.1.2.5); whole seconds. */
export function time(date: Date): Der {
  const { Type, dateToGeneralizedTime, dateToUtcTime } = forge()
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? primitive(Type.UTCTIME, dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, dateToGeneralizedTime(date))
}

/** An element that is encoded already, byte for byte: an issuer's name, a public key, a signed body. */
export function encoded(der: Uint8Array): Der {
  const { Class, create } = forge()
  const element = readElement(Buffer.from(der))
  // The encoder writes class and type as one octet, so the constructed bit can travel in the type.
  return create(Class.UNIVERSAL, element.tag, false, octets(element.content))
}

export function encode(der: Der): Buffer {
  return Buffer.from(forge().toDer(der).getBytes(), 'latin1')
}
