/** Many publishers at once on one bare remote, each with a commit of its own on one line of history, in many rounds. */
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Workbench } from '../workbench.ts'
import type { Job } from './job.ts'

const PUBLISHERS = 8
const PUBLISHER = join(import.meta.dirname, 'publisher.js')

interface Outcome {
  readonly kind: string
  readonly commit?: string
}

export interface Crowd {
  readonly rounds: number
  /** A remote that declines notes. */
  readonly declinesNotes?: boolean
  readonly unguarded?: boolean
}

export class Arena {
  readonly folder: string
  readonly #bench: Workbench
  readonly #sources: string[] = []
  readonly #texts = new Map<string, string>()
  readonly #published = new Set<string>()
  readonly #foreign: string[] = []

  constructor(bench: Workbench, { declinesNotes = false }: Crowd) {
    this.#bench = bench
    this.folder = bench.scratch('crowd')
    this.#git('.', 'init', '--quiet', '--bare', '--initial-branch=main', 'remote.git')
    this.#git('.', 'clone', '--quiet', 'remote.git', 'author')
    for (let i = 0; i < PUBLISHERS; i += 1) {
      this.#git('.', 'clone', '--quiet', '--shared', 'author', `clone-${String(i)}`)
      this.#git(`clone-${String(i)}`, 'remote', 'set-url', 'origin', join(this.folder, 'remote.git'))
    }
    if (!declinesNotes) return
    mkdirSync(join(this.folder, 'remote.git', 'hooks'), { recursive: true })
    const hook = '#!/bin/sh\ncase "$1" in refs/notes/*) echo "no notes here"; exit 1;; esac\n'
    writeFileSync(join(this.folder, 'remote.git', 'hooks', 'update'), hook, { mode: 0o755 })
  }

  #git(where: string, ...args: readonly string[]): string {
    const options = { cwd: join(this.folder, where), env: { ...NAMED } }
    return this.#bench.run('git', args, options).toString('utf8').trim()
  }

  /** Eight new commits, a publisher for each, and somebody who pushes a file of his own by plain git meanwhile. */
  async round(number: number, unguarded: boolean): Promise<void> {
    const gate = join(this.folder, `gate-${String(number)}`)
    const jobs = Array.from({ length: PUBLISHERS }, (_, i): Job => {
      this.#git('author', 'commit', '--quiet', '--allow-empty', '--message', `${String(number)}.${String(i)}`)
      const source = this.#git('author', 'rev-parse', 'HEAD')
      // Few texts, so that a later source often gives what an earlier one gave.
      const text = 'abc'.charAt(Math.floor(Math.random() * 3))
      this.#sources.push(source)
      this.#texts.set(source, text)
      return { clone: join(this.folder, `clone-${String(i)}`), source, text, gate, unguarded }
    })
    const running = shuffled(jobs).map((job) => start(job))
    await Promise.all(running.map(({ ready }) => ready))
    writeFileSync(gate, '')
    const stranger = number === 0 ? undefined : this.#pushByHand(number)
    const outcomes = await Promise.all(running.map(({ outcome }) => outcome))
    await stranger
    for (const { kind, commit } of outcomes)
      if (kind === 'published' && commit !== undefined) this.#published.add(commit)
  }

  async #pushByHand(number: number): Promise<void> {
    const where = `by-hand-${String(number)}`
    this.#git('.', 'clone', '--quiet', '--branch', 'live', 'remote.git', where)
    const name = `theirs-${String(number)}`
    for (let attempt = 0; attempt < 40; attempt += 1) {
      this.#git(where, 'fetch', '--quiet', 'origin', 'live')
      this.#git(where, 'reset', '--quiet', '--hard', 'origin/live')
      writeFileSync(join(this.folder, where, name), 'x')
      this.#git(where, 'add', name)
      this.#git(where, 'commit', '--quiet', '--message', name)
      const options = { cwd: join(this.folder, where), env: { ...NAMED } }
      if (this.#bench.try('git', ['push', '--quiet', 'origin', 'live'], options).status === 0) {
        this.#foreign.push(name)
        return
      }
      await new Promise((resolve) => setTimeout(resolve, 20 + 60 * Math.random()))
    }
    throw new Error('by hand nothing could be pushed')
  }

  /** What must hold after every round. */
  judge(): void {
    strictEqual(this.#git('remote.git', 'rev-list', '--min-parents=2', 'live'), '', 'history is not linear')
    const format = '--format=%H %(trailers:key=Mesh-Source-Commit,valueonly,separator=)'
    const lines = this.#git('remote.git', 'log', '--reverse', format, 'live').split('\n')
    const commits = lines.map((line) => line.split(' '))
    const ids = new Set(commits.map(([id]) => id))
    deepStrictEqual(
      [...this.#published].filter((id) => !ids.has(id)),
      [],
      'a commit is lost',
    )
    const order = commits.flatMap(([, source = '']) => (source === '' ? [] : [this.#sources.indexOf(source)]))
    ok(order.length > 0 && !order.includes(-1), 'a source is not known')
    deepStrictEqual(
      order,
      [...order].sort((a, b) => a - b),
      'an older source went over a newer one',
    )
    const newest = this.#sources.at(-1) ?? ''
    const live = this.#git('remote.git', 'show', 'live:clusters/east/x.yaml').split('\n').at(-1)
    strictEqual(live, `text: ${String(this.#texts.get(newest))}`, 'what is live is not of the newest source')
    const files = this.#git('remote.git', 'ls-tree', '--name-only', 'live').split('\n')
    deepStrictEqual(
      this.#foreign.filter((name) => !files.includes(name)),
      [],
      'a file of somebody else is lost',
    )
    this.#git('remote.git', 'fsck', '--strict')
  }
}

/** Publishes in as many rounds as are wanted, and judges after each. */
export async function crowd(bench: Workbench, options: Crowd): Promise<void> {
  const arena = new Arena(bench, options)
  for (let number = 0; number < options.rounds; number += 1) {
    await arena.round(number, options.unguarded === true)
    arena.judge()
  }
}

const NAMED = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.test',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.test',
}

function start(job: Job): { readonly ready: Promise<void>; readonly outcome: Promise<Outcome> } {
  const child = spawn(process.execPath, [PUBLISHER, JSON.stringify(job)], {
    env: { ...process.env, ...NAMED },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  let [out, err] = ['', '']
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const ended = once(child, 'close')
  const ready = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('ready\n')) resolve()
    })
    child.once('close', () => resolve())
  })
  const outcome = ended.then(([code]) => {
    if (code !== 0) throw new Error(`a publisher ended with ${String(code)}: ${err}`)
    return JSON.parse(out.slice(out.indexOf('\n') + 1)) as Outcome
  })
  return { ready, outcome }
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
}
