/** yamllint finds nothing in what meshwright writes: no layout that a reviewer trips over, no value with two meanings. */
import { ok } from 'node:assert/strict'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readTree } from '../../fixture.ts'
import { check, checkEach, mustRefuse, present, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import type { Subject } from '../subjects.ts'
import { SOURCES } from '../tools.ts'
import type { Workbench } from '../workbench.ts'

export const yamllintChecks: readonly Check[] = [
  ...checkEach('yamllint finds nothing in output and lock', ['yamllint'], everyFile),
  check('yamllint finds nothing in the intent that init writes', ['yamllint'], async (bench) =>
    lint(bench, [join((await bench.subject('fresh')).mesh, 'mesh.yaml')]),
  ),
  ...faults().map(([what, file, from, to, reason]) =>
    check(`planted: ${what} (yamllint)`, ['yamllint'], async (bench) => {
      const { output, clusters } = await bench.subject('output')
      const copy = join(bench.scratch('planted'), basename(file))
      cpSync(join(output, 'clusters', present(clusters[0], 'cluster'), file), copy)
      lint(bench, [copy])
      edit(copy, from, to)
      await mustRefuse('the fault', reason, () => lint(bench, [copy]))
    }),
  ),
]

type Row = readonly [what: string, file: string, from: string, to: string, reason: RegExp]

function faults(): readonly Row[] {
  const [entry, gateway] = ['services/bar.yaml', 'gateway/gateway.yaml']
  return [
    ['a key twice', entry, '  location: ', '  resolution: STATIC\n  location: ', /\(key-duplicates\)$/m],
    ['a word that is a truth value to some', gateway, 'istio: eastwestgateway', 'istio: yes', /\(truthy\)$/m],
    ['a number that is octal to some', entry, 'number: 8000', 'number: 010', /\(octal-values\)$/m],
    ['a number in powers of ten', gateway, 'sync-wave: "0"', 'sync-wave: 1.0e3', /\(float-values\)$/m],
    ['a key without a value', gateway, 'istio: eastwestgateway', 'istio:', /\(empty-values\)$/m],
    ['a blank at the end of a line', entry, 'resolution: STATIC', 'resolution: STATIC ', /\(trailing-spaces\)$/m],
    ['line ends of Windows', entry, '\n', '\r\n', /\(new-lines\)$/m],
    ['a list at the depth of its key', entry, '  exportTo:\n    - foo', '  exportTo:\n  - foo', /\(indentation\)$/m],
  ]
}

/** Ours are the files of the output and of the lock; the rest of a mesh's folder is the user's. */
function everyFile(bench: Workbench, { mesh, output, clusters }: Subject): void {
  const lock = join(mesh, 'mesh.lock')
  ok(existsSync(lock), `there is no ${lock}`)
  const files = [output, lock].flatMap((folder) =>
    [...readTree(folder).keys()].filter((path) => path.endsWith('.yaml')).map((path) => join(folder, path)),
  )
  const users = clusters.flatMap((cluster) =>
    readFileSync(join(mesh, 'corefiles', `${cluster}.Corefile`), 'utf8').split('\n'),
  )
  lint(bench, files, new Set(users.filter((line) => /\s$/.test(line)).map((line) => line.trim())))
}

/** Blanks at the end of a line stand where the user's Corefile has them: its bytes are kept. */
function lint(bench: Workbench, files: readonly string[], users: ReadonlySet<string> = new Set()): void {
  const config = join(SOURCES, 'tools', 'yamllint.yaml')
  const args = ['--strict', '--format', 'parsable', '--config-file', config, ...files]
  const { status, stdout, stderr } = bench.try(bench.tool('yamllint'), args)
  const findings = stdout.toString('utf8').split('\n').slice(0, -1)
  const ours = findings.filter((finding) => !isUsers(finding, users))
  if (ours.length > 0 || (status !== 0 && findings.length === 0)) throw new Error([...ours, stderr.trim()].join('\n'))
}

function isUsers(finding: string, users: ReadonlySet<string>): boolean {
  const [, file = '', line = ''] = /^(.*\/dns\/coredns\.yaml):(\d+):.*\(trailing-spaces\)$/.exec(finding) ?? []
  if (file === '') return false
  return users.has(readFileSync(file, 'utf8').split('\n')[Number(line) - 1]?.trim() ?? '')
}
