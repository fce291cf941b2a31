/** A distinguished name for people to read. */
import { children, expect, readObjectIdentifier, tag, type Element } from './der-reader.ts'

const SHORT: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '0.9.2342.19200300.100.1.25': 'DC',
}

/** String types by identifier octet; others are shown as hexadecimal. */
const ENCODINGS: Readonly<Record<number, 'utf8' | 'latin1'>> = {
  0x0c: 'utf8', // UTF8String
  0x13: 'latin1', // PrintableString
  0x14: 'latin1', // TeletexString, which everyone fills with Latin-1
  0x16: 'latin1', // IA5String
}

/** `O=Acme, CN=shop root r1` in the order of the certificate. Control characters are escaped: it is shown on terminals. */
export function nameText(name: Element): string {
  const parts = children(name).flatMap((set) => children(expect(set, tag.set)).map(attributeText))
  return parts.join(', ')
}

function attributeText(attribute: Element): string {
  const [type, value] = children(expect(attribute, tag.sequence))
  const oid = readObjectIdentifier(type)
  const encoding = ENCODINGS[value?.tag ?? 0]
  const text = encoding ? (value?.content.toString(encoding) ?? '') : `#${value?.der.toString('hex') ?? ''}`
  return `${SHORT[oid] ?? oid}=${escape(text)}`
}

/** By RFC 4514, and every control and format character by its code point. */
function escape(text: string): string {
  return text
    .replace(/[\\,+"<>;=]/g, (character) => `\\${character}`)
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}
