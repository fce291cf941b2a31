/** Runs meshcheck, Istio's own control planes in one program, on meshes that were written to folders. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KubernetesObject } from '../manifests.ts'
import { appsText, type Apps } from './apps.ts'

/** meshcheck/report.go has what each field means. */
export interface Verdict {
  readonly name: string
  /** `1.31` */
  readonly istio: string
  readonly paths: readonly Path[]
  readonly failures: readonly Failure[]
  readonly warnings: readonly string[]
  readonly made: readonly Made[]
  readonly routes: readonly Routes[]
  readonly hidden: number
  readonly seconds: number
}

/** Of one pod, for one host and port. */
export interface Routes extends Pick<Path, 'cluster' | 'namespace' | 'pod' | 'host' | 'port'> {
  readonly routes: readonly Route[]
}

/** Times are milliseconds. */
export interface Route {
  readonly match: readonly string[]
  /** Percent by subset. */
  readonly to: Readonly<Record<string, number>>
  readonly timeout: number
  readonly attempts: number
  readonly retryOn: string
  readonly perTry: number
}

export interface Made {
  readonly cluster: string
  readonly gateway: string
  readonly objects: readonly KubernetesObject[]
}

export interface Path {
  readonly cluster: string
  readonly namespace: string
  readonly pod: string
  readonly zone: string
  readonly host: string
  readonly port: number
  readonly subset: string
  readonly by: 'route' | 'listener'
  readonly address: string
  readonly sni: string
  readonly subjectAltNames: readonly string[]
  /** As Envoy has them, without Istio's defaults. */
  readonly settings: Readonly<Record<string, string>>
  readonly endpoints: readonly Hop[]
}

export interface Hop {
  readonly address: string
  readonly cluster: string
  readonly own: boolean
  readonly priority: number
  readonly weight: number
  readonly localityWeight: number
  readonly locality: string
  /** Cluster of the gateway behind the SNI; absent when no gateway is between. */
  readonly upstream?: string
  readonly identities: readonly string[]
}

export interface Failure {
  readonly code: string
  readonly where: string
  readonly detail: string
}

/** One mesh as meshcheck reads it. */
export interface Input {
  readonly name: string
  readonly rendered: string
  readonly apps: string
}

/** The Kubernetes objects of the clusters, as text by cluster. */
export type AppsTexts = ReadonlyMap<string, string>

export function textsOf(apps: readonly Apps[]): Map<string, string> {
  return new Map(apps.map(({ cluster, objects }) => [cluster, appsText(objects)]))
}

/** Writes a mesh to a folder of its own. @param files text by path, relative to the output folder */
export function writeInput(folder: string, name: string, files: ReadonlyMap<string, string>, apps: AppsTexts): Input {
  for (const [path, text] of files) put(join(folder, 'output', path), text)
  for (const [cluster, text] of apps) put(join(folder, 'apps', `${cluster}.yaml`), text)
  return { name, rendered: join(folder, 'output', 'clusters'), apps: join(folder, 'apps') }
}

/** Writes the Kubernetes objects for an output that lies in a folder already. */
export function withApps(folder: string, name: string, output: string, apps: AppsTexts): Input {
  return { ...writeInput(folder, name, new Map(), apps), rendered: join(output, 'clusters') }
}

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

/** Long enough for the largest batch on a slow machine, and bounded. */
const BATCH_MS = 10 * 60_000

/**
 * Judges meshes, in order, spread over some processes: meshes that follow each other share the control planes of
 * clusters that are the same. A process that Istio's code brings down costs one mesh its verdict, not the others theirs.
 */
export async function judge(program: string, inputs: readonly Input[], processes = 1): Promise<Verdict[]> {
  const size = Math.ceil(inputs.length / processes)
  const parts = Array.from({ length: processes }, (_, i) => inputs.slice(i * size, (i + 1) * size))
  const verdicts = await Promise.all(parts.map((part) => judgeInOne(program, part)))
  return verdicts.flat()
}

async function judgeInOne(program: string, inputs: readonly Input[]): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  while (verdicts.length < inputs.length) {
    const { lines, stderr, status } = await runBatch(program, inputs.slice(verdicts.length))
    verdicts.push(...lines.map((line) => JSON.parse(line) as Verdict))
    const lost = inputs[verdicts.length]
    if (lost === undefined) break
    if (status !== 2) throw new Error(`meshcheck ended with ${status} at ${lost.name}: ${stderr.slice(-2000)}`)
    // The exit code of a Go program that panics where nobody can catch it.
    verdicts.push(crashed(lost, stderr))
  }
  return verdicts
}

function crashed({ name, rendered }: Input, stderr: string): Verdict {
  const [detail = stderr.slice(-500)] = /^(panic|fatal error): .*$/m.exec(stderr) ?? []
  const failures = [{ code: 'panic', where: rendered, detail }]
  return { name, istio: '', paths: [], failures, warnings: [], made: [], routes: [], hidden: 0, seconds: 0 }
}

async function runBatch(
  program: string,
  inputs: readonly Input[],
): Promise<{ lines: readonly string[]; stderr: string; status: number }> {
  const child = spawn(program, ['-batch', '-json'], { stdio: 'pipe', timeout: BATCH_MS, killSignal: 'SIGKILL' })
  const kill = (): boolean => child.kill('SIGKILL')
  process.once('exit', kill)
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A program that has ended does not read to the end; its exit code tells.
  child.stdin.on('error', () => undefined)
  child.stdin.end(inputs.map((input) => `${JSON.stringify(input)}\n`).join(''))
  try {
    const [status] = (await once(child, 'close')) as [number | null]
    return { lines: stdout.split('\n').slice(0, -1), stderr, status: status ?? 128 }
  } finally {
    process.off('exit', kill)
  }
}
