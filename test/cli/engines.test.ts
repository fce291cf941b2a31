import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, readTree } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

/** The mesh of two clusters with engines, committed, with a bare remote. */
function repository(): Sandbox {
  const box = sandbox('two-clusters')
  cpSync(join(FIXTURES, 'engines', 'mesh.yaml'), join(box.mesh, 'mesh.yaml'))
  is(box.meshwright('generate').code, 0)
  box.git('init', '--quiet', '--bare', join(box.root, 'remote.git'))
  box.git('init', '--quiet', '--initial-branch=main')
  box.git('remote', 'add', 'origin', join(box.root, 'remote.git'))
  commit(box)
  return box
}

function commit(box: Sandbox): void {
  box.git('add', '--all')
  is(box.git('commit', '--quiet', '--message', 'Go on').code, 0)
}

function edit(box: Sandbox, from: string, to: string): void {
  const file = join(box.mesh, 'mesh.yaml')
  const text = readFileSync(file, 'utf8')
  ok(text.includes(from), from)
  writeFileSync(file, text.replace(from, to))
}

const published = (box: Sandbox): string[] =>
  box
    .git('--git-dir', join(box.root, 'remote.git'), 'ls-tree', '-r', '--name-only', 'environments/shop')
    .out.split('\n')

describe('engines on the command line', (test) => {
  test('their files are published, verified, and deleted when the engine goes; those of others stay', () => {
    const box = repository()
    is(box.meshwright('publish').code, 0)
    equal(
      published(box).filter((path) => /^(argocd|flux)/.test(path)),
      ['argocd/shop.yaml', 'flux/cluster-1.yaml'],
    )
    is(box.meshwright('verify').code, 0)
    box.write('output/flux/own.yaml', 'of: somebody else\n')
    edit(box, 'engines: [argocd, flux]', 'engines: [argocd]')
    match(box.meshwright('generate').err, /1 deleted/)
    ok(existsSync(join(box.mesh, 'output', 'flux', 'own.yaml')))
    ok(!existsSync(join(box.mesh, 'output', 'flux', 'cluster-1.yaml')))
    commit(box)
    is(box.meshwright('publish').code, 0)
    equal(
      published(box).filter((path) => /^(argocd|flux)/.test(path)),
      ['argocd/shop.yaml'],
    )
    box.done()
  })

  test('an edited file of an engine is found by --check, and one of somebody else is not overwritten', () => {
    const box = repository()
    const file = join(box.mesh, 'output', 'argocd', 'shop.yaml')
    appendFileSync(file, '# by hand\n')
    const checked = box.meshwright('generate', '--check')
    is(checked.code, 1)
    match(checked.err, /differs: output\/argocd\/shop\.yaml/)
    writeFileSync(file, 'of: somebody else\n')
    match(box.meshwright('generate').err, /argocd\/shop\.yaml was not written by meshwright/)
    is(readFileSync(file, 'utf8'), 'of: somebody else\n')
    box.done()
  })

  test('an output beside the intent is not published, unless a branch is named', () => {
    const box = repository()
    edit(box, 'delivery:\n', 'delivery:\n  branch: main\n  path: output\n')
    is(box.meshwright('generate').code, 0)
    commit(box)
    const refused = box.meshwright('publish')
    is(refused.code, 2)
    match(refused.err, /the engines read the output in output\/, beside the intent/)
    is(box.meshwright('publish', '--branch', 'environments/shop').code, 0)
    box.done()
  })

  test('a password in the URL is in no message, whatever else is wrong', () => {
    const box = sandbox('two-clusters')
    const url = 'https://robot:hunter2@git.example.com/shop.git'
    const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
    const tops = [
      `{ repoURL: "${url}", engines: [flux] }`,
      `{ repoURL: "${url}", engine: flux }`,
      `{ repoURL: "${url}" } }`,
    ]
    for (const top of tops) {
      box.write('mesh.yaml', mesh.replace('defaults:\n', `delivery: ${top}\ndefaults:\n`))
      for (const args of [['validate'], ['validate', '--format', 'json'], ['generate']]) {
        const { code, out, err } = box.meshwright(...args)
        is(code, 2)
        ok(!(out + err).includes('hunter2'), out + err)
      }
    }
    for (const [path, bytes] of readTree(join(box.mesh, 'output'))) ok(!bytes.includes('hunter2'), path)
    box.done()
  })
})
