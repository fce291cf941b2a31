/**
 * Kills the command line at counted points: before each call that changes the disk, before each program it starts, and
 * while that program runs. What a kill leaves behind is judged by the caller.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MAIN, type Sandbox } from './cli/sandbox.ts'

const HOOK = `
import cp from 'node:child_process'
import fs from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
let points = 0
const point = () => { points += 1; if (points === Number(process.env.KILL_AT)) process.kill(process.pid, 'SIGKILL') }
for (const name of ['mkdir', 'open', 'rename', 'rm', 'rmdir', 'unlink']) {
  const real = fs[name]
  fs[name] = (...args) => { point(); return real(...args) }
}
const spawn = cp.spawn
cp.spawn = (...args) => { point(); const child = spawn(...args); point(); return child }
syncBuiltinESMExports()
process.on('exit', () => process.stdout.write('points: ' + points))
`

export interface Killed {
  /** From 1. */
  readonly point: number
}

/**
 * Runs a command again and again, killed at one point more each time, until it ends by itself.
 *
 * @param before brings everything to where the command begins
 * @param judge what must hold after each kill
 * @param step 1 for every point; more for a part of them
 * @returns how many times it was killed
 */
export async function killAtEachPoint(
  box: Sandbox,
  command: readonly string[],
  step: number,
  before: () => void,
  judge: (killed: Killed) => void,
): Promise<number> {
  const hook = join(box.root, 'kill-at.mjs')
  writeFileSync(hook, HOOK)
  let kills = 0
  for (let point = 1; ; point += step) {
    before()
    const { code, signal, err } = run(box, hook, command, point)
    if (signal === null) {
      if (code !== 0) throw new Error(`${command.join(' ')} ended with ${String(code)}: ${err}`)
      return kills
    }
    kills += 1
    await settled(box.root)
    judge({ point })
  }
}

function run(
  box: Sandbox,
  hook: string,
  command: readonly string[],
  point: number,
): { readonly code: number | null; readonly signal: string | null; readonly err: string } {
  const { status, signal, stderr } = spawnSync(process.execPath, ['--import', hook, MAIN, ...command], {
    cwd: box.mesh,
    env: { ...box.env, KILL_AT: String(point) },
    // A program that outlives the killed one must not hold what we wait for.
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { code: status, signal, err: stderr }
}

/** Waits until no program works below a folder any more: what was started goes on when its starter is killed. */
export async function settled(folder: string): Promise<void> {
  for (let i = 0; i < 1000; i += 1) {
    if (!someoneIn(folder)) return
    await sleep(10)
  }
  throw new Error(`programs go on in ${folder}`)
}

function someoneIn(folder: string): boolean {
  let pids: string[]
  try {
    pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  } catch {
    return false
  }
  return pids.some((pid) => {
    try {
      return `${readlinkSync(join('/proc', pid, 'cwd'))}/`.startsWith(`${folder}/`)
    } catch {
      return false
    }
  })
}
