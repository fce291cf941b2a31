import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const HOOKS = ['pre-commit', 'pre-merge-commit']

/** A repository with a mesh file in a folder; what is in it does not matter here. */
function repository(folder = '.'): Sandbox {
  const box = sandbox()
  box.git('init', '--quiet', '--initial-branch=main')
  box.write(join(folder, 'mesh.yaml'), '')
  return box
}

const read = (box: Sandbox, path: string): string => readFileSync(join(box.mesh, path), 'utf8')

function install(box: Sandbox, ...args: readonly string[]): string {
  const { code, err } = box.meshwright('hook', 'install', ...args)
  is(code, 0, err)
  return err
}

describe('hook install', (test) => {
  test('into the hooks of git, once, and away again', () => {
    const box = repository()
    install(box)
    for (const hook of HOOKS) {
      match(read(box, `.git/hooks/${hook}`), /hook run(?: --merge)? \|\| exit/)
      ok((statSync(join(box.mesh, '.git/hooks', hook)).mode & 0o111) === 0o111)
    }
    const before = read(box, '.git/hooks/pre-commit')
    match(install(box), /there is the hook/)
    is(read(box, '.git/hooks/pre-commit'), before)
    match(box.meshwright('hook', 'uninstall').err, /took the hook out of \.git\/hooks\/pre-commit/)
    for (const hook of HOOKS) ok(!existsSync(join(box.mesh, '.git/hooks', hook)))
    match(box.meshwright('hook', 'uninstall').err, /no hook of ours/)
    box.done()
  })

  test('one line for each mesh of a repository', () => {
    const box = repository('env/prod')
    box.write('env/test/shop.yaml', '')
    install(box, '-C', 'env/prod')
    install(box, '-C', 'env/test', '-f', 'shop.yaml', '-o', '../../rendered/test')
    const script = read(box, '.git/hooks/pre-commit')
    match(script, /hook run -C env\/prod \|\| exit/)
    match(script, /hook run -C env\/test -f shop\.yaml -o \.\.\/\.\.\/rendered\/test \|\| exit/)
    box.meshwright('hook', 'uninstall', '-C', 'env/prod')
    const left = read(box, '.git/hooks/pre-commit')
    ok(!left.includes('env/prod') && left.includes('env/test'))
    box.done()
  })

  test("somebody else's hook stays, and the message says what to add", () => {
    const box = repository()
    const foreign = '#!/bin/sh\nnpm test\n'
    box.write('.git/hooks/pre-merge-commit', foreign)
    const { code, err } = box.meshwright('hook', 'install')
    is(code, 1)
    match(err, /pre-merge-commit: it was not written by meshwright; by hand: .* hook run --merge \|\| exit \$\?/)
    is(read(box, '.git/hooks/pre-merge-commit'), foreign)
    ok(!existsSync(join(box.mesh, '.git/hooks/pre-commit')), 'one of two was written')

    rmSync(join(box.mesh, '.git/hooks/pre-merge-commit'))
    box.write('elsewhere', foreign)
    symlinkSync('../../elsewhere', join(box.mesh, '.git/hooks/pre-commit'))
    is(box.meshwright('hook', 'install').code, 1)
    is(read(box, 'elsewhere'), foreign)
    box.done()
  })

  test('where core.hooksPath says, in every work tree', () => {
    const box = repository()
    box.git('config', 'core.hooksPath', 'tools/hooks')
    match(install(box), /commit tools\/hooks: other clones and work trees/)
    // A team shares it, so it names no path of this machine.
    match(read(box, 'tools/hooks/pre-commit'), /^meshwright hook run \|\| exit/m)
    box.git('config', 'core.hooksPath', join(box.root, 'everywhere'))
    match(install(box), /in all of your repositories/)
    match(readFileSync(join(box.root, 'everywhere', 'pre-commit'), 'utf8'), /main\.js'? hook run/)
    box.git('config', '--unset', 'core.hooksPath')
    box.git('add', '--all')
    box.git('commit', '--quiet', '--message=x')
    box.git('worktree', 'add', '--quiet', join(box.root, 'other'))
    install(box, '-C', join(box.root, 'other'))
    match(read(box, '.git/hooks/pre-commit'), /hook run \|\| exit/)
    box.done()
  })

  test('a core.hooksPath that is no folder is told', () => {
    const box = repository()
    box.write('file', '')
    for (const path of ['/dev/null', join(box.mesh, 'file')]) {
      box.git('config', 'core.hooksPath', path)
      for (const what of ['install', 'uninstall']) {
        const { code, err } = box.meshwright('hook', what)
        is(code, 3, err)
        ok(err.includes(`core.hooksPath is ${path}, which is no folder`), err)
      }
    }
    box.done()
  })

  test('the copy of meshwright that the repository has comes first', () => {
    const box = repository()
    box.write('node_modules/.bin/meshwright', '')
    install(box)
    match(read(box, '.git/hooks/pre-commit'), /^node_modules\/\.bin\/meshwright hook run/m)
    box.done()
  })

  test('husky and lefthook are found by their files', () => {
    const box = repository()
    mkdirSync(join(box.mesh, '.husky'))
    box.write('.husky/pre-commit', 'npm test')
    match(install(box), /npx husky/)
    match(read(box, '.husky/pre-commit'), /^npm test\n#.*\nmeshwright hook run \|\| exit/)
    ok(!existsSync(join(box.mesh, '.git/hooks/pre-commit')))

    const settings = 'pre-push:\n  commands:   # ours\n    test: { run: make }\n'
    box.write('lefthook.yml', settings)
    const { code, err } = box.meshwright('hook', 'install')
    is(code, 2)
    match(err, /--manager/)
    match(install(box, '--manager', 'lefthook'), /run: lefthook install/)
    ok(read(box, 'lefthook.yml').startsWith(settings))
    is(box.meshwright('hook', 'uninstall', '--manager=lefthook').code, 0)
    is(read(box, 'lefthook.yml'), settings)
    is(box.meshwright('hook', 'uninstall', '--manager=husky').code, 0)
    is(read(box, '.husky/pre-commit'), 'npm test\n')
    rmSync(join(box.mesh, '.husky'), { recursive: true })

    writeFileSync(join(box.mesh, 'lefthook.toml'), '')
    rmSync(join(box.mesh, 'lefthook.yml'))
    const toml = box.meshwright('hook', 'install')
    is(toml.code, 1)
    match(toml.err, /"pre-commit":\{"commands":\{"meshwright":\{"run":"meshwright hook run"\}\}\}/)
    box.done()
  })

  test('a mesh that is not there, and a folder that is in no repository', () => {
    const box = sandbox()
    box.write('mesh.yaml', '')
    is(box.meshwright('hook', 'install').code, 3)
    is(box.meshwright('-C', 'nowhere', 'hook', 'install').code, 2)
    equal(box.meshwright('hook', 'install', '--manager=make').code, 2)
    box.done()
  })
})
