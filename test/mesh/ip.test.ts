import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { formatIpv6, isIp, parseIpv6, placeText } from '../../src/mesh/ip.ts'
import { describe, equal, is } from '../suite.ts'

describe('IP addresses', (test) => {
  test('the form of RFC 5952', () => {
    const canonical = (text: string): string => formatIpv6(parseIpv6(text) ?? [])
    is(canonical('2001:DB8:0:0:0:0:0:7'), '2001:db8::7')
    is(canonical('2001:db8:0:1:0:0:0:7'), '2001:db8:0:1::7')
    is(canonical('2001:db8:0:0:1:0:0:1'), '2001:db8::1:0:0:1', 'the first of two equal runs')
    is(canonical('2001:db8:0:1:1:1:1:1'), '2001:db8:0:1:1:1:1:1', 'a single group is not shortened')
    is(canonical('::'), '::')
    is(canonical('::1'), '::1')
    is(canonical('1::'), '1::')
    is(canonical('::ffff:192.0.2.1'), '::ffff:c000:201')
  })

  test('what is one is what Node takes for one', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => isIp(text) && parseIpv6(formatIpv6(parseIpv6(text) ?? []))?.length === 8),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f:]{0,20}$/), (text) => (parseIpv6(text) !== undefined) === isIPv6(text)),
    )
  })

  test('other things are none', () => {
    for (const text of ['', '1:2', '::1::', 'fe80::1%eth0', '[::1]', '2001:db8::7:', '192.0.2', 'gw.example.com']) {
      is(isIp(text), false, text)
    }
  })

  test('a port stands behind brackets', () => {
    equal([placeText('192.0.2.1', 80), placeText('::1', 80)], ['192.0.2.1:80', '[::1]:80'])
  })
})
