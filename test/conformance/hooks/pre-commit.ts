/**
 * The real pre-commit installs our hooks from a repository with what is in the work tree, in a repository of a user, and
 * lets commits through or not.
 */
import { ok, strictEqual } from 'node:assert/strict'
import { appendFileSync, cpSync, existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { PROJECT } from '../../fixture.ts'
import { check, mustRefuse, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import type { ToolName } from '../tools.ts'
import type { Workbench } from '../workbench.ts'
import { addService, begin, gitIn, INSTALL_MS, userRepository, type UserRepository } from './user-repository.ts'

const NEEDS: readonly ToolName[] = ['git', 'pre-commit']

const VALIDATE = 'validate the mesh'
const UP_TO_DATE = 'mesh output is up to date'
const REGENERATE = 'regenerate the mesh output'

const LOOKS = ['meshwright-validate', 'meshwright-check']
const WRITES = ['meshwright-generate']

export const preCommitChecks: readonly Check[] = [
  check('pre-commit takes our list of hooks', NEEDS, (bench) => {
    bench.run(bench.tool('pre-commit'), ['validate-manifest', join(PROJECT, '.pre-commit-hooks.yaml')])
  }),
  check('pre-commit installs our hooks, and they pass on a mesh in order', NEEDS, async (bench) => {
    for (const hooks of [LOOKS, WRITES]) {
      const user = await repositoryOf(bench, hooks)
      appendFileSync(join(user.folder, 'mesh.yaml'), '# a comment changes nothing\n')
      user.git('add', 'mesh.yaml')
      const said = user.commit()
      for (const name of hooks === LOOKS ? [VALIDATE, UP_TO_DATE] : [REGENERATE])
        ok(outcome(said, name) === 'Passed', said)
    }
  }),
  check(
    'with pre-commit the output is regenerated, and the commit fails until all of it is staged',
    NEEDS,
    regenerated,
  ),
  refused(
    'an output that was edited',
    [LOOKS, UP_TO_DATE],
    /differs: output\/clusters\/east\/gateway\/gateway\.yaml/,
    (folder) => edit(join(folder, 'output', 'clusters', 'east', 'gateway', 'gateway.yaml'), '15443', '15444'),
  ),
  refused(
    'an intent that the output does not follow',
    [LOOKS, UP_TO_DATE],
    /expose checkout\.shop from east, port 8444/,
    (folder) => edit(join(folder, 'mesh.yaml'), '8443', '8444'),
  ),
  refused('a mesh that is invalid', [LOOKS, VALIDATE], /MESH-E205/, (folder) =>
    edit(join(folder, 'mesh.yaml'), '8443', '84430'),
  ),
  refused(
    'a cluster that needs the key, which no hook has',
    [WRITES, REGENERATE],
    /needs the key of root r1/,
    (folder) => {
      edit(
        join(folder, 'mesh.yaml'),
        'services:',
        '  - name: north\n    gateway: { addresses: [198.51.100.9] }\nservices:',
      )
      for (const [kind, end] of [
        ['corefiles', 'Corefile'],
        ['sealing', 'pem'],
      ] as const) {
        cpSync(join(folder, kind, `east.${end}`), join(folder, kind, `north.${end}`))
      }
    },
  ),
]

/** All hooks run in any case; what is no fault of its own for the first one passes there. */
function refused(
  what: string,
  [hooks, by]: readonly [readonly string[], string],
  reason: RegExp,
  fault: (folder: string) => void,
): Check {
  return check(`planted: pre-commit refuses ${what}`, NEEDS, async (bench) => {
    const user = await repositoryOf(bench, hooks)
    const before = user.git('rev-parse', 'HEAD')
    try {
      fault(user.folder)
      user.git('add', '--all')
      await mustRefuse(what, new RegExp(`${by}\\.+Failed[^]*(${reason.source})`), () => user.commit())
      strictEqual(user.git('rev-parse', 'HEAD'), before, 'there is a commit all the same')
    } finally {
      user.git('reset', '--quiet', '--hard')
    }
  })
}

async function regenerated(bench: Workbench): Promise<void> {
  const user = await repositoryOf(bench, WRITES)
  addService(user, 'search')
  user.git('add', 'mesh.yaml')
  const lock = 'mesh.lock/hosts/shop/search.yaml'
  const changed = new RegExp(`${REGENERATE}\\.+Failed[^]*not staged: ${lock}`)
  await mustRefuse('what the hook changed', changed, () => user.commit())
  strictEqual(user.git('diff', '--cached', '--name-only'), 'mesh.yaml', 'the hook staged something')
  ok(existsSync(join(user.folder, lock)), `the hook did not write ${lock}`)
  // git diff does not show the new file, and pre-commit compares that.
  user.git('add', '--update')
  await mustRefuse('a lock that is not tracked', changed, () => user.commit())
  user.git('add', '--all')
  const said = user.commit()
  ok(outcome(said, REGENERATE) === 'Passed', said)
  strictEqual(user.git('status', '--porcelain'), '')
}

const made = new Map<readonly string[], Promise<UserRepository>>()
let sources: { readonly folder: string; readonly home: string } | undefined

/** One for all checks with the same hooks: they are installed once. */
function repositoryOf(bench: Workbench, hooks: readonly string[]): Promise<UserRepository> {
  const repository = made.get(hooks) ?? makeRepository(bench, hooks)
  made.set(hooks, repository)
  return repository
}

async function makeRepository(bench: Workbench, hooks: readonly string[]): Promise<UserRepository> {
  sources ??= { folder: bench.scratch('hooks'), home: bench.scratch('pre-commit') }
  const { folder, home } = sources
  const variables = { PRE_COMMIT_HOME: home }
  if (!existsSync(join(folder, '.git'))) {
    const listed = gitIn(bench, PROJECT, {}, 'ls-files', '-z', '--cached', '--others', '--exclude-standard')
    copyWorkTree(listed.split('\0'), folder)
    begin(bench, folder, (await userRepository(bench)).env)
  }
  const config = `repos:
  - repo: ${folder}
    rev: ${gitIn(bench, folder, {}, 'rev-parse', 'HEAD')}
    hooks:
${hooks.map((id) => `      - id: ${id}\n`).join('')}`
  const user = await userRepository(bench, { files: { '.pre-commit-config.yaml': config }, variables })
  bench.run(bench.tool('pre-commit'), ['install', '--install-hooks'], {
    cwd: user.folder,
    env: user.env,
    timeoutMs: INSTALL_MS,
  })
  return user
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

/** `Passed` or `Failed`, as pre-commit prints it after the name of a hook and dots. */
function outcome(said: string, name: string): string | undefined {
  return new RegExp(`^${name}\\.+(\\w+)$`, 'm').exec(said)?.[1]
}
