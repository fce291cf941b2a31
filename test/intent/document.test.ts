import fc from 'fast-check'
import { INTENT_BYTES_MAX, parseIntent } from '../../src/intent/document.ts'
import { describe, equal, is, ok } from '../suite.ts'

const parse = (text: string | Uint8Array) =>
  parseIntent('mesh.yaml', typeof text === 'string' ? Buffer.from(text) : text)
const codes = (text: string | Uint8Array) => parse(text).diagnostics.map((d) => d.code)

function slices(text: string, path: readonly (string | number)[]): { key: string; value: string } {
  const document = parse(text)
  if (!document.ok) throw new Error('not parsed')
  const cut = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
  return { key: cut(document.value.keyAt(path)), value: cut(document.value.valueAt(path)) }
}

describe('document', (test) => {
  test('a file of 50 MB is refused before it is parsed', () => {
    equal(codes(Buffer.alloc(50_000_000, 0x20)), ['MESH-E102'])
    is(codes(Buffer.alloc(INTENT_BYTES_MAX + 1, 0x20))[0], 'MESH-E102')
  })

  test('keys and values are found', () => {
    const text = 'a:\n  - name: x\n    ports: [1, 2]\n'
    equal(slices(text, ['a', 0, 'name']), { key: 'name', value: 'x' })
    equal(slices(text, ['a', 0, 'ports', 1]), { key: '2', value: '2' })
  })

  test('through an alias, a value is found where it is written', () => {
    const text = 'p: &p\n  port: 70000\na: { x: *p }\n'
    equal(slices(text, ['a', 'x', 'port']), { key: 'port', value: '70000' })
  })

  test('through a merge key too', () => {
    const text = 'p: &p\n  port: 70000\na:\n  <<: *p\n  name: b\n'
    equal(slices(text, ['a', 'port']), { key: 'port', value: '70000' })
    const document = parse(text)
    equal(document.ok && document.value.value, { p: { port: 70_000 }, a: { port: 70_000, name: 'b' } })
  })

  test('many honest aliases are no attack', () => {
    const text = `p: &p [{ port: 1 }]\nitems:\n${'  - *p\n'.repeat(5000)}`
    ok(parse(text).ok)
  })

  test('whatever the bytes, there is an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const parsed = parse(bytes)
        is(parsed.ok, parsed.diagnostics.length === 0)
      }),
    )
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('a', ':', ' ', '\n', '- ', '&x', '*x', '<<', '[', ']', '{', '}', '"', '|', '---', '#', '%'),
        ),
        (parts) => {
          const parsed = parse(parts.join(''))
          is(parsed.ok, parsed.diagnostics.length === 0)
        },
      ),
      { numRuns: 1000 },
    )
  })
})
