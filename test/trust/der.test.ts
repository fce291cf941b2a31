import * as fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { describe, equal, is, throws } from '../suite.ts'
import {
  bitString,
  boolean,
  encode,
  encoded,
  explicit,
  integer,
  objectIdentifier,
  sequence,
  time,
  utf8String,
} from '../../src/trust/der.ts'
import {
  children,
  DerError,
  readBitString,
  readElement,
  readInteger,
  readObjectIdentifier,
  readTime,
} from '../../src/trust/der-reader.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')
const isDerError = (error: unknown): boolean => error instanceof DerError

describe('der', (test) => {
  test('encodes as X.690 has it', () => {
    is(encode(integer(0)).toString('hex'), '020100')
    is(encode(integer(128)).toString('hex'), '02020080')
    is(encode(boolean(true)).toString('hex'), '0101ff')
    is(encode(bitString(Uint8Array.of(0x06), 1)).toString('hex'), '03020106')
    is(encode(objectIdentifier('1.2.840.10045.4.3.2')).toString('hex'), '06082a8648ce3d040302')
    is(encode(utf8String('é')).toString('hex'), '0c02c3a9')
    is(encode(explicit(3, sequence())).toString('hex'), 'a3023000')
    is(
      encode(sequence(utf8String('x'.repeat(200))))
        .subarray(0, 6)
        .toString('hex'),
      '3081cb0c81c8',
    )
  })

  test('times change their form at 2050 and are read back', () => {
    const forms = [
      ['1950-01-01T00:00:00.000Z', '170d3530303130313030303030305a'],
      ['2049-12-31T23:59:59.000Z', '170d3439313233313233353935395a'],
      ['2050-01-01T00:00:00.000Z', '180f32303530303130313030303030305a'],
      ['9999-12-31T23:59:59.000Z', '180f39393939313233313233353935395a'],
    ] as const
    for (const [iso, der] of forms) {
      is(encode(time(new Date(iso))).toString('hex'), der)
      is(readTime(readElement(hex(der))).toISOString(), iso)
    }
  })

  test('only whole, real times in UTC are read', () => {
    for (const text of ['300230120000Z', '261125120000', '2611251200Z', '261125120000+0000', '261125240000Z', '']) {
      const bytes = Buffer.concat([Uint8Array.of(0x17, text.length), Buffer.from(text)])
      throws(() => readTime(readElement(bytes)), isDerError, text)
    }
    // A two-digit year in the form for four digits, and the other way round.
    throws(() => readTime(readElement(Buffer.concat([hex('180d'), Buffer.from('261125120000Z')]))), isDerError)
    throws(() => readTime(readElement(Buffer.concat([hex('170f'), Buffer.from('20261125120000Z')]))), isDerError)
  })

  test('what is not DER is refused', () => {
    const bad = {
      empty: '',
      'no length': '30',
      'cut short': '3003 0101',
      'data behind': '3000 00',
      'indefinite length': '3080 0000',
      'length not minimal': '308101 05',
      'length with a zero octet': '30820001 05',
      'length of five octets': '308500000000 01 05',
      'length beyond the end': '3084ffffffff 00',
      'high tag number': '1f8101 00',
    }
    for (const [name, text] of Object.entries(bad)) throws(() => readElement(hex(text)), isDerError, name)
    throws(() => children(readElement(hex('020100'))), isDerError)
    throws(() => readInteger(readElement(hex('0200'))), isDerError)
    throws(() => readInteger(readElement(hex('02020001'))), isDerError)
    throws(() => readInteger(readElement(hex('0202ff80'))), isDerError)
    throws(() => readObjectIdentifier(readElement(hex('0600'))), isDerError)
    throws(() => readObjectIdentifier(readElement(hex('06022a80'))), isDerError)
    throws(() => readObjectIdentifier(readElement(hex('0603 2a8001'))), isDerError)
    throws(() => readBitString(readElement(hex('0300'))), isDerError)
    throws(() => readBitString(readElement(hex('030108'))), isDerError)
  })

  test('numbers and identifiers are read as they are written', () => {
    is(readInteger(readElement(hex('0201ff'))), -1n)
    is(readInteger(readElement(hex('02090100000000 00000000'))), 2n ** 64n)
    for (const oid of ['2.5.29.19', '1.2.840.113549.1.1.11', '0.9.2342.19200300.100.1.25', '2.999.3']) {
      is(readObjectIdentifier(readElement(encode(objectIdentifier(oid)))), oid)
    }
  })

  test('property: an encoded element goes into another byte for byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (octets) => {
        const inner = encode(sequence(bitString(octets), integer(5)))
        const outer = readElement(encode(sequence(encoded(inner), boolean(true))))
        const [first] = children(outer)
        equal(first?.der, inner)
        equal(readBitString(children(readElement(inner))[0]).bytes, Buffer.from(octets))
      }),
      { numRuns: 25 },
    )
  })

  test('the encoder is loaded by the first thing that is encoded, not by an import', () => {
    const modules = ['../../src/trust/issue.js', '../../src/shell/fulfil-trust.js', '../../src/shell/key-store.js']
    const imports = modules.map((path) => `await import(${JSON.stringify(new URL(path, import.meta.url).href)});`)
    const der = JSON.stringify(new URL('../../src/trust/der.js', import.meta.url).href)
    const script = `import { createRequire } from 'node:module'
      const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((p) => p.includes('node-forge')).length
      ${imports.join('\n')}
      const before = loaded()
      const { encode, integer } = await import(${der})
      encode(integer(1))
      console.log(before, loaded() > 0)`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
    is(output, '0 true\n')
  })
})
