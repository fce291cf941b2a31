/**
 * What a check works with: a temporary folder, the real programs, the meshes that are judged. Every program's command
 * line and output is kept until the run has passed.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { makeSubject, type Subject, type SubjectName } from './subjects.ts'
import { locate, type ToolName } from './tools.ts'

export interface RunOptions {
  readonly cwd?: string
  /** Added to the environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string | Uint8Array
  readonly timeoutMs?: number
}

export interface Ran {
  /** Exit code; 128 when a signal ended it. */
  readonly status: number
  readonly stdout: Buffer
  readonly stderr: string
}

export interface Server {
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly log: () => string
  /** Ends it by its process id and waits until it is gone. */
  readonly stop: () => Promise<void>
}

const TIMEOUT_MS = 60_000
const STOP_MS = 5000

/** They must not outlive us, however we end. */
const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export class Workbench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'meshwright-conformance-'))
  #logs = join(this.folder, 'logs')
  #count = 0
  readonly #subjects = new Map<SubjectName, Promise<Subject>>()

  /** Later logs go to a folder of this name. */
  enter(layer: string, check: string): void {
    const slug = check.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
    this.#logs = join(this.folder, 'logs', layer, slug.slice(0, 80))
    this.#count = 0
  }

  /** A new empty folder. */
  scratch(name: string): string {
    return mkdtempSync(join(this.folder, `${name}-`))
  }

  /** A mesh to judge; made when it is first asked for. */
  subject(name: SubjectName): Promise<Subject> {
    const made = this.#subjects.get(name) ?? makeSubject(this, name)
    this.#subjects.set(name, made)
    return made
  }

  /** Path of a program that the check said it needs. */
  tool(name: ToolName): string {
    const found = locate(name)
    if ('missing' in found) throw new Error(found.missing)
    return found.path
  }

  /** Runs a program to its end, whatever the end is. */
  try(program: string, args: readonly string[], options: RunOptions = {}): Ran {
    const { cwd, input, timeoutMs = TIMEOUT_MS } = options
    const result = spawnSync(program, args, {
      ...(cwd !== undefined && { cwd }),
      ...(input !== undefined && { input }),
      env: { ...process.env, ...options.env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      maxBuffer: 256 * 1024 * 1024,
    })
    if (result.error !== undefined) throw new Error(`${basename(program)}: ${result.error.message}`)
    const ran = { status: result.status ?? 128, stdout: result.stdout, stderr: result.stderr.toString('utf8') }
    const head = `$ ${[program, ...args].join(' ')}\n# in ${cwd ?? process.cwd()}\n# exit ${ran.status}\n`
    writeFileSync(this.#logFile(program), `${head}--- stderr\n${ran.stderr}--- stdout\n${ran.stdout.toString('utf8')}`)
    return ran
  }

  /** Runs a program that must end with 0; gives what it printed. */
  run(program: string, args: readonly string[], options: RunOptions = {}): Buffer {
    const { status, stdout, stderr } = this.try(program, args, options)
    if (status === 0) return stdout
    const said = (stderr.trim() === '' ? stdout.toString('utf8') : stderr).trim()
    throw new Error(`${[basename(program), ...args].join(' ')} ended with ${status}\n${tail(said)}`)
  }

  /** Starts a program that goes on until it is stopped. */
  start(program: string, args: readonly string[], options: Pick<RunOptions, 'env'> & { readonly cwd: string }): Server {
    const file = this.#logFile(program)
    const log = openSync(file, 'w')
    const env = { ...process.env, ...options.env }
    const child = spawn(program, args, { cwd: options.cwd, env, stdio: ['ignore', log, log] })
    closeSync(log)
    const ended = once(child, 'exit')
    // A program that cannot be started shows as one without process id.
    ended.catch(() => undefined)
    running.add(child)
    const stop = async (): Promise<void> => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
        await ended
        clearTimeout(hard)
      }
      running.delete(child)
    }
    return { child, log: () => readFileSync(file, 'utf8'), stop }
  }

  /** Takes everything away. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #logFile(program: string): string {
    mkdirSync(this.#logs, { recursive: true })
    this.#count += 1
    return join(this.#logs, `${String(this.#count).padStart(3, '0')}-${basename(program)}.log`)
  }
}

function tail(text: string): string {
  return text.split('\n').slice(-20).join('\n')
}
