import * as fc from 'fast-check'
import { describe, equal, is } from '../suite.ts'
import { decodeBase64, parsePem, pemBytes, pemText } from '../../src/trust/pem.ts'
import { newKey } from './authority.ts'

describe('pem', (test) => {
  test('is written as OpenSSL writes it', () => {
    for (const kind of ['P-256', 'P-384', 'rsa'] as const) {
      const key = newKey(kind)
      const der = key.export({ type: 'pkcs8', format: 'der' })
      is(pemText('PRIVATE KEY', der), key.export({ type: 'pkcs8', format: 'pem' }))
    }
  })

  test('property: what is written is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (der) => {
        const text = pemBytes('THING', der).toString()
        is(text.endsWith('-----END THING-----\n'), true)
        is(
          text.split('\n').every((line) => line.length <= 64),
          true,
        )
        const blocks = parsePem(`comment\n${text}${text}`)
        is(blocks?.length, 2)
        equal(blocks?.[1]?.der, Buffer.from(der))
        is(`comment\n${text}`.slice(blocks?.[0]?.start, blocks?.[0]?.end), text.trimEnd())
      }),
    )
  })

  test('other line ends, a byte order mark and commentary do no harm', () => {
    const text = pemText('THING', Buffer.alloc(100, 7))
    is(parsePem(text.replaceAll('\n', '\r\n'))?.length, 1)
    is(parsePem(`\uFEFF${text}`)?.length, 1)
    is(parsePem(text.trimEnd())?.length, 1)
    is(parsePem(`Subject: x\n\n${text}more\n`)?.length, 1)
    equal(parsePem('nothing\nhere'), [])
    equal(parsePem(''), [])
  })

  test('damage is not passed over', () => {
    const text = pemText('THING', Buffer.alloc(100, 7))
    const damaged = {
      'no line end between blocks': text.trimEnd() + text,
      'no end': text.slice(0, -20),
      'no beginning': text.slice(20),
      'an end of something else': text.replace('END THING', 'END OTHER'),
      'a boundary inside': text.replace('\n', '\n-----BEGIN THING-----\n'),
      'four hyphens': text.replace('-----BEGIN', '----BEGIN'),
      'a foreign character': text.replace('BwcH', 'Bw!H'),
      'a lost character': text.replace('BwcH', 'Bwc'),
      'padding within': text.replace('BwcH', 'Bwc='),
      headers: text.replace('\n', '\nProc-Type: 4,ENCRYPTED\n\n'),
      'an indented block': text + text.replaceAll('-----BEGIN', ' -----BEGIN').replaceAll('-----END', ' -----END'),
      empty: '-----BEGIN THING-----\n-----END THING-----\n',
    }
    for (const [name, pem] of Object.entries(damaged)) is(parsePem(pem), undefined, name)
  })

  test('base64 has one form', () => {
    equal(decodeBase64('AAEC'), Buffer.from([0, 1, 2]))
    for (const bad of ['', 'A', 'AAE', 'AAE-', 'AA==\n', ' AAEC', 'AB==', 'A===', 'AAEC='])
      is(decodeBase64(bad), undefined, bad)
  })
})
