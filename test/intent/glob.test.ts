import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fastGlob from 'fast-glob'
import fc from 'fast-check'
import { parseGlob, shortest, type Glob } from '../../src/intent/glob.ts'
import { findOnDisk } from '../../src/shell/walk.ts'
import { describe, equal, is, ok } from '../suite.ts'

function glob(text: string): Glob {
  const parsed = parseGlob(text)
  if ('problem' in parsed) throw new Error(`${text} ${parsed.problem}`)
  return parsed.glob
}

/** Names that are near enough to each other for patterns to take some and leave some. */
const NAMES = [
  'a',
  'b',
  'ab',
  'aa.yaml',
  'a.yaml',
  'b.yaml',
  'ab.yaml',
  'a.yml',
  '.a.yaml',
  '.b',
  'node_modules',
  'ü.yaml',
]

describe('glob', (test) => {
  test('what begins where', () => {
    const shape = ({ up, base, depth }: Glob) => ({ up, base, depth })
    equal(shape(glob('services/*.yaml')), { up: 0, base: 'services', depth: 1 })
    equal(shape(glob('./services/team/**/*.yaml')), { up: 0, base: 'services/team', depth: Infinity })
    equal(shape(glob('../../services/{a,b}/x.yaml')), { up: 2, base: '../../services', depth: 2 })
    equal(shape(glob('clusters.yaml')), { up: 0, base: '', depth: 1 })
    equal(shape(glob('../clusters.yaml')), { up: 1, base: '..', depth: 1 })
    equal(shape(glob('x{/a,/b/c}.yaml')), { up: 0, base: '', depth: 3 })
  })

  test('what no pattern is', () => {
    const wrong = [
      ...['', '/etc/*.yaml', 'C:/x', 'a\\b', 'a//b', 'a/', 'a/../b', 'a/./b', '..', '.', '**.yaml', 'a**', '***'],
      ...['[ab].yaml', '!a', '+(a)', '{a}', '{a,{b,c}}', '{a', 'a}', '{a,}/x', '.git/*', 'a/.b/*', '../.x', 'a\nb'],
      ...['node_modules/*', '{a,node_modules}/x', '{..,a}/x', 'x'.repeat(501), '{a,b}'.repeat(7)],
    ]
    equal(
      wrong.filter((text) => !('problem' in parseGlob(text))),
      [],
    )
  })

  test('the time that it takes is bounded', () => {
    const name = `${'a'.repeat(200)}/`.repeat(20)
    is(glob(`${'*a'.repeat(120)}b`).matches('a'.repeat(250)), false)
    is(glob(`${'**/a/'.repeat(90)}b`).matches(`${name}c`), false)
  })

  test('it finds what fast-glob finds', async () => {
    const root = mkdtempSync(join(tmpdir(), 'meshwright-glob-'))
    try {
      const folders = ['', 'a', 'b', 'ab', 'a/a', 'a/b', 'a/.b', 'b/node_modules', 'a/b/a', '.b']
      for (const path of folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))) {
        // Where the name is that of a folder, there is no file.
        if (folders.includes(path) || /(^|\/)(a|b|ab|\.b|node_modules)$/.test(path)) continue
        mkdirSync(dirname(join(root, path)), { recursive: true })
        writeFileSync(join(root, path), '')
      }
      const part = fc.oneof(
        fc.constantFrom(
          '**',
          '*',
          '*.yaml',
          'a',
          'b',
          '?',
          'a*',
          '*a',
          '?.yaml',
          '{a,b}',
          '*{a,b}',
          '*.{yaml,yml}',
          '??',
        ),
        fc
          .array(fc.constantFrom('a', 'b', '*', '?', '.yaml', '{a,b}'), { minLength: 1, maxLength: 4 })
          .map((p) => p.join('')),
      )
      const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
      let found = 0
      await fc.assert(
        fc.asyncProperty(pattern, async (text) => {
          const parsed = parseGlob(text)
          // fast-glob takes a folder whose only wildcards are ? for one of that very name; micromatch, its matcher, does not.
          fc.pre('glob' in parsed && !/(^|\/)[^/*]*\?[^/*]*\//.test(text))
          if (!('glob' in parsed)) return
          const ours = (await findOnDisk(root, parsed.glob)).map(({ path }) => path)
          const options = { cwd: root, ignore: ['**/node_modules/**'], followSymbolicLinks: false }
          // It takes a/** for a file a as well, and fails where the name of a file is used as that of a folder.
          const theirs = await fastGlob(text.replace(/\/\*\*$/, '/**/*'), options).catch(() => [])
          found += ours.length
          equal(ours, [...theirs].sort(), text)
        }),
        {
          seed: 20,
          numRuns: 400,
          examples: [['**/*.yaml'], ['a/**'], ['**'], ['*/*/a.yaml'], ['a/**/a/*'], ['a.yaml']],
        },
      )
      ok(found > 200, 'most patterns find something')
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  test('a file has one name', () => {
    is(shortest('../../envs/prod/a.yaml', ['envs', 'prod']), 'a.yaml')
    is(shortest('../prod/b/a.yaml', ['envs', 'prod']), 'b/a.yaml')
    is(shortest('../../envs/dev/a.yaml', ['envs', 'prod']), '../dev/a.yaml')
    is(shortest('../prod', ['envs', 'prod']), '../prod')
    is(shortest('a.yaml', []), 'a.yaml')
  })
})
