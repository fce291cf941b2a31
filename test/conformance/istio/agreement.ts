/**
 * `meshwright verify` against Istio's code: what the one accepts, the other must accept. Seeded meshes as they are
 * rendered, and each with some things changed; what `verify` refuses needs no second opinion.
 */
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { verifyOutput } from '../../../src/verify/verify.ts'
import { NOW } from '../../trust/authority.ts'
import type { Workbench } from '../workbench.ts'
import { appsOf } from './apps.ts'
import { problemsOf, promised, type PathPromise } from './expected.ts'
import type { Meshcheck } from './faults.ts'
import { judge, textsOf, writeInput, type Input } from './meshcheck.ts'
import { MUTATIONS } from './mutations.ts'
import { CHAOS } from './mutations/chaos.ts'
import type { Mutation } from './mutations/mutation.ts'
import { Random } from './random.ts'
import { Rendering } from './rendering.ts'
import { renderSeeded, type Rendered } from './seeded.ts'

export interface Agreement {
  readonly meshes: number
  /** Mutations by what `verify` made of them. */
  readonly accepted: number
  readonly refused: number
  /** Paths proven in what was accepted. */
  readonly paths: number
  readonly differences: readonly Difference[]
  /** Names of the mutations that were applied at least once. */
  readonly applied: ReadonlySet<string>
}

export interface Difference {
  readonly seed: number
  readonly mesh: Mesh
  /** Where it was written. */
  readonly folder: string
  /** `as rendered`, or the name of a mutation. */
  readonly what: string
  /** What meshcheck says, and verify does not. */
  readonly problems: readonly string[]
}

export const AS_RENDERED = 'as rendered'
/** Two cores are what a machine has at least. */
const PROCESSES = 2

interface Case extends Input {
  readonly seed: number
  readonly mesh: Mesh
  readonly what: string
  readonly promises: ReadonlyMap<string, PathPromise>
}

interface Extent {
  /** How many meshes; their seeds count up from 0. */
  readonly seeds: number
  /** How many mutations each mesh gets, beside those at random. */
  readonly changes: number
  /** What stands for `verify`. */
  readonly verify?: typeof refusals
}

export async function agree(
  bench: Workbench,
  program: Meshcheck,
  { seeds, changes, verify = refusals }: Extent,
): Promise<Agreement> {
  const cases: Case[] = []
  const applied = new Set<string>()
  const turns = new Turns(MUTATIONS)
  let refused = 0
  const folder = bench.scratch('seeded')
  for (let seed = 0; seed < seeds; seed++) {
    const rendered = await renderSeeded(seed)
    const apps = appsOf(rendered.mesh, 1)
    const promises = promised(rendered.mesh, apps)
    const keep = (what: string, files: ReadonlyMap<string, string>): void => {
      const name = `${seed}-${cases.length}`
      cases.push({
        ...writeInput(`${folder}/${name}`, name, files, textsOf(apps)),
        seed,
        mesh: rendered.mesh,
        what,
        promises,
      })
    }
    keep(AS_RENDERED, rendered.files)
    const found = verify(rendered, rendered.files)
    if (found.length > 0) throw new Error(`verify refuses mesh ${seed} as it is rendered: ${found.join(', ')}`)
    const chaos = CHAOS.flatMap((mutation, i) => mutate(rendered, mutation, seed * CHAOS.length + i) ?? [])
    for (const { what, files } of [...turns.mutate(rendered, seed, changes), ...chaos]) {
      applied.add(what)
      if (verify(rendered, files).length > 0) refused += 1
      else keep(what, files)
    }
  }
  const verdicts = await judge(bench.tool(program), cases, PROCESSES)
  const differences = cases.flatMap(({ seed, mesh, rendered: folder, what, promises }, i): Difference[] => {
    const verdict = verdicts[i]
    const problems = verdict === undefined ? ['there is no verdict'] : problemsOf(verdict, promises)
    return problems.length === 0 ? [] : [{ seed, mesh, folder, what, problems }]
  })
  const paths = verdicts.reduce((sum, verdict) => sum + verdict.paths.length, 0)
  return { meshes: seeds, accepted: cases.length - seeds, refused, paths, differences, applied }
}

/** Codes of the errors that `verify` finds. */
function refusals({ lock }: Rendered, files: ReadonlyMap<string, string>): string[] {
  const { diagnostics } = verifyOutput(files, { now: NOW, lock })
  return diagnostics.map(({ code }) => code).filter((code) => code.startsWith('MESH-E'))
}

/** Goes through the mutations in turn, so that each gets its meshes: those that find nothing to change stay in front. */
class Turns {
  readonly #waiting: Mutation[]

  constructor(mutations: readonly Mutation[]) {
    this.#waiting = [...mutations]
  }

  /** @param count how many are wanted */
  mutate(rendered: Rendered, seed: number, count: number): { what: string; files: Map<string, string> }[] {
    const made: { what: string; files: Map<string, string> }[] = []
    for (const mutation of [...this.#waiting]) {
      if (made.length === count) break
      const changed = mutate(rendered, mutation, seed)
      if (changed === undefined) continue
      made.push(changed)
      this.#waiting.splice(this.#waiting.indexOf(mutation), 1)
      this.#waiting.push(mutation)
    }
    return made
  }
}

/** The files with one thing changed; undefined where there is nothing to change. */
function mutate(
  { mesh, files }: Rendered,
  { name, apply }: Mutation,
  seed: number,
): { what: string; files: Map<string, string> } | undefined {
  const rendering = new Rendering(files)
  const changed = apply({ rendering, mesh, random: new Random(seed) })
  if (changed === false) return undefined
  return { what: changed === true ? name : `${name} ${changed}`, files: rendering.files() }
}
