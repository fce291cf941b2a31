/** Addresses of both families, as people write them. */
import { parseIpv4 } from './cidr.ts'

/** RFC 4291 2.2: eight groups, one run of zeros as `::`, the last 32 bits also dotted. Zones are no part of it. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(parseGroups)
  if (!head) return undefined
  if (halves.length === 1) return head.length === 8 ? head : undefined
  if (!tail || head.length + tail.length > 7) return undefined
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return []
  const parts = text.split(':')
  const dotted = parseIpv4(parts.at(-1) ?? '')
  const hex = dotted === undefined ? parts : parts.slice(0, -1)
  if (!hex.every((part) => /^[0-9a-fA-F]{1,4}$/.test(part))) return undefined
  const groups = hex.map((part) => Number.parseInt(part, 16))
  return dotted === undefined ? groups : [...groups, dotted >>> 16, dotted & 0xffff]
}

/** The one form that an address has in RFC 5952: lower case, no leading zeros, the first longest run of zeros as `::`. */
export function formatIpv6(groups: readonly number[]): string {
  const texts = groups.map((group) => group.toString(16))
  let [start, length] = [0, 0]
  for (let i = 0; i < groups.length; i++) {
    let run = 0
    while (groups[i + run] === 0) run += 1
    if (run > length) [start, length] = [i, run]
  }
  if (length < 2) return texts.join(':')
  return `${texts.slice(0, start).join(':')}::${texts.slice(start + length).join(':')}`
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isIp(text: string): boolean {
  return parseIpv4(text) !== undefined || parseIpv6(text) !== undefined
}

/** An address and a port as one text, IPv6 in brackets (RFC 3986 3.2.2). */
export function placeText(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
