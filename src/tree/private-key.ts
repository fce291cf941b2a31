/**
 * Finds private keys in text: the last look before anything is written, and the first at what others wrote. It sees PEM
 * and age identities, both also in base64 as a Kubernetes Secret has them, and keys in DER that are in base64.
 */

const MARKS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/, 'a private key'],
  [/AGE-SECRET-KEY-(?:PQ-)?1/, 'an age identity'],
]

const IN_BASE64: readonly (readonly [readonly string[], string])[] = [
  [fragments('PRIVATE KEY-----'), 'a private key in base64'],
  [fragments('AGE-SECRET-KEY-'), 'an age identity in base64'],
]

/** What was found, as a phrase for a message; undefined for nothing. */
export function privateKeyIn(text: string): string | undefined {
  const mark = MARKS.find(([pattern]) => pattern.test(text))
  if (mark !== undefined) return mark[1]
  // Base64 is broken into lines wherever its writer likes.
  const joined = text.replace(/\s+/g, '')
  const wrapped = IN_BASE64.find(([parts]) => parts.some((part) => joined.includes(part)))
  if (wrapped !== undefined) return wrapped[1]
  return hasKeyInDer(text) ? 'a private key in DER' : undefined
}

/** How a text looks within base64, in each of the three places where it can begin; its ends depend on what is beside it. */
function fragments(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const encoded = Buffer.from('\0'.repeat(offset) + text).toString('base64')
    return encoded.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + text.length) * 8) / 6))
  })
}

/** `M` is what a SEQUENCE begins with; 44 characters hold the head of every kind of key. */
const DER = /(?<![A-Za-z0-9+/])M[A-Za-z0-9+/]{43}/g
const SEQUENCE = 0x30
const OBJECT_IDENTIFIER = 0x06
const OCTET_STRING = 0x04
/** Private keys of P-256, P-384 and P-521 in octets. */
const EC_KEY_OCTETS = new Set([32, 48, 66])

function hasKeyInDer(text: string): boolean {
  for (const [found] of text.matchAll(DER)) if (isHeadOfKey(Buffer.from(found, 'base64'))) return true
  return false
}

/**
 * The head of a PKCS#8 (RFC 5958), a PKCS#1 (RFC 8017) or an EC key (RFC 5915): a SEQUENCE with a version of 0 or 1, then
 * an algorithm, a modulus or the key itself. A certificate, a CRL or a request has no version there.
 */
function isHeadOfKey(head: Buffer): boolean {
  const long = head[1] ?? 0
  const at = long < 0x80 ? 2 : long <= 0x83 ? 2 + (long & 0x7f) : -1
  if (head[0] !== SEQUENCE || at < 2 || head[at] !== 0x02 || head[at + 1] !== 0x01) return false
  const [version, kind, length] = [head[at + 2], head[at + 3], head[at + 4] ?? 0]
  if (version !== 0 && version !== 1) return false
  if (kind === SEQUENCE) return length < 0x80 && head[at + 5] === OBJECT_IDENTIFIER
  if (kind === OCTET_STRING) return version === 1 && EC_KEY_OCTETS.has(length)
  // A modulus of 64 octets or more, so a length of more than one octet.
  return kind === 0x02 && version === 0 && (length === 0x81 || length === 0x82)
}
