/** Signatures of ECDSA, of which there are two forms: DER (RFC 3279), and r and s one after the other (IEEE P1363). */
import { encode, integer, sequence } from './der.ts'

/** @returns undefined for what is not r and s of P-256 or P-384 */
export function ecdsaDer(pair: Uint8Array): Buffer | undefined {
  if (pair.length !== 64 && pair.length !== 96) return undefined
  const half = pair.length / 2
  return encode(sequence(positive(pair.subarray(0, half)), positive(pair.subarray(half))))
}

/** Without leading zeros, but for the one that keeps it positive. */
function positive(bytes: Uint8Array): ReturnType<typeof integer> {
  const first = bytes.findIndex((octet) => octet !== 0)
  const short = first < 0 ? Uint8Array.of(0) : bytes.subarray(first)
  return integer((short[0] ?? 0) < 0x80 ? short : Uint8Array.of(0, ...short))
}
