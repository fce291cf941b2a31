/** Plants a fault into what is rendered of a subject, or into the world around it. */
import { check, mustRefuse, present, type Check } from '../check.ts'
import { readTree } from '../../fixture.ts'
import type { SubjectName } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { appsOf } from './apps.ts'
import type { Change } from './change.ts'
import { problemsOf, promised } from './expected.ts'
import { routeProblems, routesPromised } from './expected-routes.ts'
import type { Meshcheck } from './faults.ts'
import { meshIn } from './mesh-in.ts'
import { judge, textsOf, writeInput } from './meshcheck.ts'

/** The reason is that for which it must be refused. */
export type Fault = readonly [name: string, reason: RegExp, change: Change]

export function planted(program: Meshcheck, subject: SubjectName, [name, reason, change]: Fault): Check {
  return check(`planted for ${program}: ${name}`, [program], (bench) =>
    mustRefuse('it', reason, () => followed(bench, program, subject, change)),
  )
}

/** Throws what meshcheck says about a subject with a change. */
export async function followed(
  bench: Workbench,
  program: Meshcheck,
  which: SubjectName,
  change: Change,
): Promise<void> {
  const subject = await bench.subject(which)
  const mesh = meshIn(subject.mesh)
  const apps = appsOf(mesh)
  const files = [...readTree(subject.output)].map(([path, bytes]): [string, string] => [path, bytes.toString('utf8')])
  const changed = change({ files: new Map(files), apps: textsOf(apps) })
  const [verdict] = await judge(bench.tool(program), [
    writeInput(bench.scratch('changed'), 'changed', changed.files, changed.apps),
  ])
  const found = present(verdict, 'verdict')
  const problems = [...problemsOf(found, promised(mesh, apps)), ...routeProblems(found, routesPromised(mesh, apps))]
  if (problems.length > 0) throw new Error(problems.join('\n'))
}
