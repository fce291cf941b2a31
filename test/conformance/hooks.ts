/** What is committed is whole, whoever runs the hook: git itself, husky, lefthook, or pre-commit. */
import { ok, strictEqual } from 'node:assert/strict'
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { check, mustRefuse, type Check, type Layer } from './check.ts'
import { preCommitChecks } from './hooks/pre-commit.ts'
import { quickChecks } from './hooks/quick.ts'
import { addService, gitIn, pathWith, userRepository, type UserRepository } from './hooks/user-repository.ts'
import { MESHWRIGHT } from './subjects.ts'
import type { ToolName } from './tools.ts'
import type { Workbench } from './workbench.ts'

type Manager = 'git' | 'husky' | 'lefthook'

export const hooks: Layer = {
  name: 'hooks',
  checks: [...(['git', 'husky', 'lefthook'] as const).flatMap(checksWith), ...quickChecks, ...preCommitChecks],
}

function checksWith(manager: Manager): Check[] {
  const needs: readonly ToolName[] = manager === 'git' ? ['git'] : ['git', manager]
  return [
    check(`with ${manager} lock and output go into the commit of the intent`, needs, async (bench) => {
      const user = await repositoryOf(bench, manager)
      addService(user, 'search')
      user.git('add', 'mesh.yaml')
      user.commit()
      isWhole(bench, user)
      addService(user, 'cart', 'west')
      user.commit('--all')
      isWhole(bench, user)
      for (const name of ['search', 'cart']) user.git('cat-file', '-e', `HEAD:mesh.lock/hosts/shop/${name}.yaml`)
    }),
    check(`with ${manager} a merge is ended by a commit that has its output`, needs, async (bench) => {
      const user = await repositoryOf(bench, manager)
      user.git('switch', '--quiet', '--create', 'other')
      addService(user, 'search')
      user.git('commit', '--quiet', '--all', '--no-verify', '--message', 'without its output')
      user.git('switch', '--quiet', 'main')
      user.commit('--allow-empty')
      await mustRefuse('the merge', /end it with git commit/, () => user.git('merge', '--no-edit', 'other'))
      user.git('commit', '--no-edit')
      strictEqual(user.git('rev-list', '--parents', '--max-count=1', 'HEAD').split(' ').length, 3)
      isWhole(bench, user)
    }),
    refused(manager, needs, 'an intent that is not staged as it lies there', /not staged: mesh\.yaml/, (user) => {
      addService(user, 'search')
      user.git('add', 'mesh.yaml')
      appendFileSync(join(user.folder, 'mesh.yaml'), '# one more thought\n')
      if (manager !== 'lefthook') return
      // What is staged in part lefthook puts aside itself, and where nothing is staged it runs nothing.
      user.git('reset', '--quiet')
      writeFileSync(join(user.folder, 'note'), 'x')
      user.git('add', 'note')
    }),
    refused(manager, needs, 'a mesh that is invalid', /MESH-E202/, (user) => {
      const file = join(user.folder, 'mesh.yaml')
      writeFileSync(file, readFileSync(file, 'utf8').replace('name: west', 'name: east'))
      user.git('add', 'mesh.yaml')
    }),
  ]
}

function refused(
  manager: Manager,
  needs: readonly ToolName[],
  what: string,
  reason: RegExp,
  fault: (user: UserRepository) => void,
): Check {
  return check(`planted: with ${manager} ${what}`, needs, async (bench) => {
    const user = await repositoryOf(bench, manager)
    const before = user.git('rev-parse', 'HEAD')
    fault(user)
    const staged = user.git('ls-files', '--stage')
    await mustRefuse(what, reason, () => user.commit('--allow-empty'))
    strictEqual(user.git('rev-parse', 'HEAD'), before, 'there is a commit all the same')
    strictEqual(user.git('ls-files', '--stage'), staged, 'something was staged all the same')
  })
}

/** With the manager's own settings before ours, in the order in which a user does it. */
async function repositoryOf(bench: Workbench, manager: Manager): Promise<UserRepository> {
  const programs = manager === 'lefthook' ? [dirname(bench.tool('lefthook'))] : []
  const files = manager === 'lefthook' ? { 'lefthook.yml': LEFTHOOK } : {}
  const user = await userRepository(bench, { files, variables: { PATH: pathWith(bench, ...programs) } })
  const run = (program: string, ...args: readonly string[]): void => {
    bench.run(program, args, { cwd: user.folder, env: user.env })
  }
  if (manager === 'husky') {
    run(process.execPath, bench.tool('husky'))
    mkdirSync(join(user.folder, '.husky'), { recursive: true })
    writeFileSync(join(user.folder, '.husky', 'pre-commit'), 'test -f mesh.yaml\n')
  }
  run(process.execPath, MESHWRIGHT, 'hook', 'install')
  if (manager === 'lefthook') {
    run(bench.tool('lefthook'), 'validate')
    run(bench.tool('lefthook'), 'install')
    ok(readFileSync(join(user.folder, 'lefthook.yml'), 'utf8').startsWith(LEFTHOOK), "the user's lines have changed")
  }
  user.git('add', '--all')
  user.commit('--allow-empty')
  return user
}

const LEFTHOOK = `# Our hooks.
commit-msg:
  commands:
    # A subject, at least.
    subject:
      run: test -s {1}
pre-commit:   # before each commit
  parallel: false
  commands:
    there: { run: "test -f mesh.yaml" }
`

/** A clone has what the mesh gives, and nothing is left over in the work tree. */
function isWhole(bench: Workbench, user: UserRepository): void {
  strictEqual(user.git('status', '--porcelain', '--untracked-files=all'), '')
  const clone = join(bench.scratch('clone'), 'mesh')
  gitIn(bench, user.folder, user.env, 'clone', '--quiet', user.folder, clone)
  bench.run(process.execPath, [MESHWRIGHT, '-C', clone, 'generate', '--check'], { env: user.env })
}
