/**
 * The real pre-commit installs our hooks from a repository with what is in the work tree, in a repository of a user, and
 * lets commits through or not.
 */
import { ok, strictEqual } from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROJECT } from '../../fixture.ts'
import { check, mustRefuse, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import { ALONE } from '../subjects.ts'
import type { ToolName } from '../tools.ts'
import type { Ran, Workbench } from '../workbench.ts'

const NEEDS: readonly ToolName[] = ['git', 'pre-commit']

/** npm installs what the hooks need, from its registry where its own cache does not have it. */
const INSTALL_MS = 10 * 60_000

const VALIDATE = 'validate the mesh'
const UP_TO_DATE = 'mesh output is up to date'

export const preCommitChecks: readonly Check[] = [
  check('pre-commit takes our list of hooks', NEEDS, (bench) => {
    bench.run(bench.tool('pre-commit'), ['validate-manifest', join(PROJECT, '.pre-commit-hooks.yaml')])
  }),
  check('pre-commit installs our hooks, and they pass on a mesh in order', NEEDS, async (bench) => {
    const user = await repositoryOf(bench)
    appendFileSync(join(user.folder, 'mesh.yaml'), '# a comment changes nothing\n')
    const said = user.commit()
    for (const name of [VALIDATE, UP_TO_DATE]) ok(outcome(said, name) === 'Passed', said)
  }),
  refused(
    'an output that was edited',
    UP_TO_DATE,
    /differs: output\/clusters\/east\/gateway\/gateway\.yaml/,
    (folder) => edit(join(folder, 'output', 'clusters', 'east', 'gateway', 'gateway.yaml'), '15443', '15444'),
  ),
  refused(
    'an intent that the output does not follow',
    UP_TO_DATE,
    /expose checkout\.shop from east, port 8444/,
    (folder) => edit(join(folder, 'mesh.yaml'), '8443', '8444'),
  ),
  refused('a mesh that is invalid', VALIDATE, /MESH-E205/, (folder) =>
    edit(join(folder, 'mesh.yaml'), '8443', '84430'),
  ),
]

/** Both hooks run in any case; what is no fault of its own for the first one passes there. */
function refused(what: string, by: string, reason: RegExp, fault: (folder: string) => void): Check {
  return check(`planted: pre-commit refuses ${what}`, NEEDS, async (bench) => {
    const user = await repositoryOf(bench)
    const before = user.head()
    try {
      fault(user.folder)
      await mustRefuse(what, new RegExp(`${by}\\.+Failed[^]*(${reason.source})`), () => user.commit())
      strictEqual(user.head(), before, 'there is a commit all the same')
    } finally {
      user.reset()
    }
  })
}

interface UserRepository {
  readonly folder: string
  /** Commits everything; gives what the hooks said, and fails with it where they refuse. */
  readonly commit: () => string
  readonly head: () => string
  readonly reset: () => void
}

let made: Promise<UserRepository> | undefined

/** One for all checks: the hooks are installed once. */
function repositoryOf(bench: Workbench): Promise<UserRepository> {
  made ??= makeRepository(bench)
  return made
}

async function makeRepository(bench: Workbench): Promise<UserRepository> {
  const env = { ...alone(), PRE_COMMIT_HOME: bench.scratch('pre-commit') }
  const hooks = bench.scratch('hooks')
  const git = (cwd: string, ...args: readonly string[]): string =>
    bench.run(bench.tool('git'), args, { cwd, env, timeoutMs: INSTALL_MS }).toString('utf8').trim()
  copyWorkTree(git(PROJECT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0'), hooks)
  const initial = (folder: string): void => {
    git(folder, 'init', '--quiet', '--initial-branch', 'main')
    git(folder, 'add', '--all')
    git(folder, 'commit', '--quiet', '--no-verify', '--message', 'as it is')
  }
  initial(hooks)
  const folder = bench.scratch('user')
  cpSync((await bench.subject('fresh')).mesh, folder, { recursive: true })
  writeFileSync(
    join(folder, '.pre-commit-config.yaml'),
    `repos:
  - repo: ${hooks}
    rev: ${git(hooks, 'rev-parse', 'HEAD')}
    hooks:
      - id: meshwright-validate
      - id: meshwright-check
`,
  )
  initial(folder)
  const program = bench.tool('pre-commit')
  bench.run(program, ['install', '--install-hooks'], { cwd: folder, env, timeoutMs: INSTALL_MS })
  const commit = (): string => {
    git(folder, 'add', '--all')
    const ran = bench.try(bench.tool('git'), ['commit', '--message', 'a change'], {
      cwd: folder,
      env,
      timeoutMs: INSTALL_MS,
    })
    if (ran.status !== 0) throw new Error(saidBy(ran))
    return saidBy(ran)
  }
  return {
    folder,
    commit,
    head: () => git(folder, 'rev-parse', 'HEAD'),
    reset: () => git(folder, 'reset', '--quiet', '--hard'),
  }
}

function copyWorkTree(paths: readonly string[], to: string): void {
  for (const path of paths) {
    const from = join(PROJECT, path)
    // A file that is deleted and not committed yet is still listed.
    if (path === '' || !existsSync(from)) continue
    mkdirSync(dirname(join(to, path)), { recursive: true })
    cpSync(from, join(to, path))
  }
}

/** Away from settings of whoever runs the checks, and from a commit that is being made around them. */
function alone(): Record<string, string | undefined> {
  const inherited = Object.keys(process.env).filter((name) => /^(GIT_|PRE_COMMIT|SKIP$|npm_)/.test(name))
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

function saidBy({ stdout, stderr }: Ran): string {
  return `${stderr}${stdout.toString('utf8')}`
}

/** `Passed` or `Failed`, as pre-commit prints it after the name of a hook and dots. */
function outcome(said: string, name: string): string | undefined {
  return new RegExp(`^${name}\\.+(\\w+)$`, 'm').exec(said)?.[1]
}
