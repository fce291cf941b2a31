import fc from 'fast-check'
import { INTENT_BYTES_MAX, parseDocuments, parseIntent } from '../../src/intent/document.ts'
import { describe, equal, is, ok } from '../suite.ts'

const parse = (text: string | Uint8Array) =>
  parseIntent('mesh.yaml', typeof text === 'string' ? Buffer.from(text) : text)
const codes = (text: string | Uint8Array) => parse(text).diagnostics.map((d) => d.code)

function slices(text: string, path: readonly (string | number)[]): Record<string, string> {
  const document = parse(text)
  if (!document.ok) throw new Error('not parsed')
  const cut = ({ start, end }: { start: number; end: number }): string => text.slice(start, end)
  const [key, value] = [document.value.keyAt(path), document.value.valueAt(path)]
  return {
    key: cut(key),
    value: cut(value),
    ...(key.anchor && { keyAnchor: cut(key.anchor) }),
    ...(value.anchor && { valueAnchor: cut(value.anchor) }),
  }
}

describe('document', (test) => {
  test('a file of 50 MB is refused before it is parsed', () => {
    equal(codes(Buffer.alloc(50_000_000, 0x20)), ['MESH-E102'])
    is(codes(Buffer.alloc(INTENT_BYTES_MAX + 1, 0x20))[0], 'MESH-E102')
  })

  test('a merge that is not resolved is told once, and only where both markers begin a line', () => {
    const sides = ['a: 1', '<<<<<<< HEAD', 'b: 1', '=======', 'b: {', '>>>>>>> theirs', '<<<<<<< x', '>>>>>>> y', '']
    for (const ending of ['\n', '\r\n']) {
      const { diagnostics } = parse(sides.join(ending))
      equal(
        diagnostics.map(({ code, span }) => [code, span?.start, span?.end]),
        [['MESH-E107', 4 + ending.length, 16 + ending.length]],
      )
    }
    equal(codes('text: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> theirs\n'), [])
    ok(!codes('<<<<<<< HEAD\nb: {\n').includes('MESH-E107'))
    ok(!codes('>>>>>>> theirs\n<<<<<<< HEAD\nb: {\n').includes('MESH-E107'))
  })

  test('keys and values are found', () => {
    const text = 'a:\n  - name: x\n    ports: [1, 2]\n'
    equal(slices(text, ['a', 0, 'name']), { key: 'name', value: 'x' })
    equal(slices(text, ['a', 0, 'ports', 1]), { key: '2', value: '2' })
  })

  test('through an alias, a value is where the alias is, and its anchor is told', () => {
    const text = 'p: &p\n  port: 70000\na: { x: *p }\n'
    equal(slices(text, ['a', 'x', 'port']), { key: '*p', value: '*p', keyAnchor: 'port', valueAnchor: '70000' })
    equal(slices(text, ['a', 'x']), { key: 'x', value: '*p', valueAnchor: 'port: 70000\n' })
    equal(slices(text, ['p', 'port']), { key: 'port', value: '70000' })
  })

  test('through several, it is where the first one is', () => {
    const text = 'n: &n 70000\np: &p\n  port: *n\na: { x: *p }\n'
    equal(slices(text, ['a', 'x', 'port']), { key: '*p', value: '*p', keyAnchor: 'port', valueAnchor: '70000' })
  })

  test('through a merge key too', () => {
    const text = 'p: &p\n  port: 70000\na:\n  <<: *p\n  name: b\n'
    equal(slices(text, ['a', 'port']), { key: '*p', value: '*p', keyAnchor: 'port', valueAnchor: '70000' })
    equal(slices(text, ['a', 'name']), { key: 'name', value: 'b' })
    const document = parse(text)
    equal(document.ok && document.value.value, { p: { port: 70_000 }, a: { port: 70_000, name: 'b' } })
  })

  test('documents of one file have places in the whole file, and empty ones are passed over', () => {
    const text = '---\na: 1\n---\n# nothing\n---\nb: &b 2\nc: *b\n...\n---\n'
    const parsed = parseDocuments('x.yaml', Buffer.from(text))
    if (!parsed.ok) throw new Error('not parsed')
    equal(
      parsed.value.map(({ value }) => value),
      [{ a: 1 }, { b: 2, c: 2 }],
    )
    const span = parsed.value[1]?.valueAt(['c'])
    equal(span, {
      file: 'x.yaml',
      start: text.indexOf('*b'),
      end: text.indexOf('*b') + 2,
      anchor: { start: text.indexOf('2\n'), end: text.indexOf('2\n') + 1 },
    })
    equal(codes('a: 1\n---\nb: 1\n'), ['MESH-E105'])
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
