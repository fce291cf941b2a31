import { describe, equal, is } from '../suite.ts'
import { hasVariable, normalizeZone, readKey } from '../../src/dns/zone.ts'
import { isWithin } from '../../src/mesh/names.ts'

/** `transport zone port`, one per zone that a key stands for. */
const served = (key: string) => {
  const reading = readKey(key)
  return reading.kind === 'served' ? reading.served.map((s) => `${s.transport} ${s.zone} ${s.port}`) : reading.kind
}

describe('zones of keys', (test) => {
  test('transport, zone and port', () => {
    equal(served('.'), ['dns . 53'])
    equal(served('.:053'), ['dns . 53'])
    equal(served('Global:8053'), ['dns global. 8053'])
    equal(served('global.'), ['dns global. 53'])
    equal(served('dns://global'), ['dns global. 53'])
    equal(served('tls://.'), ['tls . 853'])
    equal(served('quic://.'), ['quic . 853'])
    equal(served('grpc://.'), ['grpc . 443'])
    equal(served('https://.:8443'), ['https . 8443'])
    equal(served('https3://.'), ['https3 . 443'])
    equal(served('unix:///run/dns'), ['unix /run/dns. '])
    equal(served('a:b'), ['dns a:b. 53'])
  })

  test('blocks of addresses are reverse zones, several off the octet', () => {
    equal(served('10.0.0.0/24'), ['dns 0.0.10.in-addr.arpa. 53'])
    equal(served('10.0.0.0/15:5353'), ['dns 0.10.in-addr.arpa. 5353', 'dns 1.10.in-addr.arpa. 5353'])
    equal(served('10.129.61.7/23'), ['dns 60.129.10.in-addr.arpa. 53', 'dns 61.129.10.in-addr.arpa. 53'])
    equal(served('192.0.2.1/32'), ['dns 1.2.0.192.in-addr.arpa. 53'])
    equal(served('0.0.0.0/0'), ['dns in-addr.arpa. 53'])
    equal(served('2001:db8::/31'), ['dns 8.b.d.0.1.0.0.2.ip6.arpa. 53', 'dns 9.b.d.0.1.0.0.2.ip6.arpa. 53'])
    equal(served('fd00:10:96::/48:53'), ['dns 6.9.0.0.0.1.0.0.0.0.d.f.ip6.arpa. 53'])
    equal(served('10.0.0.0/33'), ['dns 10.0.0.0/33. 53'], 'no block, so a name')
    equal(served('::/0'), 'invalid')
  })

  test('what CoreDNS refuses', () => {
    for (const bad of ['', ':', 'a:', ':53', '.a', 'a..b', `${'a'.repeat(64)}.b`, 'a.'.repeat(130), '.:0', '.:65536']) {
      is(served(bad), 'invalid', bad)
    }
    equal(served(`${'a'.repeat(63)}.b`), [`dns ${'a'.repeat(63)}.b. 53`])
  })

  test('the environment of CoreDNS', () => {
    equal(served('.:{$PORT}'), ['dns . undefined'])
    equal(served('tls://example.org:{%PORT%}'), ['tls example.org. undefined'])
    for (const key of ['{$ZONE}', '{$ZONE}:53', 'a.{%Z%}:53', '{$A}:{$B}', '{$SCHEME}://.:53'])
      is(served(key), 'environment', key)
    for (const literal of ['{$X', '{$}', '{%%}', '{{x}}']) is(hasVariable(literal), false, literal)
  })

  test('names and zones', () => {
    is(normalizeZone('Mesh.Internal'), 'mesh.internal.')
    is(isWithin('a.global.', 'global.'), true)
    is(isWithin('global.', 'global.'), true)
    is(isWithin('notglobal.', 'global.'), false)
    is(isWithin('a.', '.'), true)
  })
})
