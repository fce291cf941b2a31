import * as fc from 'fast-check'
import { recordsOf } from '../../src/dns/records.ts'
import { describe, equal, is } from '../suite.ts'

const records = (source: string, zone = 'global') => {
  const found = recordsOf(source, zone)
  return found && [...found].map(([host, address]) => `${host}=${address}`)
}

describe('records of a Corefile', (test) => {
  test('lines of the hosts plugin', () => {
    equal(
      records(
        'global:8053 {\n hosts {\n  240.0.0.1 a.b.global\n  240.0.0.2 C.b.global. d.b.global\n  ttl 30\n  no_reverse\n  fallthrough\n }\n}\n',
      ),
      ['a.b.global=240.0.0.1', 'c.b.global=240.0.0.2', 'd.b.global=240.0.0.2'],
    )
    equal(records('global {\n hosts {\n  fd00::1%eth0 a.global\n  ::ffff:1.2.3.4 b.global\n }\n}\n'), [
      'a.global=fd00::1%eth0',
      'b.global=::ffff:1.2.3.4',
    ])
    equal(records('(r) {\n 240.0.0.1 a.global\n}\nglobal {\n hosts {\n import r\n }\n}\n'), ['a.global=240.0.0.1'])
    equal(records('global {\n hosts { 240.0.0.1 a.global\n }\n}\n'), ['a.global=240.0.0.1'])
    equal(records('global {\n hosts {\n "240.0.0.1 a.global # b.global"\n }\n}\n'), ['a.global=240.0.0.1'])
  })

  test('what CoreDNS ignores in silence is no record', () => {
    const lines = [
      '240.0.0.256 a.global',
      '240.0.0 b.global',
      '1:2 c.global',
      'd.global 240.0.0.1',
      '240.0.0.1 e.example',
      '240.0.0.1',
    ]
    equal(records(`global {\n hosts {\n${lines.join('\n')}\n }\n}\n`), [])
    equal(records('global {\n errors\n}\n'), [])
    equal(records('global {\n hosts\n}\n'), [])
  })

  test("the plugin's own zones go before those of the block", () => {
    const block = (head: string) => `global example {\n ${head} {\n 240.0.0.1 a.global b.example c.sub.global\n }\n}\n`
    equal(records(block('hosts')), ['a.global=240.0.0.1', 'b.example=240.0.0.1', 'c.sub.global=240.0.0.1'])
    equal(records(block('hosts /etc/hosts')), ['a.global=240.0.0.1', 'b.example=240.0.0.1', 'c.sub.global=240.0.0.1'])
    equal(records(block('hosts /etc/hosts sub.global')), ['c.sub.global=240.0.0.1'])
  })

  test('two addresses of a host never look like one', () => {
    equal(records('global {\n hosts {\n 240.0.0.1 a.global\n 240.0.0.2 a.global\n }\n}\n'), [
      'a.global=240.0.0.1 240.0.0.2',
    ])
  })

  test('no block, several blocks, or no Corefile', () => {
    for (const source of [
      '',
      '. {\n hosts {\n 240.0.0.1 a.global\n }\n}\n',
      'tls://global {\n}\n',
      'global:53 {\n}\nglobal:54 {\n}\n',
      'global {\n',
      'global {\n}\nx { y }\n',
    ]) {
      is(records(source), undefined, source)
    }
    equal(records('Mesh.Internal.:53 {\n hosts {\n 240.0.0.1 a.mesh.internal\n }\n}\n', 'mesh.internal'), [
      'a.mesh.internal=240.0.0.1',
    ])
  })

  test('property: never an exception', () => {
    const line = fc.constantFrom(
      'global {',
      'hosts {',
      '}',
      '240.0.0.1 a.global',
      '"',
      'hosts x y z',
      '240.0.0.1',
      '#',
      'import',
    )
    fc.assert(
      fc.property(
        fc.array(line).map((lines) => lines.join('\n')),
        (source) => void recordsOf(source, 'global'),
      ),
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.string(), (source, zone) => void recordsOf(source, zone)))
  })
})
