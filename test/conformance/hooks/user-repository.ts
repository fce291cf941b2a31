/** A repository as a user has it, in which commits are made by the real git. */
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ALONE, MESHWRIGHT } from '../subjects.ts'
import type { Ran, Workbench } from '../workbench.ts'

/** npm installs what the hooks need, from its registry where its own cache does not have it. */
export const INSTALL_MS = 10 * 60_000

export interface UserRepository {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Must succeed; gives what it printed. */
  readonly git: (...args: readonly string[]) => string
  /** Commits what is staged; gives what the hooks said, and fails with it where they refuse. */
  readonly commit: (...args: readonly string[]) => string
}

/**
 * A mesh in a repository of its own, committed.
 *
 * @param mesh folder that is copied; absent: the one that was made just now
 * @param files more of them, by path
 * @param variables for everything that runs in it
 */
export async function userRepository(
  bench: Workbench,
  {
    mesh,
    files = {},
    variables = {},
  }: {
    readonly mesh?: string
    readonly files?: Readonly<Record<string, string>>
    readonly variables?: Readonly<Record<string, string>>
  } = {},
): Promise<UserRepository> {
  const folder = bench.scratch('user')
  cpSync(mesh ?? (await bench.subject('fresh')).mesh, folder, { recursive: true })
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
  const env = { ...alone(), ...variables }
  begin(bench, folder, env)
  return {
    folder,
    env,
    git: (...args) => gitIn(bench, folder, env, ...args),
    commit: (...args) => {
      const all = ['commit', '--message', 'a change', ...args]
      const ran = bench.try(bench.tool('git'), all, { cwd: folder, env, timeoutMs: INSTALL_MS })
      if (ran.status !== 0) throw new Error(saidBy(ran))
      return saidBy(ran)
    },
  }
}

export function gitIn(bench: Workbench, cwd: string, env: UserRepository['env'], ...args: readonly string[]): string {
  return bench.run(bench.tool('git'), args, { cwd, env, timeoutMs: INSTALL_MS }).toString('utf8').trim()
}

/** A first commit of everything. */
export function begin(bench: Workbench, folder: string, env: UserRepository['env']): void {
  gitIn(bench, folder, env, 'init', '--quiet', '--initial-branch', 'main')
  gitIn(bench, folder, env, 'add', '--all')
  gitIn(bench, folder, env, 'commit', '--quiet', '--no-verify', '--message', 'as it is')
}

/** PATH with `meshwright` on it, as a global installation puts it there. */
export function pathWith(bench: Workbench, ...folders: readonly string[]): string {
  const bin = bench.scratch('bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'meshwright'), `#!/bin/sh\nexec '${process.execPath}' '${MESHWRIGHT}' "$@"\n`, {
    mode: 0o755,
  })
  return [bin, ...folders, process.env['PATH'] ?? ''].join(delimiter)
}

export function addService({ folder }: Pick<UserRepository, 'folder'>, name: string, cluster = 'east'): void {
  appendFileSync(
    join(folder, 'mesh.yaml'),
    `  - name: ${name}
    namespace: shop
    clusters: [${cluster}]
    ports: [{ name: http, port: 8080, protocol: HTTP }]
    serviceAccounts: [${name}]
`,
  )
}

/** Away from settings of whoever runs the checks, and from a commit that is being made around them. */
function alone(): Record<string, string | undefined> {
  const inherited = Object.keys(process.env).filter((name) => /^(GIT_|PRE_COMMIT|LEFTHOOK|HUSKY|SKIP$|npm_)/.test(name))
  const person = { NAME: 'A User', EMAIL: 'user@mesh.example' }
  const people = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  )
  return {
    ...ALONE,
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    ...Object.fromEntries(people),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_prefer_offline: 'true',
  }
}

export function saidBy({ stdout, stderr }: Ran): string {
  return `${stderr}${stdout.toString('utf8')}`
}
