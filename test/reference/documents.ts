/** What `npm run docs` writes, each file with its text: the pages of the reference, the manual, the examples of codes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { COMMANDS, COMMON_OPTIONS } from '../../src/command-table.ts'
import type { Code } from '../../src/diagnostics/catalogue.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { textReport } from '../../src/diagnostics/report.ts'
import type { Examples } from '../../src/reference/codes.ts'
import { fieldsOf } from '../../src/reference/fields.ts'
import { manualPage } from '../../src/reference/man.ts'
import { commandsPage, diagnosticsPage, fieldsPage } from '../../src/reference/markdown.ts'
import { version } from '../../src/version.ts'
import { PROJECT } from '../fixture.ts'
import { diagnosticsOf, invalidFixtures, readInvalid } from '../invalid-fixtures.ts'

/** Paths relative to the project. */
export async function documents(): Promise<ReadonlyMap<string, string>> {
  const examples = await examplesOfCodes()
  const schema = JSON.parse(readFileSync(join(PROJECT, 'schemas', 'mesh.schema.json'), 'utf8')) as object
  const table = { commands: COMMANDS, options: COMMON_OPTIONS }
  return new Map([
    ['docs/reference/commands.md', commandsPage(table)],
    ['docs/reference/diagnostics.md', diagnosticsPage(examples)],
    ['docs/reference/fields.md', fieldsPage(fieldsOf(schema))],
    ['docs/man/meshwright.1', manualPage(table, version())],
    ['src/reference/examples.gen.ts', examplesModule(examples)],
  ])
}

/** For each code that a fixture has, how it is reported there; first of all in the fixture that is made for it. */
async function examplesOfCodes(): Promise<Examples> {
  const examples: Partial<Record<Code, string>> = {}
  const others: Partial<Record<Code, string>> = {}
  for (const name of invalidFixtures()) {
    const { found, texts } = await diagnosticsOf(readInvalid(name).files)
    for (const diagnostic of found) {
      const text = textReport([diagnostic], texts, noPaint)
        .split('\n')
        .filter((line) => !line.startsWith('help: '))
        .join('\n')
        .trimEnd()
      const { code } = diagnostic
      if (name.startsWith(code)) examples[code] ??= text
      else others[code] ??= text
    }
  }
  return { ...others, ...examples }
}

function examplesModule(examples: Examples): string {
  const entries = Object.entries(examples)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, text]) => `  '${code}': \`${text.replaceAll(/[\\`]|\$\{/g, '\\$&')}\`,\n`)
  return `/** Generated from fixtures/invalid by \`npm run docs\`. DO NOT EDIT. */
import type { Examples } from './codes.ts'

export const EXAMPLES: Examples = {
${entries.join('')}}
`
}
