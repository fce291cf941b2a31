import { describe, equal, is } from '../suite.ts'
import { contains, formatIpv4, overlaps, parseCidr, parseIpv4 } from '../../src/mesh/cidr.ts'

const block = (text: string) => {
  const parsed = parseCidr(text)
  if ('problem' in parsed) throw new Error(`${text} ${parsed.problem}`)
  return parsed.cidr
}

describe('cidr', (test) => {
  test('an address is dotted decimal, nothing else', () => {
    is(parseIpv4('240.16.0.9'), 0xf0100009)
    is(parseIpv4('255.255.255.255'), 0xffffffff)
    for (const bad of [
      '',
      '1.2.3',
      '1.2.3.4.5',
      '256.0.0.1',
      '01.2.3.4',
      ' 1.2.3.4',
      '1.2.3.4\n',
      '0x1.2.3.4',
      '::1',
    ]) {
      is(parseIpv4(bad), undefined, JSON.stringify(bad))
    }
  })

  test('format is the inverse of parse', () => {
    for (const text of ['0.0.0.0', '10.0.0.1', '240.31.255.254', '255.255.255.255']) {
      is(formatIpv4(parseIpv4(text) ?? -1), text)
    }
  })

  test('a block with bits behind its prefix names the one that was meant', () => {
    equal(parseCidr('240.16.3.0/12'), { problem: 'has bits set behind its prefix', suggestion: '240.16.0.0/12' })
    for (const bad of ['240.16.0.0', '240.16.0.0/33', '240.16.0.0/', 'x/8', '1.2.3.4/-1', '1.2.3.0/024']) {
      is('problem' in parseCidr(bad), true, bad)
    }
  })

  test('contains and overlaps at the edges', () => {
    const pool = block('240.16.0.0/12')
    is(contains(pool, parseIpv4('240.16.0.0') ?? 0), true)
    is(contains(pool, parseIpv4('240.31.255.255') ?? 0), true)
    is(contains(pool, parseIpv4('240.32.0.0') ?? 0), false)
    is(contains(pool, parseIpv4('240.15.255.255') ?? 0), false)
    is(overlaps(pool, block('240.0.0.0/4')), true)
    is(overlaps(block('240.0.0.0/4'), pool), true)
    is(overlaps(pool, block('240.240.0.0/16')), false)
    is(overlaps(block('0.0.0.0/0'), pool), true)
  })
})
