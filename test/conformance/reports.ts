/** Programs that read diagnostics take our SARIF and JUnit, for every fault that there is a fixture of. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { sortDiagnostics, type Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { formatReport, type Format } from '../../src/diagnostics/formats.ts'
import { version } from '../../src/version.ts'
import { PROJECT } from '../fixture.ts'
import { diagnosticsOf, invalidFixtures, readInvalid } from '../invalid-fixtures.ts'
import { check, mustRefuse, type Layer } from './check.ts'
import { ALONE, MESHWRIGHT } from './subjects.ts'
import type { Workbench } from './workbench.ts'

export const reports: Layer = {
  name: 'reports',
  checks: [
    check('SARIF of every invalid fixture is valid by the schema of OASIS', ['sarif-schema'], async (bench) => {
      for (const { name, text } of await each('sarif')) bySchema(bench, name, text)
    }),
    check(
      'SARIF of the command line is valid, with findings, without, and with a failure',
      ['sarif-schema'],
      (bench) => {
        for (const { args, status } of RUNS) bySchema(bench, args.join(' '), run(bench, args, 'sarif', status))
      },
    ),
    check('planted: a level that SARIF does not have', ['sarif-schema'], (bench) =>
      mustRefuse('it', /\/runs\/0\/results\/0\/level/, async () =>
        bySchema(
          bench,
          'planted',
          (await first('sarif')).replace(/"level": "error"(,\s+"message")/, '"level": "fatal"$1'),
        ),
      ),
    ),
    check('planted: a column that begins at 0', ['sarif-schema'], (bench) =>
      mustRefuse('it', /startColumn/, async () =>
        bySchema(bench, 'planted', (await first('sarif')).replace(/"startColumn": \d+/, '"startColumn": 0')),
      ),
    ),
    check('a reader of JUnit counts the findings of all invalid fixtures', ['junitparser'], async (bench) => {
      const folder = bench.scratch('junit')
      const all = await each('junit')
      for (const { name, text } of all) writeFileSync(join(folder, `${name}.xml`), text)
      const merged = join(folder, 'merged')
      bench.run(bench.tool('junitparser'), ['merge', '--glob', join(folder, '*.xml'), merged])
      const errors = all.reduce((sum, { found }) => sum + found.filter((d) => d.severity === 'error').length, 0)
      const tests = all.reduce((sum, { found }) => sum + found.length, 0)
      const [, head = ''] = /<testsuites ([^>]*)>/.exec(readFileSync(merged, 'utf8')) ?? []
      match(head, new RegExp(`tests="${tests}"`))
      match(head, new RegExp(`failures="${errors}"`))
    }),
    check('a reader of JUnit finds what the command line found', ['junitparser'], (bench) => {
      for (const { args, status } of RUNS) {
        byJunitparser(bench, args.join(' '), run(bench, args, 'junit', status), status === 0 ? 0 : 1)
      }
    }),
    check('planted: JUnit that is no XML', ['junitparser'], (bench) =>
      mustRefuse('it', /not well-formed|syntax error|ParseError|StartTag/i, async () =>
        byJunitparser(bench, 'planted', (await first('junit')).replace('&quot;', '<'), 1),
      ),
    ),
  ],
}

const MESH = ['-f', join(PROJECT, 'fixtures', 'two-clusters', 'mesh.yaml')]
const RUNS = [
  { args: ['validate', ...MESH], status: 0 },
  { args: ['validate', '-f', join(PROJECT, 'fixtures', 'invalid', 'MESH-E308-live-address.yaml')], status: 2 },
  { args: ['generate', '--check', '-o', 'elsewhere', ...MESH], status: 1 },
  { args: ['verify', join(PROJECT, 'output')], status: 0 },
  { args: ['validate', '-f', 'nowhere.yaml'], status: 2 },
] as const

function run(bench: Workbench, args: readonly string[], format: Format, wanted: number): string {
  const [program, ...rest] = [process.execPath, MESHWRIGHT, ...args, '--format', format]
  const { status, stdout } = bench.try(program, rest, { cwd: bench.scratch('run'), env: ALONE })
  strictEqual(status, wanted, args.join(' '))
  return stdout.toString('utf8')
}

interface Made {
  readonly name: string
  readonly found: readonly Diagnostic[]
  readonly text: string
}

async function each(format: Format): Promise<Made[]> {
  const made: Made[] = []
  for (const name of invalidFixtures()) {
    const { found, texts } = await diagnosticsOf(readInvalid(name).files)
    made.push({ name, found, text: formatted(format, found, texts) })
  }
  return made
}

function formatted(format: Format, found: readonly Diagnostic[], texts: ReadonlyMap<string, string>): string {
  return formatReport(format, sortDiagnostics(found), texts, { version: version(), about: 'mesh.yaml' })
}

/** A report with a text that has to be escaped. */
async function first(format: Format): Promise<string> {
  const { found, texts } = await diagnosticsOf(readInvalid('MESH-E201-mesh-name.yaml').files)
  return formatted(format, found, texts)
}

/** Formats are left out: they are those of URIs, which are held as well, and of dates. */
let validator: ValidateFunction | undefined

function bySchema(bench: Workbench, what: string, text: string): void {
  validator ??= new Ajv2020({ strict: false, allErrors: true, validateFormats: false }).compile(
    JSON.parse(readFileSync(bench.tool('sarif-schema'), 'utf8')) as object,
  )
  if (!validator(JSON.parse(text))) throw new Error(`${what}: ${(validator.errors ?? []).map(told).join('; ')}`)
  const uris = [...text.matchAll(/"uri": "([^"]*)"/g)].map(([, uri = '']) => uri)
  const resolved = uris.map((uri) => new URL(uri, 'file:///repository/').href)
  deepStrictEqual(
    resolved,
    uris.map((uri) => (uri.startsWith('file:') ? uri : `file:///repository/${uri}`)),
  )
}

function told({ instancePath, message }: ErrorObject): string {
  return `${instancePath} ${message}`
}

function byJunitparser(bench: Workbench, what: string, text: string, wanted: 0 | 1): void {
  const file = join(bench.scratch('junit'), 'report.xml')
  writeFileSync(file, text)
  const { status, stderr, stdout } = bench.try(bench.tool('junitparser'), ['verify', file])
  strictEqual(stderr, '', `${what}: ${stderr}`)
  strictEqual(status, wanted, `${what}: ${stdout.toString('utf8')}`)
}
