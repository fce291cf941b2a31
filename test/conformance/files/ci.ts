/** What `init --ci` writes is what the forges take: by the schemas that they publish, and by a linter of workflows. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, mustRefuse, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import { MESHWRIGHT } from '../subjects.ts'
import { SOURCES, type ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'

type Forge = 'github' | 'gitlab'
type Linter = 'check-jsonschema' | 'actionlint' | 'yamllint'

const FILES: Readonly<Record<Forge, string>> = { github: '.github/workflows/mesh.yml', gitlab: '.gitlab-ci.yml' }
const LINTERS: Readonly<Record<Forge, readonly Linter[]>> = {
  github: ['check-jsonschema', 'actionlint', 'yamllint'],
  gitlab: ['check-jsonschema', 'yamllint'],
}

export const ciChecks: readonly Check[] = [
  ...(['github', 'gitlab'] as const).map((forge) =>
    check(`the pipeline for ${forge} is valid for ${LINTERS[forge].join(', ')}`, needs(LINTERS[forge]), (bench) => {
      for (const file of [pipeline(bench, forge), elsewhere(bench, forge)]) {
        for (const linter of LINTERS[forge]) lint(bench, linter, forge, file)
      }
    }),
  ),
  ...faults().map(([what, forge, linter, from, to, reason]) =>
    check(`planted: ${what} (${forge}, ${linter})`, needs([linter]), async (bench) => {
      const file = pipeline(bench, forge)
      lint(bench, linter, forge, file)
      edit(file, from, to)
      await mustRefuse('the fault', reason, () => lint(bench, linter, forge, file))
    }),
  ),
]

type Row = readonly [what: string, forge: Forge, linter: Linter, from: string, to: string, reason: RegExp]

function faults(): readonly Row[] {
  return [
    [
      'a job without a machine',
      'github',
      'check-jsonschema',
      'runs-on:',
      'run-on:',
      /'runs-on' is a required property/,
    ],
    [
      'a permission that there is not',
      'github',
      'check-jsonschema',
      'contents: write',
      'content: write',
      /permissions: \{'content': 'write'\}/,
    ],
    [
      'an event that there is not',
      'github',
      'actionlint',
      'pull_request: {}',
      'pull_requests: {}',
      /unknown Webhook event/,
    ],
    ['a value that nothing has', 'github', 'actionlint', 'github.ref }}', 'github.reff }}', /property "reff" is not/],
    [
      'an input that the action does not take',
      'github',
      'actionlint',
      'fetch-depth',
      'fetch-deep',
      /"fetch-deep" is not/,
    ],
    ['a key that is a truth value to some', 'github', 'yamllint', "'on':", 'on:', /\(truthy\)/],
    ['a key that there is not', 'gitlab', 'check-jsonschema', 'stage: test', 'stages: test', /'stages' was unexpected/],
    [
      'an attempt to cancel',
      'gitlab',
      'check-jsonschema',
      'interruptible: false',
      'interruptible: maybe',
      /not of type 'boolean'/,
    ],
    [
      'a script that is a map',
      'gitlab',
      'check-jsonschema',
      '- cat mesh-plan.md',
      '- cat: mesh-plan.md',
      /mesh-review/,
    ],
  ]
}

function needs(linters: readonly Linter[]): readonly ToolName[] {
  return ['git', ...linters]
}

/** In a repository of its own, as the first thing. */
function pipeline(bench: Workbench, forge: Forge): string {
  const top = repository(bench)
  lockPackages(top)
  init(bench, top, forge)
  return join(top, FILES[forge])
}

/** In a folder of a repository with a lock file, and a main branch whose name is a truth value to some. */
function elsewhere(bench: Workbench, forge: Forge): string {
  const top = repository(bench)
  const folder = join(top, 'infra', 'the mesh')
  mkdirSync(folder, { recursive: true })
  lockPackages(folder)
  bench.run(bench.tool('git'), ['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/on'], { cwd: top })
  init(bench, folder, forge)
  return join(top, FILES[forge])
}

function repository(bench: Workbench): string {
  const top = bench.scratch('pipeline')
  bench.run(bench.tool('git'), ['init', '--quiet'], { cwd: top })
  return top
}

/** As npm writes it where meshwright is among the packages: there is no pipeline without. */
function lockPackages(folder: string): void {
  writeFileSync(join(folder, 'package-lock.json'), '{ "packages": { "node_modules/meshwright": {} } }\n')
}

function init(bench: Workbench, folder: string, forge: Forge): void {
  const mesh = ['--cluster', 'east=192.0.2.1', '--cluster', 'west=192.0.2.2', '--trust-current', 'none']
  bench.run(process.execPath, [MESHWRIGHT, '-C', folder, 'init', '--yes', ...mesh, '--ci', forge])
}

function lint(bench: Workbench, linter: Linter, forge: Forge, file: string): void {
  const { status, stdout, stderr } = bench.try(bench.tool(linter), [...argumentsOf(linter, forge), file])
  if (status !== 0) throw new Error(`${file}\n${stdout.toString('utf8')}${stderr}`)
}

function argumentsOf(linter: Linter, forge: Forge): string[] {
  switch (linter) {
    case 'check-jsonschema':
      return forge === 'github'
        ? ['--builtin-schema', 'vendor.github-workflows']
        : ['--builtin-schema', 'vendor.gitlab-ci', '--data-transform', 'gitlab-ci']
    case 'actionlint':
      // What else happens to be installed must not decide.
      return ['-no-color', '-shellcheck=', '-pyflakes=']
    case 'yamllint':
      return ['--strict', '--config-file', join(SOURCES, 'tools', 'yamllint.yaml')]
  }
}
