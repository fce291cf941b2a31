/** IPv4 addresses and CIDR blocks (RFC 4632) as unsigned 32-bit numbers. */

export interface Cidr {
  /** `240.16.0.0/12` */
  readonly text: string
  /** Network address, unsigned 32 bit. */
  readonly base: number
  readonly prefix: number
}

/** Parses dotted decimal without leading zeros; anything else is undefined. */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (!match) return undefined
  let value = 0
  for (const part of match.slice(1)) {
    const octet = Number(part)
    if (octet > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    value = value * 256 + octet
  }
  return value
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')
}

/** Number of addresses in a block of that prefix length. */
export function sizeOf(prefix: number): number {
  return 2 ** (32 - prefix)
}

/** Parses `a.b.c.d/n`. Host bits must be zero: `suggestion` then carries the block that was probably meant. */
export function parseCidr(text: string): { cidr: Cidr } | { problem: string; suggestion?: string } {
  const match = /^([^/]+)\/(\d{1,2})$/.exec(text)
  const address = match?.[1] === undefined ? undefined : parseIpv4(match[1])
  const prefix = Number(match?.[2])
  if (address === undefined || prefix > 32) return { problem: 'is not an IPv4 block like 240.16.0.0/12' }
  const base = address - (address % sizeOf(prefix))
  if (base !== address) {
    return { problem: 'has bits set behind its prefix', suggestion: `${formatIpv4(base)}/${prefix}` }
  }
  return { cidr: { text, base, prefix } }
}

export function contains(block: Cidr, address: number): boolean {
  return address >= block.base && address < block.base + sizeOf(block.prefix)
}

/** CIDR blocks are nested or apart, so one contains the other's first address when they touch. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return contains(a, b.base) || contains(b, a.base)
}
