import { codePage, codesInOrder } from '../../src/reference/codes.ts'
import { codeText, fieldText } from '../../src/reference/explain.ts'
import { EXAMPLES } from '../../src/reference/examples.gen.ts'
import { fieldsOf } from '../../src/reference/fields.ts'
import { findSubject, type Subject } from '../../src/reference/find.ts'
import { wrapped } from '../../src/reference/text.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { sandbox } from '../cli/sandbox.ts'

const SCHEMA = {
  required: ['name'],
  properties: {
    name: { type: 'string', description: 'Its name.', examples: ['a'] },
    limits: { type: 'integer', minimum: 1, maximum: 9, default: 3, description: 'A number.\nDefault: 3.' },
    parts: {
      type: 'array',
      minItems: 1,
      description: 'The parts.',
      items: { oneOf: [{ type: 'string' }, { $ref: '#/definitions/Part' }] },
    },
    labels: { type: 'object', additionalProperties: { type: 'string' }, default: {}, description: 'Labels.' },
  },
  definitions: {
    Part: {
      type: 'object',
      required: ['kind'],
      properties: {
        kind: { enum: ['x', 'y'], description: 'Which kind.' },
        name: { const: 'n', description: 'Name.' },
      },
    },
  },
}

const fields = fieldsOf(SCHEMA)
const find = (asked: string): Subject => findSubject(asked, fields)
const pathOf = (asked: string): string | undefined => {
  const subject = find(asked)
  return subject.kind === 'field' ? subject.field.path : undefined
}

describe('explain', (test) => {
  test('fields are read from the schema, through references, lists and choices', () => {
    equal(
      fields.map(({ path, type, required, constraints }) => [path, type, required, constraints]),
      [
        ['name', 'string', true, []],
        ['limits', 'whole number', false, ['1 to 9']],
        ['parts', 'list of strings or objects', false, ['at least 1']],
        ['parts[].kind', 'string', true, []],
        ['parts[].name', 'string', false, []],
        ['labels', 'map of strings', false, []],
      ],
    )
    equal(fields.find((f) => f.path === 'parts[].kind')?.allowed, ['x', 'y'])
  })

  test('a field is found by its path, with or without indexes, and by its end', () => {
    for (const asked of ['parts.kind', 'parts[].kind', 'parts[3].kind', 'kind', 'Parts.Kind ']) {
      is(pathOf(asked), 'parts[].kind', asked)
    }
    is(pathOf('name'), 'name', 'a whole path goes before the end of another one')
    equal(find('parts.knd'), { kind: 'unknown', suggestion: 'parts[].kind' })
    equal(find('completely.else'), { kind: 'unknown' })
    equal(find(''), { kind: 'unknown' })
  })

  test('a code is found however it is written', () => {
    for (const asked of ['MESH-E308', 'mesh-e308', 'E308', '308', 'w308', 'MESH-W308']) {
      equal(find(asked), { kind: 'code', code: 'MESH-E308' }, asked)
    }
    equal(find('MESH-E999'), { kind: 'unknown' })
    ok(find('MESH-E30').kind === 'unknown')
  })

  test('each text fits a terminal, but for what is quoted', () => {
    for (const code of codesInOrder()) {
      const own = codeText(codePage(code, {})).split('\n')
      ok(
        own.every((line) => line.length <= 80 || !line.trim().includes(' ')),
        own.join('\n'),
      )
    }
    is(wrapped('aa bb cc', 5), 'aa bb\ncc')
    is(wrapped('toolongword b', 3), 'toolongword\nb')
  })

  test('an example shows the field where it stands', () => {
    const field = fields.find((f) => f.path === 'parts[].kind')
    if (field === undefined) throw new Error('no field')
    match(fieldText(field, fields), /one of x, y, required\n\nWhich kind\.\n\nexample:\n {2}parts:\n {4}- kind: x\n$/)
    match(codeText(codePage('MESH-E308', EXAMPLES)), /^MESH-E308 \(error\): [^]*example:\n[^]*\^\^\^[^]*what to do:\n/)
  })

  test('the command tells, or says what was meant, with exit code 2', () => {
    const { meshwright, done } = sandbox()
    match(meshwright('explain', 'e308').out, /^MESH-E308 \(error\): a live address would move\n/)
    match(meshwright('explain', 'clusters.gateway').out, /fields:\n {2}addresses +IPv4/)
    match(
      meshwright('explain', 'defaults.cluster.gateway.port').out,
      /wherever clusters\[\]\.gateway\.port is not given/,
    )
    const wrong = meshwright('explain', 'gateway.prt')
    is(wrong.code, 2)
    match(wrong.err, /did you mean clusters\.gateway\.port\?/)
    const several = meshwright('explain', 'port')
    is(several.code, 2)
    match(several.err, /explain clusters\.gateway\.port\n.*explain services\.ports\.port/)
    done()
  })
})
