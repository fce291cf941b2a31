/** What is generated for readers is what the code says, and says something about everything. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CODE_ROOMS, codePage, codesInOrder, numberOf } from '../../src/reference/codes.ts'
import { ENVIRONMENT } from '../../src/reference/environment.ts'
import { EXAMPLES } from '../../src/reference/examples.gen.ts'
import { fieldsOf } from '../../src/reference/fields.ts'
import { PROJECT } from '../fixture.ts'
import { describe, equal, ok } from '../suite.ts'
import { documents } from './documents.ts'

const textOf = (path: string): string => readFileSync(join(PROJECT, path), 'utf8')

describe('documents', (test) => {
  test('the committed ones are up to date: npm run docs', async () => {
    const made = await documents()
    const stale = [...made].filter(([path, text]) => textOf(path) !== text).map(([path]) => path)
    equal(stale, [])
    const pages = [...made.keys()].filter((path) => path.startsWith('docs/reference/'))
    equal(
      readdirSync(join(PROJECT, 'docs', 'reference')).map((file) => `docs/reference/${file}`),
      pages,
      'and no others are left over',
    )
  })

  test('every code has a page, in a room, with the names of its arguments in place of values', () => {
    const numbers = codesInOrder().map(numberOf)
    equal(numbers.length, new Set(numbers).size, 'no number is an error and a warning')
    for (const code of codesInOrder()) {
      const { message, help, explanation, example } = codePage(code, EXAMPLES)
      ok(
        CODE_ROOMS.some(({ digit }) => Math.floor(numberOf(code) / 100) === digit),
        code,
      )
      const said = [message, help, explanation, example].join('\n')
      ok(
        message.length > 0 && !/undefined|\[object|NaN|function/.test(said.replaceAll('\nundefined', '')),
        `${code}: ${said}`,
      )
      ok(explanation === undefined || /^[A-Za-z][^\n]*\.$/.test(explanation), `${code} is explained in whole sentences`)
      ok(example === undefined || example.includes(code), code)
    }
  })

  test('what can harm a mesh is explained', () => {
    const safety =
      'E208 W214 E303 E308 E310 E311 E505 E602 E607 E608 E703 E704 E714 E717 E732 E737 W801 E802 E806 E815 E816'
    for (const short of safety.split(' ')) {
      const code = codesInOrder().find((c) => c === `MESH-${short}`)
      ok(code !== undefined && codePage(code, EXAMPLES).explanation !== undefined, short)
    }
  })

  test('every field says what it is, and shows a value: add "examples" to the schema', () => {
    const fields = fieldsOf(JSON.parse(textOf('schemas/mesh.schema.json')) as object)
    for (const { path, type, description, children, example } of fields) {
      ok(description.length > 0, `${path} is not described`)
      ok(!/undefined|\bobject\b.*\bobject\b/.test(type), `${path}: ${type}`)
      ok(children.length > 0 || example !== undefined, `${path} has no example`)
    }
    equal(fields.length, new Set(fields.map(({ path }) => path)).size, 'no field is there twice')
  })

  test('every environment variable that is read is told', () => {
    const read = readdirSync(join(PROJECT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.startsWith('reference'))
      .flatMap((file) => [...textOf(join('src', file)).matchAll(/env\['([A-Z_]+)'\]|'(MESHWRIGHT_[A-Z_]+)'/g)])
      .map(([, a, b]) => a ?? b ?? '')
    equal([...new Set(read)].sort(), ENVIRONMENT.map(([name]) => name).sort())
  })
})
