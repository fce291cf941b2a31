/** PEM (RFC 7468): strict to read, and one form to write: lines of 64 characters, LF, a final line end. */

export interface PemBlock {
  readonly label: string
  readonly der: Buffer
  /** UTF-16 offsets of the block, from its first hyphen to behind its last one. */
  readonly start: number
  readonly end: number
}

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
/** 48 octets are 64 characters. */
const OCTETS_PER_LINE = 48

/** Writes PEM without a string on the way, since a string that holds a key cannot be wiped. */
export function pemBytes(label: string, der: Uint8Array): Buffer {
  const begin = Buffer.from(`-----BEGIN ${label}-----\n`)
  const end = Buffer.from(`-----END ${label}-----\n`)
  const body = Math.ceil(der.length / 3) * 4 + Math.ceil(der.length / OCTETS_PER_LINE)
  const pem = Buffer.alloc(begin.length + body + end.length)
  let at = begin.copy(pem)
  for (let i = 0; i < der.length; i += 3) {
    const [a = 0, b, c] = der.subarray(i, i + 3)
    const group = (a << 16) | ((b ?? 0) << 8) | (c ?? 0)
    pem[at++] = ALPHABET[group >>> 18] ?? 0
    pem[at++] = ALPHABET[(group >>> 12) & 63] ?? 0
    pem[at++] = b === undefined ? 0x3d : (ALPHABET[(group >>> 6) & 63] ?? 0)
    pem[at++] = c === undefined ? 0x3d : (ALPHABET[group & 63] ?? 0)
    if ((i + 3) % OCTETS_PER_LINE === 0 || i + 3 >= der.length) pem[at++] = 0x0a
  }
  end.copy(pem, at)
  return pem
}

/** PEM of something public. */
export function pemText(label: string, der: Uint8Array): string {
  return pemBytes(label, der).toString('latin1')
}

/**
 * Reads every block of a text. Lines around the blocks are commentary, as RFC 7468 has it, but a boundary that does not
 * stand alone on its line is a damage: Go, and so istiod, drops such a block without a word.
 *
 * @returns undefined for damaged PEM; no blocks for text without any
 */
export function parsePem(text: string): readonly PemBlock[] | undefined {
  const blocks: PemBlock[] = []
  let open: { label: string; start: number; body: string[] } | undefined
  let offset = 0
  for (const raw of text.split('\n')) {
    const start = offset
    offset += raw.length + 1
    const line = raw.replace(/\r$/, '').replace(/^\uFEFF/, '')
    const [, boundary, label] = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/.exec(line) ?? []
    if (boundary === undefined || label === undefined) {
      if (line.includes('-----')) return undefined
      open?.body.push(line)
    } else if (boundary === 'BEGIN') {
      if (open) return undefined
      open = { label, start, body: [] }
    } else {
      const der = open?.label === label ? decodeBase64(open.body.join('')) : undefined
      if (!open || !der) return undefined
      blocks.push({ label, der, start: open.start, end: start + raw.replace(/\r$/, '').length })
      open = undefined
    }
  }
  return open ? undefined : blocks
}

/** Standard base64 with padding and nothing else; Buffer.from alone skips what it does not know. */
export function decodeBase64(text: string): Buffer | undefined {
  if (text === '' || text.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}
