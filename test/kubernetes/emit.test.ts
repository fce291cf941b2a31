import fc from 'fast-check'
import { parse } from 'yaml'
import { emitByPackage, emitYaml } from '../../src/kubernetes/emit.ts'
import { describe, equal, is, ok, throws } from '../suite.ts'

/** Strings that some reader takes for something else when they stand there plain. */
const TRAPS = [
  'yes',
  'no',
  'on',
  'OFF',
  'y',
  'n',
  'true',
  'null',
  '~',
  '',
  ' ',
  '1_000',
  '0b11',
  '0o7',
  '0o14',
  '017',
  '0x1F',
  '1e3',
  'e2',
  'E0',
  '.',
  '..',
  '.inf',
  '.nan',
  '-.INF',
  '12:30',
  '12:30:45',
  '1:1',
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '=',
  '<<',
  '*',
  '&a',
  '!x',
  '%x',
  '@x',
  '`x',
  '#x',
  'x #y',
  'x: y',
  '- x',
  '? x',
  ':',
  '-',
  '---',
  '...',
  '{',
  '[',
  '|',
  '>',
  "'",
  '"',
  '\\',
  'x\n',
  '\nx',
  'x\n\n',
  ' x',
  'x ',
  '\tx',
  'x\ty',
  'x\r\ny\r\n',
  '+1',
  '-0',
  '1.',
  '.5',
  '240.16.0.9',
  '0.0',
  'null ',
  'é',
  '日本',
  '😀',
]

/** What the schema and the Corefile reader let through: no control characters but these, no line separators of Unicode. */
const text = fc
  .string({ unit: 'grapheme', maxLength: 40 })
  .filter((s) => !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(s))

function survives(value: unknown): void {
  const yaml = emitYaml(value)
  equal(parse(yaml, { version: '1.1', merge: false }), value, `1.1: ${yaml}`)
  equal(parse(yaml, { version: '1.2' }), value, `1.2: ${yaml}`)
}

describe('emitYaml', (test) => {
  test('strings that look like something else', () => {
    for (const trap of TRAPS) survives({ key: trap, list: [trap], map: trap === '<<' ? {} : { [trap]: 'as a key' } })
  })

  test('any string, as value and in a list', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9./-]{0,20}$/), text), (record) =>
        survives({ ...record }),
      ),
    )
    fc.assert(fc.property(fc.array(text), (list) => survives({ list })))
  })

  test('a label value that reads as a number stays text', () => {
    is(emitYaml({ a: 'e2', b: '0o7', c: '1_000' }), 'a: "e2"\nb: "0o7"\nc: "1_000"\n')
  })

  test('a Corefile stays readable', () => {
    const corefile = '.:53 {\n    errors\n}\n'
    ok(emitYaml({ Corefile: corefile }).includes('Corefile: |\n  .:53 {\n      errors\n  }\n'))
    survives({ Corefile: corefile.replaceAll('\n', '\r\n') })
    survives({ Corefile: '.:53 {\n    errors  \n\t}\n' })
  })

  test('a long line is not folded, and equal parts are not aliased', () => {
    const long = 'x '.repeat(400)
    const shared = { a: 1 }
    const yaml = emitYaml({ long, one: shared, two: shared })
    ok(!/[&*]/.test(yaml))
    is(yaml.split('\n').filter((line) => line.startsWith('long')).length, 1)
    survives({ long })
  })

  test('what is written without the yaml package is what it writes, byte for byte', () => {
    const pieces = [
      'a',
      '1',
      '.',
      ':',
      ' ',
      '\n',
      '\t',
      '-',
      '#',
      '"',
      "'",
      '{',
      '=',
      'e',
      '_',
      '/',
      '\r',
      '%',
      '|',
      '~',
      '0o',
    ]
    const near = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''))
    const numeric = fc.stringMatching(/^[-+.]?[0_1]{0,2}[-+.:]?[eExXoObB]?[-+]?[0_7.]{0,2}$/)
    const words = fc.constantFrom(
      ...TRAPS,
      'e-0',
      'E+12',
      'Yes',
      'oN',
      'NULL',
      'E12',
      'svc-1',
      'a:b',
      'a:',
      'spiffe://a/ns/b',
      '10.0.0.1.2',
    )
    const string = fc.oneof(near, words, text, fc.stringMatching(/^[A-Za-z_][\w./@=+:-]*$/), numeric)
    const scalar = fc.oneof(string, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined, -0, 1e21))
    const { data } = fc.letrec((tie) => ({
      data: fc.oneof({ maxDepth: 5, withCrossShrink: true }, scalar, tie('list'), tie('map')),
      list: fc.array(tie('data'), { maxLength: 4 }),
      map: fc.dictionary(string, tie('data'), { maxKeys: 4, noNullPrototype: true }),
    }))
    fc.assert(
      fc.property(data, (value) => is(emitYaml(value), emitByPackage(value))),
      { numRuns: 3000 },
    )
  })

  test('what is no plain data is a mistake of the caller', () => {
    throws(() => emitYaml({ at: new Date(0) }), /plain data/)
    throws(() => emitYaml([new Map()]), /plain data/)
  })
})
