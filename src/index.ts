/**
 * meshwright as a library: a mesh in memory to files in memory. Nothing here reads or writes a file of yours, looks at the
 * clock, or needs a key. What needs the root's key, which is to issue the intermediate of a new cluster, is left to
 * `meshwright generate`.
 *
 * @example
 * const planned = await plan(files, { now: new Date() })
 * if (!planned.ok) throw new Error(report(planned.diagnostics, files))
 * const { output, lock } = render(planned.value)
 */
import { refuseSecrets } from './commands/secrets.ts'
import { hasErrors, sortDiagnostics, type Checked, type Diagnostic } from './diagnostics/diagnostic.ts'
import { exit, Failure } from './diagnostics/failure.ts'
import { formatReport, type Format } from './diagnostics/formats.ts'
import { lockTree } from './lock/write.ts'
import { plan as planMesh, type Plan } from './plan/plan.ts'
import { render as renderPlan } from './plan/render.ts'
import { simulate as simulateMesh, type Simulation } from './simulate/simulate.ts'
import { memorySources } from './shell/memory-sources.ts'
import { gather } from './shell/workspace.ts'
import type { FileTree } from './tree/file-tree.ts'
import { version } from './version.ts'

export { Failure }
export type { Checked, Diagnostic, FileTree, Format, Plan, Simulation }
export type { Span } from './diagnostics/diagnostic.ts'
export type { Lock } from './lock/lock.ts'
export type { Mesh } from './mesh/mesh.ts'
export type { Task } from './plan/task.ts'

/**
 * What a mesh is made of: `mesh.yaml`, the files below `mesh.lock/`, and all that the intent names: Corefiles, sealing
 * certificates, included files and manifests. Paths are relative to the folder of the mesh file, with forward slashes; other files do no harm.
 */
export type Files = ReadonlyMap<string, string | Uint8Array>

export interface ValidateOptions {
  /** When this takes place: certificates may have ended by then. */
  readonly now: Date
  /** Path of the mesh file in `files`; by default `mesh.yaml`. */
  readonly meshFile?: string
  /** Its folder in the repository, such as `meshes/shop`: for an intent that names files above it, as `../../apps/a.yaml`. */
  readonly folder?: string
}

export interface PlanOptions extends ValidateOptions {
  /** Hosts (`<service>.<namespace>`) whose retiring exposures end now. */
  readonly release?: readonly string[]
}

/** Everything that `meshwright generate` would refuse, and its warnings. Rejects with a Failure without a mesh file. */
export async function validate(files: Files, options: ValidateOptions): Promise<readonly Diagnostic[]> {
  return (await plan(files, options)).diagnostics
}

/** What must be done to the lock, and what the mesh comes to; no plan where something is an error. */
export async function plan(files: Files, options: PlanOptions): Promise<Checked<Plan>> {
  const { now, meshFile = 'mesh.yaml', folder = '', release = [] } = options
  const above = folder.split('/').filter((name) => name !== '' && name !== '.')
  const { checked } = await gather(memorySources(bytesOf(files), above), meshFile)
  if (!checked.ok) return { ok: false, diagnostics: sortDiagnostics(checked.diagnostics) }
  const planned = planMesh({ ...checked.value, now, release })
  const diagnostics = sortDiagnostics([...checked.diagnostics, ...planned.diagnostics])
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value: planned, diagnostics }
}

export interface Rendered {
  /** What is applied to the clusters; paths relative to the output folder. */
  readonly output: FileTree
  /** The lock that belongs to it, to be kept and given back the next time; paths relative to `mesh.lock`. */
  readonly lock: FileTree
}

/**
 * A plan as files. Throws a Failure where a cluster waits for an intermediate, which needs the root's key.
 *
 * When `plan.tasks` is empty, the lock is the one that was given.
 */
export function render(plan: Plan): Rendered {
  const waiting = plan.tasks.flatMap((task) => (task.kind === 'issue-intermediate' ? [task.cluster] : []))
  if (waiting.length > 0) {
    throw new Failure(`an intermediate must be issued for ${waiting.join(', ')}`, {
      exitCode: exit.found,
      hints: ["run meshwright generate, which takes the root's key, and read the lock again"],
    })
  }
  const rendered = { output: renderPlan(plan, plan.lock), lock: lockTree(plan.lock, plan.mesh.name) }
  refuseSecrets(rendered.output, rendered.lock)
  return rendered
}

/**
 * Where the calls of a plan's mesh go when clusters are down, and what breaks. A name that is no cluster of the mesh makes
 * no difference.
 *
 * @param down names of the clusters
 */
export function simulate({ mesh, lock }: Plan, down: readonly string[]): Simulation {
  return simulateMesh({ mesh, lock, down })
}

/** Diagnostics with their places in the files, as `--format` has them. */
export function report(diagnostics: readonly Diagnostic[], files: Files, format: Format = 'text'): string {
  const texts = new Map([...bytesOf(files)].map(([path, bytes]) => [path, new TextDecoder().decode(bytes)]))
  return formatReport(format, sortDiagnostics(diagnostics), texts, { version: version(), about: 'mesh.yaml' })
}

function bytesOf(files: Files): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder()
  return new Map([...files].map(([path, file]) => [path, typeof file === 'string' ? encoder.encode(file) : file]))
}
