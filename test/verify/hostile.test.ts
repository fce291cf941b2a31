import * as fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { describe, equal, is, ok } from '../suite.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW } from '../trust/authority.ts'
import { codesOf, put } from './mutation.ts'
import { makeSample } from './sample.ts'

const sample = await makeSample()
const yamlPaths = [...sample.files.keys()].filter((path) => path.endsWith('.yaml'))
const isBroken = (text: string): boolean => {
  const documents = parseAllDocuments(text, { version: '1.1', prettyErrors: false })
  return documents.some(({ errors }) => errors.length > 0)
}

const NASTY =
  `---|...|--- {}|{|[|]|? a|- |&a|*a|!!binary x|!x y|\t|"|'|>|#|%YAML 1.1|<<: *a|spec: 1|spec: []|metadata:|kind: [Secret]
kind: List|items: [{}]|  hosts: {a: b}|    labels: null|__proto__: {}|  ports: [null, 1]|\u2028---|2001-01-01: 0|0x1: ~`.split(
    /[|\n]/,
  )

type Edit = { readonly at: number; readonly kind: 'delete' | 'duplicate' | 'replace' | 'nasty'; readonly other: number }
const edits: fc.Arbitrary<Edit[]> = fc.array(
  fc.record({ at: fc.nat(), kind: fc.constantFrom('delete', 'duplicate', 'replace', 'nasty'), other: fc.nat() }),
  { minLength: 1, maxLength: 5 },
)

function corrupted(text: string, changes: readonly Edit[]): string {
  const lines = text.split('\n')
  for (const { at, kind, other } of changes) {
    const line = at % lines.length
    const another = lines[other % lines.length] ?? ''
    if (kind === 'delete') lines.splice(line, 1)
    else if (kind === 'duplicate') lines.splice(line, 0, lines[line] ?? '')
    else lines.splice(line, 1, kind === 'replace' ? another : (NASTY[other % NASTY.length] ?? ''))
    if (lines.length === 0) lines.push('')
  }
  return lines.join('\n')
}

describe('verify hostile', (test) => {
  test('property: a corrupted file is judged, never an exception, and broken YAML is told', () => {
    let [broken, refused] = [0, 0]
    fc.assert(
      fc.property(fc.constantFrom(...yamlPaths), edits, (path, changes) => {
        const text = corrupted(sample.files.get(path) ?? '', changes)
        const { diagnostics } = verifyOutput(new Map(sample.files).set(path, text), { now: NOW, lock: sample.lock })
        const codes: string[] = diagnostics.map((d) => d.code)
        for (const { span } of diagnostics) {
          const length = span?.file === path ? text.length : Infinity
          ok(
            span === undefined || (span.start <= span.end && span.end <= length),
            `${span?.file} ${span?.start} ${span?.end}`,
          )
        }
        if (isBroken(text)) {
          broken += 1
          is(codes.includes('MESH-E701'), true, text)
        }
        if (codes.length > 0) refused += 1
      }),
      { numRuns: 80 },
    )
    // Most corruptions matter; were they not seen, the property would hold for nothing.
    ok(broken > 5 && refused > 30, `${broken} broken, ${refused} refused`)
  })

  test('property: any text is judged, in any file', () => {
    fc.assert(
      fc.property(fc.constantFrom(...sample.files.keys()), fc.string({ unit: 'binary' }), (path, text) => {
        verifyOutput(new Map(sample.files).set(path, text), { now: NOW })
      }),
      { numRuns: 25 },
    )
  })

  test('nesting without end', () => {
    const path = 'clusters/cluster-3/services/bar.yaml'
    const codes = codesOf(put(path, '['.repeat(100_000))(sample.files))
    is(codes.includes('MESH-E701'), true)
  })

  test('aliases without end', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}*a${i}]`)
    const bomb = ['a0: &a0 [x]', ...levels, ''].join('\n')
    is(codesOf(put('clusters/cluster-3/services/bar.yaml', bomb)(sample.files)).includes('MESH-E701'), true)
    const loop = 'apiVersion: v1\nkind: &a {b: *a}\n'
    is(
      codesOf(put('clusters/cluster-3/services/bar.yaml', loop)(sample.files)).some((c) => /E70[12]/.test(c)),
      true,
    )
  })

  test('findings do not depend on the order of the files', () => {
    const broken = put('clusters/cluster-3/services/bar.yaml', 'a: [')(sample.files)
    const reversed = new Map([...broken].reverse())
    equal(verifyOutput(reversed, { now: NOW }), verifyOutput(broken, { now: NOW }))
  })
})
