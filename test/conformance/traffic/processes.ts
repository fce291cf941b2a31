/** Programs that go on until they are ended, each with those that it started itself. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Running {
  readonly name: string
  readonly child: ChildProcess
  /** What it has printed so far. */
  readonly log: () => string
}

export interface StartOptions {
  readonly cwd: string
  /** All of its environment, but for PATH. */
  readonly env: Readonly<Record<string, string>>
}

const POLL_MS = 40

export class Processes {
  readonly #running = new Set<Running>()
  readonly #logs: string
  #count = 0

  constructor(logs: string) {
    this.#logs = logs
    mkdirSync(logs, { recursive: true })
  }

  start(name: string, program: string, args: readonly string[], { cwd, env }: StartOptions): Running {
    this.#count += 1
    const file = join(this.#logs, `${String(this.#count).padStart(2, '0')}-${name}.log`)
    const log = openSync(file, 'w')
    const stdio = ['ignore', log, log] as const
    const child = spawn(program, args, {
      cwd,
      env: { PATH: process.env['PATH'], ...env },
      stdio: [...stdio],
      detached: true,
    })
    closeSync(log)
    // One that cannot be started shows as one that has ended.
    child.on('error', () => undefined)
    const running = { name, child, log: () => readFileSync(file, 'utf8') }
    this.#running.add(running)
    return running
  }

  /** Ends a program by its process group, so that the Envoy of an agent goes with it. */
  async stop(running: Running): Promise<void> {
    this.#running.delete(running)
    const { child } = running
    if (child.pid === undefined) return
    const gone = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The whole group is gone already.
    }
    await gone
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running].map((running) => this.stop(running)))
  }

  /**
   * What `probe` gives when it is no longer undefined. Its errors count as not yet; fails when the time is over, and at
   * once when a program has ended.
   */
  async until<T>(what: string, seconds: number, probe: () => T | undefined | Promise<T | undefined>): Promise<T> {
    const end = performance.now() + seconds * 1000
    let last: unknown
    while (performance.now() < end) {
      this.assertAlive()
      try {
        const got = await probe()
        if (got !== undefined) return got
        last = undefined
      } catch (error) {
        last = error
      }
      await sleep(POLL_MS)
    }
    const detail = last instanceof Error ? `: ${last.message}` : ''
    throw new Error(`${what}: not within ${seconds} s${detail}`)
  }

  assertAlive(): void {
    for (const { name, child, log } of this.#running) {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) continue
      throw new Error(
        `${name} has ended (${child.exitCode ?? child.signalCode ?? 'not started'})\n${log().slice(-2000)}`,
      )
    }
  }
}
