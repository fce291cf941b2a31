/**
 * What Git itself says of what we write, with many writers at once and after kills at any moment. The checks of
 * `npm test` have a part of this; here is all of it.
 */
import { ok, strictEqual } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { killGenerate, killPublish } from '../cli/kill.ts'
import { BRANCH, repository } from '../cli/repository.ts'
import { MAIN } from '../cli/sandbox.ts'
import { settled } from '../kill-points.ts'
import { check, mustRefuse, type Layer } from './check.ts'
import { crowd } from './git/crowd.ts'

/** Whole processes, killed by the clock. */
const KILLS_BY_TIME = 24

export const git: Layer = {
  name: 'git',
  checks: [
    check('8 publishers at once, and somebody with plain git: 8 rounds', [], (bench) => crowd(bench, { rounds: 8 })),
    check('the same where the remote declines notes: 4 rounds', [], (bench) =>
      crowd(bench, { rounds: 4, declinesNotes: true }),
    ),
    check('planted: publishers without the guard', [], (bench) =>
      mustRefuse('it', /went over a newer one|not of the newest source/, () =>
        crowd(bench, { rounds: 12, unguarded: true }),
      ),
    ),
    check('generate, killed at every point', [], async () => {
      const kills = await killGenerate(1)
      ok(kills > 20, `only ${String(kills)} points`)
      process.stdout.write(`       killed ${String(kills)} times\n`)
    }),
    check('publish, killed at every point', [], async () => {
      const kills = await killPublish(1)
      ok(kills > 20, `only ${String(kills)} points`)
      process.stdout.write(`       killed ${String(kills)} times\n`)
    }),
    check('generate --commit and publish, killed at any time', [], killedByTheClock),
    check('git reads what we wrote: log, trailers, notes, fsck', [], readByGit),
  ],
}

async function killedByTheClock(): Promise<void> {
  const box = repository()
  for (let i = 0; i < KILLS_BY_TIME; i += 1) {
    box.addService(`svc-${String(i + 3)}`)
    box.commit(`Add a service, ${String(i)}`)
    // Half of them die while they commit on the branch, half while they publish.
    const command = i % 2 === 0 ? ['generate', '--commit'] : ['publish']
    if (command[0] === 'publish') mustEnd(box.meshwright('generate', '--commit'))
    const child = spawn(process.execPath, [MAIN, ...command], { cwd: box.mesh, env: box.env, stdio: 'ignore' })
    const ended = once(child, 'exit')
    await sleep(100 + (i * 700) / KILLS_BY_TIME)
    child.kill('SIGKILL')
    await ended
    await settled(box.root)
    if (command[0] === 'generate') mustEnd(box.meshwright('generate', '--commit'))
    strictEqual(box.run('status', '--porcelain'), '', 'something is left in the work tree')
    mustEnd(box.meshwright('publish'))
    const there = box.run('--git-dir', box.remote, 'ls-tree', '-r', BRANCH)
    strictEqual(there, box.run('ls-tree', '-r', 'HEAD:output'), 'the branch is not what output/ is')
  }
  for (const folder of [join(box.mesh, '.git'), box.remote]) box.run('--git-dir', folder, 'fsck', '--strict')
  box.done()
}

function mustEnd({ code, err }: { readonly code: number; readonly err: string }): void {
  strictEqual(code, 0, err)
}

function readByGit(): void {
  const box = repository()
  mustEnd(box.meshwright('publish', '--argocd-trailers'))
  box.write('notes.txt', 'x')
  box.commit('Note: with a colon')
  mustEnd(box.meshwright('publish', '--argocd-trailers'))
  const remote = (...args: readonly string[]): string => box.run('--git-dir', box.remote, ...args)
  const source = box.run('rev-parse', 'HEAD')
  strictEqual(remote('rev-list', '--count', BRANCH), '1')
  strictEqual(
    remote('log', '-1', `--notes=meshwright/shop/${BRANCH}`, '--format=%N', BRANCH),
    `Mesh-Name: shop\nMesh-Source-Commit: ${source}`,
  )
  box.write('../message', `${remote('log', '-1', '--format=%B', BRANCH)}\n`)
  const trailers = box.run('interpret-trailers', '--parse', '../message').split('\n')
  strictEqual(trailers[0], 'Mesh-Name: shop')
  ok(trailers.length > 5 && trailers.every((line) => /^[\w-]+: \S/.test(line)), trailers.join('\n'))
  remote('fsck', '--strict')
  box.done()
}
