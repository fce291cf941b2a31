/** IP addresses and blocks of both families as the bits that reverse zones and host lines are made of. */
import { parseIpv4 } from '../mesh/cidr.ts'
import { parseIpv6 } from '../mesh/ip.ts'

/** The address in its reverse zone's digits: four octets (RFC 1035 3.5) or 32 nibbles (RFC 3596 2.5). */
export interface Address {
  readonly family: 4 | 6
  readonly digits: readonly number[]
}

export function parseAddress(text: string): Address | undefined {
  const v4 = parseIpv4(text)
  if (v4 !== undefined) return { family: 4, digits: [24, 16, 8, 0].map((shift) => (v4 >>> shift) & 255) }
  const groups = parseIpv6(text)
  return (
    groups && { family: 6, digits: groups.flatMap((group) => [12, 8, 4, 0].map((shift) => (group >>> shift) & 15)) }
  )
}

/**
 * The reverse zones that cover `address/prefix`, or undefined when it is none. A block that does not end at a digit is
 * several zones: `10.0.0.0/15` is `0.10.in-addr.arpa.` and `1.10.in-addr.arpa.` (coredns, plugin/pkg/cidr).
 */
export function reverseZones(block: string): string[] | undefined {
  const [text = '', length = '', ...rest] = block.split('/')
  const address = parseAddress(text)
  if (!address || rest.length > 0 || !/^(0|[1-9]\d*)$/.test(length)) return undefined
  const bitsPerDigit = address.family === 4 ? 8 : 4
  const prefix = Number(length)
  if (prefix > address.digits.length * bitsPerDigit) return undefined
  const whole = address.digits.slice(0, Math.floor(prefix / bitsPerDigit))
  const bits = prefix % bitsPerDigit
  return lastDigits(address.digits[whole.length] ?? 0, bits, bitsPerDigit).map((last) =>
    zoneOf([...whole, ...last], address),
  )
}

/** All values of a digit of which only the first bits are given; none when no bit of it is. */
function lastDigits(digit: number, bits: number, bitsPerDigit: number): number[][] {
  if (bits === 0) return [[]]
  const count = 2 ** (bitsPerDigit - bits)
  const first = digit - (digit % count)
  return Array.from({ length: count }, (_, index) => [first + index])
}

function zoneOf(digits: readonly number[], { family }: Address): string {
  const radix = family === 4 ? 10 : 16
  const labels = digits.map((digit) => digit.toString(radix)).reverse()
  return [...labels, family === 4 ? 'in-addr' : 'ip6', 'arpa', ''].join('.')
}
