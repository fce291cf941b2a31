import * as fc from 'fast-check'
import { describe, equal, is, ok } from '../suite.ts'
import { parseCorefile } from '../../src/dns/corefile.ts'
import { corefiles } from './corefiles.ts'

/** Nodes in short: what they are and what they are called. */
const outline = (source: string) =>
  parseCorefile(source).nodes.map((node) =>
    node.kind === 'snippet'
      ? `snippet ${node.name}`
      : node.kind === 'import'
        ? `import ${node.target.text}`
        : `${node.kind} ${node.keys.map((key) => key.text).join(' ')}`,
  )

const directives = (source: string) =>
  parseCorefile(source).blocks.map((block) =>
    block.directives.map((directive) => directive.tokens.map((token) => token.text).join(' ')),
  )

/** What the file's problem is called, and the text it points at. */
const problem = (source: string) => {
  const found = parseCorefile(source).problem
  return found && [found.text, source.slice(found.start, found.end)]
}

describe('corefile', (test) => {
  test('corner cases that were observed with CoreDNS', () => {
    equal(outline('.:53\u00a0{\n whoami\n}'), ['block .:53'])
    equal(outline('.:53{\n whoami\n}'), ['bare .:53{'])
    equal(problem('a:53, {\n whoami\n}'), ['a comma promises another key, but the block begins', '{'])
    equal(outline('"global:53" {\n whoami\n}'), ['block global:53'])
    equal(outline('{\n whoami\n}'), ['block '])
    equal(outline('.:53 {\n whoami\n}\n}'), ['block .:53', 'bare }'])
    equal(problem('.:53 {\n whoami'), ['the block that starts here has no closing brace', '.:53'])
    equal(problem('.:53 { whoami }'), ['a closing brace has no opening one', '}'])
    equal(directives('.:53 {\n x { b\n }\n}'), [['x { b }']])
    equal(directives('.:53 {\n forward . 1.1.1.1 \\\n 2.2.2.2\n}'), [['forward . 1.1.1.1 \\', '2.2.2.2']])
    equal(directives('.:53 {\n x "a\nb" c\n y\n}'), [['x a\nb c', 'y']])
  })

  test('keys', () => {
    equal(outline('a, b,\nc {\n}'), ['block a b c'])
    equal(outline('a,b {\n}'), ['block a,b'])
    equal(outline('a b\n{\n} c {\n}'), ['block a b', 'block c'])
    equal(problem('a,'), ['a comma promises another key, but the file ends', 'a,'])
    equal(problem('a,\nimport b\n{\n}'), ['import in the middle of keys', 'import'])
  })

  test('without braces all that follows is one block', () => {
    equal(outline('.:53\nwhoami\nglobal:53 {\n x\n}\n'), ['bare .:53'])
    equal(directives('.:53\nwhoami\nglobal:53 {\n x\n}\n'), [['whoami', 'global:53 { x }']])
    equal(outline('.:53'), ['bare .:53'])
    equal(outline('(x)'), ['bare (x)'])
  })

  test('snippets are nodes, and are put in where they are imported', () => {
    const source = '(s) {\n errors\n log a {\n b\n }\n}\n.:53 {\n import s\n reload\n}\n'
    equal(outline(source), ['snippet s', 'block .:53'])
    equal(directives(source), [['errors', 'log a { b }', 'reload']])
    equal(outline('(global:53) {\n}\n'), ['snippet global:53'])
    equal(directives('(s) {\n a.b {\n x\n }\n}\nimport s\n'), [['x']])
    equal(directives('(s) {\n 1.2.3.4 a\n}\n.:53 {\n hosts {\n import s\n }\n}\n'), [['hosts { 1.2.3.4 a }']])
    equal(
      directives('.:53 {\n import s\n}\n(s) {\n errors\n}\n'),
      [['import s']],
      'it is known only after its declaration',
    )
  })

  test('imports', () => {
    equal(outline('import a/*.server\n.:53 {\n}\nimport b\n'), ['import a/*.server', 'block .:53', 'import b'])
    equal(outline('.:53 {\n} import b {\n}\n'), ['block .:53', 'block import b'], 'it begins no line')
    equal(directives('.:53 {\n hosts {\n import a\n fallthrough\n }\n import b\n}'), [
      ['hosts { import a fallthrough }', 'import b'],
    ])
    equal(problem('import\na'), ['import needs an argument', 'import'])
    equal(problem('import a b'), ['import takes only one argument', 'b'])
    equal(problem('import ""'), ['import needs a file or the name of a snippet', '""'])
  })

  test('problems', () => {
    equal(problem('(s)\n x'), ['a snippet needs braces', 'x'])
    equal(problem('(s) {\n}\n(s) {\n}'), ['the snippet s is declared twice', '{'])
    equal(problem('(s) {\n x {\n}'), ['the snippet that starts here has no closing brace', '{'])
    equal(problem('(s) {\n import s\n}'), ['the snippet s imports itself', 's'])
    equal(problem('.:53 {\n x {\n'), ['the braces that this plugin opens are not closed', 'x'])
    equal(problem('.:53 {\n x {\n }'), ['the block that starts here has no closing brace', '.:53'])
    equal(problem('.:53 {\n x "y\n}\n'), ['a quote is opened here and never closed', '"'])
  })

  test('snippets that import each other end', () => {
    equal(
      problem('(a) {\n x\n import b\n}\n(b) {\n import a\n}\n.:53 {\n import a\n}')?.[0],
      'snippets import each other without end',
    )
  })

  for (const [name, source] of Object.entries(corefiles)) {
    test(`is read whole: ${name}`, () => {
      const { nodes, problem } = parseCorefile(source)
      is(problem, undefined)
      ok(nodes.length > 0)
      for (const node of nodes) {
        if (node.kind === 'block') is(source.slice(node.start, node.end).endsWith('}'), true)
        if (node.kind === 'block' || node.kind === 'bare') {
          for (const key of node.keys) is(source.slice(key.start, key.end).replaceAll('"', ''), key.text)
        }
      }
    })
  }

  test('property: any text is read without an exception, and nodes do not overlap', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(line, { maxLength: 12 }).map((lines) => lines.join('\n')),
        ),
        (source) => {
          let end = 0
          for (const node of parseCorefile(source).nodes) {
            ok(node.start >= end && node.end > node.start)
            end = node.end
          }
        },
      ),
      { numRuns: 1000 },
    )
  })
})

const line = fc.constantFrom(
  'a:53 {',
  '}',
  'import s',
  '(s) {',
  'x {',
  'y "z" {',
  'global:53, b',
  '{',
  '"',
  '# c',
  'import',
  'w',
  '} v {',
)
