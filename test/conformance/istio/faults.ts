/** What meshcheck and istioctl must refuse, what they must not, and what meshcheck must understand. */
import { deepStrictEqual, ok } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { readTree } from '../../fixture.ts'
import type { Workbench } from '../workbench.ts'
import { appsOf, appsText } from './apps.ts'
import { all, edit, type Change } from './change.ts'
import { problemsOf, promised } from './expected.ts'
import { analyze, validate } from './istioctl.ts'
import { meshIn } from './mesh-in.ts'
import { judge, textsOf, writeInput, type Input, type Verdict } from './meshcheck.ts'
import { IMPORTS, MUTANTS, VARIATIONS, type Mutant, type Variation } from './mutants.ts'
import { CRASH, meshOfTrials, OWN_COPY_ANYHOW, OWN_COPY_FIRST } from './trials.ts'

export type Meshcheck = 'meshcheck' | 'meshcheck-1.30'

export const FAULTS: readonly Check[] = [
  ...MUTANTS.map((mutant) =>
    check(`planted: ${mutant.name}`, [mutant.by], (bench) =>
      mustRefuse('it', mutant.reason, () =>
        mutant.by === 'istioctl' ? validated(bench, mutant) : followed(bench, mutant),
      ),
    ),
  ),
  check('planted: TCP without an address', ['istioctl'], (bench) =>
    mustRefuse('it', /IST0134/, () =>
      analyzed(bench, all(edit(IMPORTS, 'protocol: HTTP', 'protocol: TCP'), edit(IMPORTS, /^ +addresses:\n.*\n/m, ''))),
    ),
  ),
  check('planted: a meshcheck that dies costs one mesh its verdict', [], dying),
  ...VARIATIONS.map((variation) =>
    check(`as good: ${variation.name}`, ['meshcheck', 'istioctl'], async (bench) => {
      await validated(bench, variation)
      await followed(bench, variation)
    }),
  ),
]

/** Stands in for meshcheck, and dies of every mesh that is called bad. */
const MORTAL = `#!${process.execPath}
for (const line of require('node:fs').readFileSync(0, 'utf8').trim().split('\\n')) {
  const { name } = JSON.parse(line)
  if (name === 'bad') {
    process.stderr.write('panic: planted\\n')
    process.exitCode = 2
    break
  }
  process.stdout.write(JSON.stringify({ name, failures: [] }) + '\\n')
}
`

async function dying(bench: Workbench): Promise<void> {
  const program = join(bench.scratch('mortal'), 'meshcheck')
  writeFileSync(program, MORTAL, { mode: 0o755 })
  const names = ['good', 'bad', 'bad', 'good', 'bad']
  const verdicts = await judge(
    program,
    names.map((name) => ({ name, rendered: '', apps: '' })),
  )
  const told = verdicts.map(({ name, failures }) => [name, failures.map(({ detail }) => detail).join(' ')])
  deepStrictEqual(
    told,
    names.map((name) => [name, name === 'bad' ? 'panic: planted' : '']),
  )
}

/** @param program which Istio it is */
export function trialsOf(program: Meshcheck): Check[] {
  return [
    check(`${program}: a panic of Istio's code is a failed path`, [program], async (bench) => {
      const { failures } = await tried(bench, program, CRASH)
      const ofTheClients = failures.filter(({ where }) => where.startsWith('cluster-1 foo/'))
      ok(ofTheClients.length > 0, 'nobody in foo is told to fail')
      for (const { code, detail } of ofTheClients) {
        ok(code === 'panic' && /^Istio's code panics: .* in istio\.io\/istio\/.*loadbalancer\./.test(detail), detail)
      }
    }),
    check(`${program}: one's own copy is first, in every zone`, [program], async (bench) => {
      ownFirst(await tried(bench, program, OWN_COPY_FIRST))
      const anyhow = await tried(bench, program, OWN_COPY_ANYHOW)
      await mustRefuse('a rule without priorities', /^priorities/, () => ownFirst(anyhow))
    }),
  ]
}

function ownFirst({ paths, failures }: Verdict): void {
  deepStrictEqual(failures, [])
  const own = paths.filter(({ cluster, host }) => cluster === 'cluster-1' && host === 'svc-1.foo.global')
  deepStrictEqual([...new Set(own.map(({ zone }) => zone))].sort(), ['region-1/region-1-a', 'region-1/region-1-b'])
  for (const { endpoints } of own) {
    const ways = endpoints
      .map(({ cluster, own, priority }) => `${cluster} ${own ? 'itself' : 'by gateway'} ${priority}`)
      .sort()
    const wanted = ['cluster-1 itself 0', 'cluster-2 by gateway 1']
    deepStrictEqual(ways, wanted, `priorities are ${ways.join(', ')}`)
  }
}

async function tried(bench: Workbench, program: Meshcheck, change: Change): Promise<Verdict> {
  const mesh = meshOfTrials(meshIn((await bench.subject('output')).mesh))
  const [verdict] = await judge(bench.tool(program), [await written(bench, mesh, change)])
  return present(verdict, 'verdict')
}

/** Throws what meshcheck says about the changed output, and what it lacks of the promised paths. */
async function followed(
  bench: Workbench,
  { change, renames = ['', ''] }: Pick<Variation, 'change' | 'renames'>,
): Promise<void> {
  const mesh = meshIn((await bench.subject('output')).mesh)
  const [verdict] = await judge(bench.tool('meshcheck'), [await written(bench, mesh, change)])
  const promises = [...promised(mesh, appsOf(mesh))].map(([name, what]) => [name.replace(...renames), what] as const)
  const problems = problemsOf(present(verdict, 'verdict'), new Map(promises))
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

/** Throws what istioctl says about the form of the changed output. */
async function validated(bench: Workbench, { change }: Pick<Mutant, 'change'>): Promise<void> {
  const mesh = meshIn((await bench.subject('output')).mesh)
  const { rendered } = await written(bench, mesh, change)
  validate(bench, 'istioctl', rendered)
}

/** Throws what istioctl finds in the changed output and the objects of its cluster. */
async function analyzed(bench: Workbench, change: Change): Promise<void> {
  const mesh = meshIn((await bench.subject('output')).mesh)
  const { rendered } = await written(bench, mesh, change)
  const [apps] = appsOf(mesh)
  const { cluster, objects } = present(apps, 'cluster')
  analyze(bench, 'istioctl', join(rendered, cluster), appsText(objects))
}

async function written(bench: Workbench, mesh: Mesh, change: Change): Promise<Input> {
  const { output } = await bench.subject('output')
  const files = [...readTree(output)].map(([path, bytes]): [string, string] => [path, bytes.toString('utf8')])
  const changed = change({ files: new Map(files), apps: textsOf(appsOf(mesh)) })
  return writeInput(bench.scratch('changed'), 'changed', changed.files, changed.apps)
}
