/** How much longer a commit takes with the hook than with one that does nothing: whole commits, in turns, in one run. */
import { spawnSync, type SpawnSyncOptions } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { KUBEADM_COREFILE } from '../../corefiles.ts'
import { FIXTURES } from '../../fixture.ts'
import { check, mustRefuse, type Check } from '../check.ts'
import { median } from '../start.ts'
import { ALONE, MESHWRIGHT } from '../subjects.ts'
import type { Workbench } from '../workbench.ts'
import { pathWith, userRepository, type UserRepository } from './user-repository.ts'

/** In starts of Node with nothing to do, so that a slow machine is no fault: ten are the 400 ms that are meant. */
const LONGER_STARTS_MAX = 10
const CLUSTERS = 10
/** In all. */
const SERVICES = 100

export const quickChecks: readonly Check[] = [
  check('the hook takes at most ten starts of Node where nothing of the mesh changed', ['git'], async (bench) =>
    quick(bench, await largeRepository(bench), { runs: 9, attemptsMax: 5 }),
  ),
  check('planted: a hook that takes its time', ['git'], async (bench) => {
    const user = await largeRepository(bench)
    writeFileSync(join(user.folder, '.git', 'hooks', 'pre-commit'), '#!/bin/sh\nsleep 5\n')
    await mustRefuse('it', /starts of Node longer/, () => quick(bench, user, { runs: 1, attemptsMax: 1 }))
  }),
]

let made: Promise<UserRepository> | undefined

/** As a user installs it, after a first commit, from which on the hook knows what there is. */
async function largeRepository(bench: Workbench): Promise<UserRepository> {
  made ??= makeRepository(bench)
  const user = await made
  bench.run(process.execPath, [MESHWRIGHT, 'hook', 'install'], { cwd: user.folder, env: user.env })
  user.commit('--allow-empty')
  return user
}

async function makeRepository(bench: Workbench): Promise<UserRepository> {
  const mesh = join(bench.scratch('large'), 'mesh')
  const names = Array.from({ length: CLUSTERS }, (_, i) => `cluster-${i + 1}`)
  for (const folder of ['corefiles', 'sealing']) mkdirSync(join(mesh, folder), { recursive: true })
  for (const name of names) {
    // Whose certificate it is does not matter: nothing is opened here.
    cpSync(join(FIXTURES, 'two-clusters', 'sealing', 'cluster-1.pem'), join(mesh, 'sealing', `${name}.pem`))
    writeFileSync(join(mesh, 'corefiles', `${name}.Corefile`), KUBEADM_COREFILE)
  }
  const intent = {
    apiVersion: 'meshwright.dev/v1',
    kind: 'Mesh',
    metadata: { name: 'large' },
    defaults: { cluster: { trust: { current: 'none' }, gateway: { install: 'none' } } },
    clusters: names.map((name, i) => ({ name, gateway: { addresses: [`198.51.100.${i + 1}`] } })),
    services: Array.from({ length: SERVICES }, (_, i) => ({
      name: `service-${i}`,
      namespace: `team-${i % 10}`,
      clusters: [names[i % CLUSTERS]],
      ports: [{ name: 'http', port: 8000, protocol: 'HTTP' }],
      serviceAccounts: [`service-${i}`],
    })),
  }
  // JSON is YAML.
  writeFileSync(join(mesh, 'mesh.yaml'), JSON.stringify(intent, null, 1))
  const keys = bench.scratch('keys')
  const secret = await generateX25519Identity()
  const [identity, key] = [join(keys, 'identity'), join(keys, 'r1.key.age')]
  writeFileSync(identity, `${secret}\n`, { mode: 0o600 })
  const recipient = await identityToRecipient(secret)
  const meshwright = (...args: readonly string[]): Buffer =>
    bench.run(process.execPath, [MESHWRIGHT, '-C', mesh, ...args], { env: ALONE })
  meshwright('trust', 'root', 'create', '--recipient', recipient, '--key-out', key)
  meshwright('generate', '--root-key', key, '--identity', identity)
  return await userRepository(bench, { mesh, variables: { PATH: pathWith(bench) } })
}

/** Fails above the limit. A busy machine slows both down, but not evenly: the best of some attempts counts. */
function quick(
  bench: Workbench,
  user: UserRepository,
  { runs, attemptsMax }: { readonly runs: number; readonly attemptsMax: number },
): void {
  const hooks = bench.scratch('empty-hooks')
  writeFileSync(join(hooks, 'pre-commit'), '#!/bin/sh\nexit 0\n', { mode: 0o755 })
  let best = Infinity
  for (let attempt = 0; attempt < attemptsMax && best > LONGER_STARTS_MAX; attempt++) {
    const [own, empty, start]: [number[], number[], number[]] = [[], [], []]
    for (let run = 0; run < runs; run++) {
      start.push(durationOf(process.execPath, ['-e', '0']))
      empty.push(duration(user, '-c', `core.hooksPath=${hooks}`))
      own.push(duration(user))
    }
    best = Math.min(best, (median(own) - median(empty)) / median(start))
  }
  const text = `${best.toFixed(1)} starts of Node longer than with an empty hook, at most ${LONGER_STARTS_MAX}`
  if (best > LONGER_STARTS_MAX) throw new Error(text)
  process.stdout.write(`       ${CLUSTERS} clusters, ${SERVICES} services: ${text}\n`)
}

function duration({ folder, env }: UserRepository, ...options: readonly string[]): number {
  const args = [...options, 'commit', '--quiet', '--allow-empty', '--message', 'nothing']
  return durationOf('git', args, { cwd: folder, env: { ...process.env, ...env } })
}

function durationOf(program: string, args: readonly string[], options: SpawnSyncOptions = {}): number {
  const started = performance.now()
  const { status } = spawnSync(program, args, { ...options, stdio: 'ignore' })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}`)
  return performance.now() - started
}
