import * as fc from 'fast-check'
import type { Checked } from '../../src/diagnostics/diagnostic.ts'
import { parseCorefile } from '../../src/dns/corefile.ts'
import { dropBlock, putBlock, type OwnBlock } from '../../src/dns/editor.ts'
import { describe, equal, is, ok } from '../suite.ts'
import { corefiles } from './corefiles.ts'

const own: OwnBlock = { mesh: 'shop', zone: 'global', port: '53', lines: ['    errors', '    cache 30'] }
const mark = '# managed by meshwright: global of mesh shop (edits are overwritten)'
const written = `${mark}\nglobal:53 {\n    errors\n    cache 30\n}`

const put = (text: string, block: OwnBlock = own) => putBlock({ path: 'Corefile', text }, block)
const drop = (text: string) => dropBlock({ path: 'Corefile', text }, own)

function text(checked: Checked<string>): string {
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => `${d.code} ${JSON.stringify(d.args)}`).join('\n'))
  return checked.value
}

/** Codes with the text that each points at. */
const refusals = (source: string, checked: Checked<string> = put(source)) =>
  checked.ok ? [] : checked.diagnostics.map((d) => [d.code, source.slice(d.span?.start, d.span?.end)])

describe('corefile editor', (test) => {
  test('a block is added at the end', () => {
    is(text(put('.:53 {\n}\n')), `.:53 {\n}\n${written}\n`)
    is(text(put('')), `${written}\n`)
    is(text(put('.:53 {\n}')), `.:53 {\n}\n${written}`)
  })

  test('a CRLF file stays one', () => {
    is(text(put('.:53 {\r\n}\r\n')), `.:53 {\n}\n${written}\n`.replaceAll('\n', '\r\n'))
  })

  test('a block is replaced where it is, whatever it says and on whichever port', () => {
    const old = `${mark}\nGLOBAL.:8053 {\n  whoami\n}`
    is(text(put(`.:53 {\n}\n${old}\n# mine\nb {\n}\n`)), `.:53 {\n}\n${written}\n# mine\nb {\n}\n`)
    is(text(put(`  ${old} b {\n}\n`)), `${written} b {\n}\n`)
    is(text(put(`\ufeff${old}\n`)), `\ufeff${written}\n`)
  })

  test('a block is taken out from wherever it is', () => {
    is(text(drop(`a {\n}\n${written}\nb {\n}\n`)), 'a {\n}\nb {\n}\n')
    is(text(drop(`${written}\n`)), '')
    is(text(drop(`a {\n}\n${written}`)), 'a {\n}')
    is(text(drop('global:53 {\n}\n')), 'global:53 {\n}\n', 'without our mark it is not ours')
  })

  test('only a comment line directly before a block is a mark', () => {
    for (const source of [
      `${mark}\n\nglobal:53 {\n}\n`,
      `${mark} global:53 {\n}\nglobal:53 {\n}\n`,
      `a {\n x "\n${mark}\n" \n}\nglobal:53 {\n}\n`,
      `a {\n}\n"\n${mark}\n"\nglobal:53 {\n}\n`,
    ]) {
      is(text(drop(source)), source)
    }
  })

  test('MESH-E501: a file that cannot be read', () => {
    equal(refusals('.:53 { whoami }\n'), [['MESH-E501', '}']])
    equal(refusals('.:53 {\n x "\n}\n'), [['MESH-E501', '"']])
    const broken = '.:53 {\n'
    equal(refusals(broken, drop(broken)), [['MESH-E501', '.:53']])
  })

  test('MESH-E502: a file without braces', () => {
    equal(refusals('.:53 b\nwhoami\n'), [['MESH-E502', '.:53 b']])
    equal(refusals('.:53 {\n}\n}\n'), [['MESH-E502', '}']])
    equal(refusals('""'), [['MESH-E502', '""']])
    equal(refusals('(s) {\n reload\n}\nimport s'), [['MESH-E502', 'reload']], 'plugins at the top level')
    equal(refusals('(s) {\n a {\n x\n }\n b\n}\nimport s'), [['MESH-E502', 'b']], 'a key at the top level')
    is(text(drop('.:53\nwhoami\n')), '.:53\nwhoami\n')
  })

  test('MESH-E503: the zone is one of several in a block', () => {
    equal(refusals('example.org Global.:53 {\n}\n'), [['MESH-E503', 'example.org Global.:53']])
    const marked = `${mark}\nglobal:53 global:8053 {\n}\n`
    equal(refusals(marked), [['MESH-E503', 'global:53 global:8053']])
    equal(refusals(marked, drop(marked)), [['MESH-E503', 'global:53 global:8053']])
  })

  test('MESH-E504: the zone has two blocks of ours', () => {
    equal(refusals(`${mark}\nglobal:53 {\n}\n${mark}\nglobal:8053 {\n}\n`), [['MESH-E504', 'global:8053']])
  })

  test('MESH-E505: the zone has a block without our mark', () => {
    equal(refusals('global {\n}\n'), [['MESH-E505', 'global']])
    equal(refusals('dns://GLOBAL.:053 {\n}\n'), [['MESH-E505', 'dns://GLOBAL.:053']])
    equal(refusals('global:{$PORT} {\n}\n'), [['MESH-E505', 'global:{$PORT}']])
    equal(refusals(`# managed by meshwright: mesh.internal of mesh shop (x)\nglobal:53 {\n}\n`), [
      ['MESH-E505', 'global:53'],
    ])
    equal(refusals('(s) {\nglobal:53 {\n}\n}\nimport s\n'), [['MESH-E505', 'global:53']])
    equal(refusals(`${written}\nglobal:53 {\n}\n`), [['MESH-E505', 'global:53']])
    for (const other of ['tls://global:53', 'global:5399', 'global.example:53', 'notglobal:53', '(global:53)']) {
      equal(refusals(`${other} {\n}\n`), [], other)
    }
  })

  test('MESH-E506: a zone that only CoreDNS knows', () => {
    equal(refusals('a {\n}\nb {$ZONE}:53 {\n}\n'), [['MESH-E506', '{$ZONE}:53']])
    equal(refusals('example.org:{$PORT} {\n}\n'), [])
  })

  test('MESH-E507: an edit that would change something else', () => {
    const source = `(s) {\n${mark}\nglobal:53 {\n}\n}\nimport s\n`
    equal(refusals(source), [['MESH-E507', `${mark}\nglobal:53 {\n}`]])
    equal(refusals(source, drop(source)), [['MESH-E507', `${mark}\nglobal:53 {\n}`]])
  })

  test('MESH-E515: the zone has a block of another mesh', () => {
    const source = text(put('', { ...own, mesh: 'other' }))
    equal(refusals(source), [['MESH-E515', 'global:53']])
    is(text(drop(source)), source)
  })

  test('MESH-E516: a key that CoreDNS refuses', () => {
    equal(refusals('a: b..c {\n}\n'), [
      ['MESH-E516', 'a:'],
      ['MESH-E516', 'b..c'],
    ])
  })

  test('MESH-E517: a manifest in the place of a Corefile', () => {
    const manifest = 'apiVersion: v1\nkind: ConfigMap\ndata:\n  Corefile: |\n    .:53 {\n        errors\n    }\n'
    equal(refusals(manifest), [['MESH-E517', 'apiVersion:']])
    equal(refusals(manifest, drop(manifest)), [['MESH-E517', 'apiVersion:']])
  })

  test('all refusals of a file are reported together', () => {
    const codes = refusals('{$A} {\n}\nb..c {\n}\nglobal:53 {\n}\n').map(([code]) => code)
    equal(codes, ['MESH-E506', 'MESH-E516', 'MESH-E505'])
  })

  for (const [name, source] of Object.entries(corefiles)) {
    test(`put and drop: ${name}`, () => {
      const once = text(put(source))
      is(once.startsWith(source), true)
      is(text(put(once)), once)
      is(text(drop(once)), source)
      is(text(drop(source)), source)
    })
  }

  test('property: for any text a put is refused, or it is idempotent, changes no other node, and drop undoes it', () => {
    let edited = 0
    fc.assert(
      fc.property(anyCorefile, lines, (source, lines) => {
        const first = put(source)
        drop(source)
        if (!first.ok || source.includes(mark)) return
        edited += 1
        is(text(put(first.value)), first.value)
        is(text(drop(first.value)), source)
        const replacement = text(put(first.value, { ...own, port: '8053', lines }))
        is(text(put(replacement)), first.value)
        is(text(drop(replacement)), source)
        const before = nodes(source)
        equal(nodes(first.value).slice(0, before.length), before)
        is(nodes(first.value).length, before.length + 1)
      }),
      { numRuns: 1500 },
    )
    ok(edited > 300, `only ${edited} texts could be edited`)
  })

  test('property: with blocks of ours anywhere, drop leaves all other nodes', () => {
    fc.assert(
      fc.property(blocks, blocks, (above, below) => {
        const source = `${above}${written}\n${below}`
        const dropped = drop(source)
        if (!dropped.ok) return
        equal(nodes(dropped.value), [...nodes(above), ...nodes(below)])
        is(text(drop(dropped.value)), dropped.value)
      }),
    )
  })
})

const nodes = (source: string) =>
  parseCorefile(source).nodes.map((node) => `${node.kind} ${source.slice(node.start, node.end)}`)

const lines = fc.constantFrom(['    whoami'], ['    errors', '    hosts {', '        240.0.0.1 a.global', '    }'])
const block = fc.constantFrom(
  'a:53 {\n whoami\n}',
  '.:53 {\r\n errors\r\n}\r',
  '(s) {\n errors\n}',
  'import x/*.server',
  '# comment',
  `${mark}x`,
  'b,\nc {\n x { y\n }\n}#glued',
  '',
  '\t',
)
const blocks = fc.array(block, { maxLength: 6 }).map((parts) => parts.map((part) => `${part}\n`).join(''))
const piece = fc.constantFrom(
  'a',
  'global:53',
  '{',
  '}',
  '"',
  '\\',
  '#',
  ' ',
  '\n',
  '\r\n',
  ' {\n',
  '\n}\n',
  ',',
  'import',
  mark,
)
const anyCorefile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
  blocks,
  fc.tuple(blocks, block).map((parts) => parts.join('')),
)
