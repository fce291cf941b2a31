/** Shells complete our command line, and readers of manuals our manual. */
import { deepStrictEqual, match } from 'node:assert/strict'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from '../fixture.ts'
import { COMPLETION_CASES } from '../reference/completion-cases.ts'
import { check, mustRefuse, type Layer } from './check.ts'
import { edit } from './edit.ts'
import { ALONE, MESHWRIGHT } from './subjects.ts'
import { SOURCES } from './tools.ts'
import type { Workbench } from './workbench.ts'

type Shell = 'zsh' | 'fish'

export const shells: Layer = {
  name: 'shells',
  checks: [
    ...(['zsh', 'fish'] as const).map((shell) =>
      check(`${shell} offers what can stand there`, [shell], (bench) => completes(bench, shell)),
    ),
    check('planted: a completion without a command', ['fish'], (bench) =>
      mustRefuse('it', /meshwright ge/, () =>
        completes(bench, 'fish', (script) => edit(script, '-a generate ', '-a gone ')),
      ),
    ),
    check('planted: a completion without a command, in zsh', ['zsh'], (bench) =>
      mustRefuse('it', /meshwright ge/, () =>
        completes(bench, 'zsh', (script) => edit(script, "'generate:", "'gone:")),
      ),
    ),
    check('groff sets the manual without a warning', ['groff'], (bench) => sets(bench, MANUAL)),
    check('mandoc finds nothing in the manual but that it has no date', ['mandoc'], (bench) => lints(bench, MANUAL)),
    check('planted: a macro that man(7) does not have', ['groff', 'mandoc'], async (bench) => {
      const file = join(bench.scratch('man'), 'meshwright.1')
      cpSync(MANUAL, file)
      edit(file, '.SH NAME', '.SH NAME\n.XX')
      await mustRefuse('it', /XX/, () => sets(bench, file))
      await mustRefuse('it', /XX/, () => lints(bench, file))
    }),
  ],
}

const MANUAL = join(PROJECT, 'docs', 'man', 'meshwright.1')

function completes(bench: Workbench, shell: Shell, plant: (script: string) => void = () => undefined): void {
  const cwd = bench.scratch(shell)
  const script = join(cwd, `.completion.${shell}`)
  writeFileSync(script, bench.run(process.execPath, [MESHWRIGHT, 'completion', shell], { env: ALONE }))
  plant(script)
  mkdirSync(join(cwd, 'sub'))
  for (const file of ['mesh.yaml', 'a.txt', 'sub/x']) writeFileSync(join(cwd, file), '')
  for (const { line, offered } of COMPLETION_CASES) {
    const found = OFFERED[shell](bench, cwd, script, line)
    deepStrictEqual(found, offered, `${line}: ${found.join(' ')}`)
  }
}

const OFFERED: Readonly<Record<Shell, (bench: Workbench, cwd: string, script: string, line: string) => string[]>> = {
  fish: (bench, cwd, script, line) => {
    const home = bench.scratch('home')
    const env = { ...ALONE, HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home }
    const code = 'source $argv[1]; complete -C $argv[2]'
    const lines = bench.run(bench.tool('fish'), ['-N', '-c', code, script, line], { cwd, env }).toString('utf8')
    // Each is a word, a tab and what it means; of --format=s all of --format=sarif is given; folders end with a slash.
    return lines
      .split('\n')
      .filter(Boolean)
      .map((each) =>
        each
          .replace(/\t.*/, '')
          .replace(/^--[^=]*=/, '')
          .replace(/\/$/, ''),
      )
      .sort()
  },
  zsh: (bench, cwd, script, line) =>
    bench
      .run(bench.tool('zsh'), ['-f', join(SOURCES, 'shells', 'offered.zsh'), script, line], { cwd, env: ALONE })
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .sort(),
}

function sets(bench: Workbench, file: string): void {
  const { stderr, stdout } = bench.try(bench.tool('groff'), ['-man', '-Tutf8', '-ww', file])
  match(stderr, /^$/)
  // Bold and underlined letters are struck twice.
  match(stdout.toString('utf8').replaceAll(/.\x08/g, ''), /MESHWRIGHT\(1\)[^]*trust root create/)
}

function lints(bench: Workbench, file: string): void {
  const { stdout, stderr } = bench.try(bench.tool('mandoc'), ['-T', 'lint', '-W', 'style', file])
  const said = `${stdout.toString('utf8')}${stderr}`
    .split('\n')
    .filter((line) => line !== '' && !/missing date/.test(line))
  deepStrictEqual(said, [], said.join('\n'))
}
