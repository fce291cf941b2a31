import { parseIntent } from '../../src/intent/document.ts'
import { validateIntent } from '../../src/intent/validate.ts'
import { describe, equal, ok } from '../suite.ts'

type Row = readonly [schema: object, text: string, says: RegExp]

/** Each keyword of JSON Schema that can refuse a value which is of the right type. */
const ROWS: readonly Row[] = [
  [{ type: 'array', minItems: 1 }, '[]', /^is empty; at least one /],
  [{ type: 'array', minItems: 3 }, '[1]', /^has 1; at least 3 /],
  [{ type: 'array', maxItems: 1 }, '[1, 2]', /^has 2 items; at most 1 /],
  [{ type: 'array', uniqueItems: true }, '[flux, a, flux]', /^has "flux" twice/],
  [
    { type: 'object', minProperties: 1, properties: { left: {}, right: {} } },
    '{}',
    /is empty; at least one .*left, right/,
  ],
  [{ type: 'object', minProperties: 1 }, '{}', /^is empty; at least one is needed$/],
  [{ type: 'string', minLength: 1 }, "''", /^is an empty text/],
  [{ type: 'string', minLength: 3 }, 'é', /^has 1 characters; at least 3/],
  [{ type: 'string', maxLength: 3 }, 'abcd', /^has 4 characters; at most 3/],
  [{ type: 'string', pattern: '^[a-z]+$' }, "'A'", /"A", .*\^\[a-z\]\+\$/],
  [{ type: 'number', minimum: 1 }, '0', /^is 0; at least 1 /],
  [{ type: 'number', maximum: 9 }, '10', /^is 10; at most 9 /],
]

describe('refusal', (test) => {
  test('every refusal is said in words of its own, at its place', () => {
    for (const [i, [schema, text, says]] of ROWS.entries()) {
      const parsed = parseIntent('mesh.yaml', Buffer.from(`a: ${text}\n`))
      if (!parsed.ok) throw new Error(text)
      const mesh = { $id: `https://example.com/refusal-${i}`, type: 'object', properties: { a: schema } }
      const { diagnostics } = validateIntent(parsed.value, { mesh, included: mesh })
      equal(
        diagnostics.map(({ code, span }) => [code, span?.start]),
        [['MESH-E114', 3]],
        text,
      )
      const detail = String(diagnostics[0]?.args['detail'])
      ok(says.test(detail) && !/\bmust\b|\bNOT\b/.test(detail), detail)
    }
  })
})
