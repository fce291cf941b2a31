/** Base64 of secrets: into a buffer that can be wiped, since a string cannot be. */
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
const PADDING = 0x3d

/** Standard base64 with padding, on one line. */
export function base64Bytes(octets: Uint8Array): Buffer {
  const text = Buffer.alloc(Math.ceil(octets.length / 3) * 4, PADDING)
  for (let i = 0, at = 0; i < octets.length; i += 3, at += 4) {
    const [a = 0, b, c] = octets.subarray(i, i + 3)
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    text[at] = ALPHABET[group >>> 18] ?? 0
    text[at + 1] = ALPHABET[(group >>> 12) & 63] ?? 0
    if (b !== undefined) text[at + 2] = ALPHABET[(group >>> 6) & 63] ?? 0
    if (c !== undefined) text[at + 3] = ALPHABET[group & 63] ?? 0
  }
  return text
}
