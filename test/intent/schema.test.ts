import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from '../fixture.ts'
import { describe, equal, is } from '../suite.ts'

type Schema = Readonly<Record<string, unknown>>

const schema = JSON.parse(readFileSync(join(PROJECT, 'schemas', 'mesh.schema.json'), 'utf8')) as Schema

/** Every schema within the schema, with the path to it. */
function* walk(node: unknown, path: string): Generator<[path: string, schema: Schema]> {
  if (typeof node !== 'object' || node === null) return
  if (!Array.isArray(node)) yield [path, node as Schema]
  for (const [key, value] of Object.entries(node)) yield* walk(value, `${path}/${key}`)
}

const all = [...walk(schema, '')]

describe('schema', (test) => {
  test('every property is described, with its default where it has one', () => {
    const properties = all.flatMap(([path, s]) =>
      Object.entries((s['properties'] as Record<string, Schema> | undefined) ?? {}).map(
        ([name, p]) => [`${path}/${name}`, p] as const,
      ),
    )
    const bare = properties
      .filter(([, p]) => !('$ref' in p) && typeof p['description'] !== 'string')
      .map(([path]) => path)
    equal(bare, [])
    const silent = properties.filter(
      ([, p]) => 'default' in p && !/Default|\[\]|\{\}/.test(String(p['description']) + JSON.stringify(p['default'])),
    )
    equal(
      silent.map(([path]) => path),
      [],
    )
  })

  test('every object is closed', () => {
    const open = all.filter(([, s]) => [s['type']].flat().includes('object') && s['additionalProperties'] === undefined)
    equal(
      open.map(([path]) => path),
      [],
    )
  })

  test('the types are made from it', () => {
    const { status, stderr } = spawnSync(process.execPath, [join(PROJECT, 'test', 'schema-types.mjs'), '--check'], {
      encoding: 'utf8',
    })
    is(status, 0, stderr)
  })
})
