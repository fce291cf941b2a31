/** The layers of the house, held by reading the imports: CONTRIBUTING.md explains them. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { PROJECT } from './fixture.ts'
import { describe, equal, ok } from './suite.ts'

/** Which rooms a room may import from, beside itself. Down the list or, where the list says so, sideways; never up. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  main: ['cli', 'diagnostics', 'shell'],
  index: ['version', 'commands', 'shell', 'plan', 'simulate', 'lock', 'mesh', 'tree', 'diagnostics'],
  cli: ['command-table', 'command', 'invocation', 'version', 'diagnostics'],
  'command-table': ['command', 'commands'],
  command: ['invocation', 'diagnostics'],
  invocation: ['diagnostics'],
  commands: [
    'version',
    'command',
    'invocation',
    'reference',
    'shell',
    'hooks',
    'plan',
    'review',
    'simulate',
    'verify',
    'tree',
    'lock',
    'intent',
    'ci',
    'trust',
    'addresses',
    'mesh',
    'diagnostics',
  ],
  shell: ['plan', 'trust', 'safety', 'intent', 'lock', 'tree', 'kubernetes', 'mesh', 'diagnostics'],
  review: ['plan', 'trust', 'lock', 'tree', 'diagnostics'],
  simulate: ['istio', 'lock', 'mesh', 'diagnostics'],
  plan: ['trust', 'istio', 'dns', 'delivery', 'addresses', 'lock', 'kubernetes', 'tree', 'mesh', 'diagnostics'],
  hooks: [],
  verify: ['trust', 'dns', 'lock', 'tree', 'mesh', 'diagnostics'],
  reference: ['command', 'diagnostics'],
  safety: ['intent', 'istio', 'mesh', 'diagnostics'],
  intent: ['addresses', 'mesh', 'diagnostics'],
  trust: ['kubernetes', 'lock', 'mesh', 'diagnostics'],
  istio: ['kubernetes', 'lock', 'mesh', 'diagnostics'],
  dns: ['kubernetes', 'tree', 'mesh', 'diagnostics'],
  delivery: ['kubernetes', 'mesh', 'diagnostics'],
  ci: [],
  addresses: ['lock', 'mesh', 'diagnostics'],
  lock: ['kubernetes', 'tree', 'mesh', 'diagnostics'],
  kubernetes: ['diagnostics'],
  tree: ['diagnostics'],
  mesh: ['diagnostics'],
  diagnostics: [],
  version: [],
}

/** Rooms with effects; everything else is pure. */
const EDGE = new Set(['main', 'cli', 'version', 'shell', 'commands'])

/** What is pure of Node: hashes, signatures and certificates, and how forge is loaded only when it is needed. */
const PURE_MODULES = new Set(['node:crypto', 'node:module'])

/** Entropy and time, by the names with which a pure room could reach for them. */
const IMPURE =
  /\b(randomBytes|randomUUID|randomInt|generateKeyPair\w*|getRandomValues|Math\.random|Date\.now|performance\.now)\b|new Date\(\)|\bprocess\.(?!getuid)/

const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'node-forge': ['trust'],
  ajv: ['intent', 'verify'],
  yaml: ['hooks', 'intent', 'kubernetes', 'lock', 'tree', 'verify', 'reference'],
  'simple-git': ['shell'],
  'fast-glob': ['shell'],
  'age-encryption': ['shell'],
}

interface Import {
  readonly file: string
  readonly room: string
  readonly target: string
}

const src = join(PROJECT, 'src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((f) => f.endsWith('.ts'))
  .sort()
const roomOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, ''))
const textOf = (file: string): string => readFileSync(join(src, file), 'utf8')
const imports: readonly Import[] = files.flatMap((file) =>
  [...textOf(file).matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|\brequire\(\s*)'([^'\n]+)'/g)].map(([, target = '']) => ({
    file,
    room: roomOf(file),
    target,
  })),
)

describe('architecture', (test) => {
  test('rooms import only what the table allows', () => {
    const wrong = imports.flatMap(({ file, room, target }) => {
      if (!target.startsWith('.')) return []
      const other = roomOf(normalize(join(dirname(file), target)))
      return other === room || MAY_IMPORT[room]?.includes(other) === true ? [] : [`${file} imports ${target}`]
    })
    equal(wrong, [])
    equal([...new Set(files.map(roomOf))].sort(), Object.keys(MAY_IMPORT).sort(), 'the table names every room')
  })

  test('only the edge touches files, the process, time and chance', () => {
    const wrong = imports.filter(
      ({ room, target }) => target.startsWith('node:') && !EDGE.has(room) && !PURE_MODULES.has(target),
    )
    equal(
      wrong.map((w) => `${w.file} imports ${w.target}`),
      [],
    )
    const code = (file: string): string => textOf(file).replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '')
    equal(
      files.filter((file) => !EDGE.has(roomOf(file)) && IMPURE.test(code(file))),
      [],
    )
  })

  test('each package is used where it belongs', () => {
    for (const { file, room, target } of imports) {
      if (target.startsWith('.') || target.startsWith('node:')) continue
      const name = target.split('/')[0] ?? ''
      ok(PACKAGES[name]?.includes(room), `${file} imports ${target}`)
    }
  })

  test('no file is longer than a room should be', () => {
    const long = files.filter((file) => !file.endsWith('.gen.ts') && textOf(file).split('\n').length > 301)
    equal(long, [])
  })
})
