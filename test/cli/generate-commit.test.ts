import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { repository, type Repo } from './repository.ts'

const files = (box: Repo): string[] => box.run('show', '--format=', '--name-only', 'HEAD').split('\n')

describe('generate --commit', (test) => {
  test('lock and output become one commit that says what changed', () => {
    const box = repository()
    box.addService('svc-3')
    box.commit('Add svc-3')
    const { code, err } = box.meshwright('generate', '--commit')
    is(code, 0, err)
    match(err, /committed [0-9a-f]{12} on main: mesh shop: generate \(2 clusters, 4 files changed\)/)
    equal(files(box), [
      'mesh.lock/hosts/bar/svc-3.yaml',
      'output/clusters/cluster-1/dns/coredns.yaml',
      'output/clusters/cluster-1/services/bar.yaml',
      'output/clusters/cluster-2/gateway/gateway.yaml',
    ])
    const message = box.run('log', '-1', '--format=%B')
    match(message, /^mesh shop: generate \(2 clusters, 4 files changed\)\n\ngive 240\.[\d.]+ to svc-3\.bar\n/)
    match(
      message,
      /\ncluster-1: ConfigMap coredns changed, ServiceEntry svc-3\.bar added, DestinationRule svc-3\.bar added\n/,
    )
    ok(!message.includes('[skip ci]'))
    match(box.run('log', '-1', '--format=%(trailers:key=Generated-by,valueonly)'), /^meshwright \d/)
    is(box.run('status', '--porcelain'), '')
    match(box.meshwright('generate', '--commit').err, /nothing to commit/)
    is(box.run('rev-list', '--count', 'HEAD'), '3')
    is(box.meshwright('publish', '--no-push').code, 0)
    box.done()
  })

  test('what an earlier run wrote is committed too, and [skip ci] is put where it is wanted', () => {
    const box = repository()
    box.addService('svc-3')
    box.commit('Add svc-3')
    is(box.meshwright('generate').code, 0)
    is(box.meshwright('generate', '--commit', '--skip-ci').code, 0)
    match(box.run('log', '-1', '--format=%s'), /changed\) \[skip ci\]$/)
    is(files(box).length, 4)
    box.done()
  })

  test("the user's other work stays as it is: staged, half-staged, new, removed", () => {
    const box = repository()
    for (const name of ['half.txt', 'gone.txt', 'dirty.txt']) box.write(name, 'one\ntwo\n')
    box.commit('Text')
    box.addService('svc-3')
    box.commit('Add svc-3')
    box.write('half.txt', 'one staged\ntwo\n')
    box.write('new.txt', 'new\n')
    box.run('add', 'half.txt', 'new.txt')
    box.run('rm', '--quiet', 'gone.txt')
    box.write('half.txt', 'one staged\ntwo not staged\n')
    box.write('dirty.txt', 'dirty\n')
    box.write('untracked.txt', 'untracked\n')
    const state = (): string[] => [
      box.run('status', '--porcelain', '--', ':!mesh.lock', ':!output'),
      box.run('diff', '--', ':!mesh.lock', ':!output'),
      box.run('diff', '--cached', '--', ':!mesh.lock', ':!output'),
    ]
    const before = state()
    is(box.meshwright('generate', '--commit').code, 0)
    equal(state(), before)
    equal(
      files(box).filter((path) => !/^(mesh\.lock|output)\//.test(path)),
      [],
    )
    box.done()
  })

  test('an intent that is not committed is refused, and so are changes of the user in our folders', () => {
    const box = repository()
    box.addService('svc-3')
    const refused = (reason: RegExp): void => {
      const before = box.run('status', '--porcelain')
      const { code, err } = box.meshwright('generate', '--commit')
      is(code, 1, err)
      match(err, reason)
      is(box.run('status', '--porcelain'), before, 'nothing was written')
      is(box.run('rev-list', '--count', 'HEAD'), before.includes('mesh.yaml') ? '1' : '2')
    }
    refused(/not everything is committed[^\n]*: mesh\.yaml/)
    box.write('output/NOTES.md', 'mine\n')
    box.run('add', 'mesh.yaml', 'output/NOTES.md')
    box.run('commit', '--quiet', '--message', 'Add svc-3, and notes')
    box.write('output/NOTES.md', 'changed\n')
    refused(/changes of yours[^\n]*output\/NOTES\.md/)
    rmSync(join(box.mesh, 'output/NOTES.md'))
    refused(/changes of yours[^\n]*output\/NOTES\.md/)
    box.run('checkout', '--quiet', '--', 'output/NOTES.md')
    box.write('output/clusters/cluster-1/mine.yaml', 'new\n')
    refused(/changes of yours[^\n]*mine\.yaml/)
    rmSync(join(box.mesh, 'output/clusters/cluster-1/mine.yaml'))
    appendFileSync(join(box.mesh, 'output/clusters/cluster-1/README.md'), 'an edit of a file of ours is put right\n')
    is(box.meshwright('generate', '--commit').code, 0)
    is(box.run('status', '--porcelain'), '')
    box.done()
  })

  test('where git knows nobody to name, nothing is written', () => {
    const box = repository()
    box.addService('svc-3')
    box.commit('Add svc-3')
    box.run('config', 'user.useConfigOnly', 'true')
    for (const role of ['AUTHOR', 'COMMITTER']) {
      const env = { [`GIT_${role}_NAME`]: undefined, [`GIT_${role}_EMAIL`]: undefined }
      const { code, err } = box.meshwrightIn({ env }, 'generate', '--commit')
      is(code, 3, err)
      match(err, /whose name to put on the commit; nothing was written/)
      is(box.run('status', '--porcelain'), '')
    }
    box.done()
  })

  test('an edit of a rendered file is written over, and named', () => {
    const box = repository()
    const edited = 'output/clusters/cluster-1/gateway/gateway.yaml'
    appendFileSync(join(box.mesh, edited), '# an edit\n')
    box.addService('svc-3')
    box.run('add', 'mesh.yaml')
    box.run('commit', '--quiet', '--message', 'Add svc-3')
    const { code, err } = box.meshwright('generate', '--commit')
    is(code, 0, err)
    equal(
      err.split('\n').filter((line) => line.includes('wrote over')),
      [`wrote over ${edited}, which was not as HEAD has it`],
    )
    ok(!readFileSync(join(box.mesh, edited), 'utf8').includes('an edit'))
    is(box.run('status', '--porcelain'), '')
    box.done()
  })

  test('in the middle of a merge or rebase, and on no branch, nothing is written', () => {
    const box = repository()
    box.write('notes.txt', 'a\n')
    box.commit('a')
    box.run('checkout', '--quiet', '-b', 'side', 'HEAD~1')
    box.write('notes.txt', 'b\n')
    box.commit('b')
    box.addService('svc-3')
    box.commit('Add svc-3')
    const refused = (reason: RegExp): void => {
      const { code, err } = box.meshwright('generate', '--commit')
      is(code, 1, err)
      match(err, reason)
      is(box.run('status', '--porcelain', '--', 'mesh.lock', 'output'), '')
    }
    for (const verb of ['merge', 'rebase', 'cherry-pick']) {
      is(box.git(verb, 'main').code, 1)
      refused(new RegExp(`in the middle of a ${verb}`))
      box.run(verb, '--abort')
    }
    box.run('checkout', '--quiet', '--detach')
    refused(/HEAD is detached/)
    box.run('checkout', '--quiet', 'side')
    is(box.meshwright('generate', '--commit').code, 0)
    is(box.meshwright('generate', '--commit', '--check').code, 2)
    box.done()
  })

  test('hooks run, as git runs them, and one that declines is heard', () => {
    const box = repository()
    box.addService('svc-3')
    box.commit('Add svc-3')
    const hook = join(box.mesh, '.git/hooks/pre-commit')
    box.write('.git/hooks/pre-commit', '#!/bin/sh\nenv > "$PWD/../seen"\necho "only on fridays"\nexit 1\n')
    chmodSync(hook, 0o755)
    const declined = box.meshwright('generate', '--commit')
    is(declined.code, 3)
    match(declined.err, /only on fridays/)
    match(declined.err, /written, but not committed/)
    ok(!/GIT_LITERAL_PATHSPECS|GIT_OPTIONAL_LOCKS/.test(readFileSync(join(box.root, 'seen'), 'utf8')))
    box.write('.git/hooks/pre-commit', '#!/bin/sh\nexit 0\n')
    is(box.meshwright('generate', '--commit').code, 0)
    is(box.run('status', '--porcelain'), '')
    box.done()
  })

  test('a lock that git ignores is refused; an output that is only published may be ignored', () => {
    const box = repository()
    box.run('rm', '--quiet', '-r', '--cached', 'output')
    box.write('.gitignore', 'output/\n')
    box.addService('svc-3')
    box.commit('Ignore the output')
    is(box.meshwright('generate', '--commit').code, 0)
    equal(files(box), ['mesh.lock/hosts/bar/svc-3.yaml'])
    box.write('.gitignore', 'output/\nmesh.lock/hosts/bar/svc-4.yaml\n')
    box.addService('svc-4')
    box.commit('Ignore a lock file')
    const { code, err } = box.meshwright('generate', '--commit')
    is(code, 3, err)
    match(err, /git ignores mesh\.lock\/hosts\/bar\/svc-4\.yaml/)
    is(box.run('status', '--porcelain'), '')
    box.done()
  })

  test('a mesh in a folder of a larger repository, and odd names of folders', () => {
    const box = repository()
    const odd = 'all [meshes]/a*b'
    mkdirSync(join(box.mesh, 'all [meshes]'))
    box.run('mv', 'mesh.yaml', 'notes')
    mkdirSync(join(box.mesh, odd))
    for (const name of ['mesh.lock', 'corefiles', 'sealing', 'output']) box.run('mv', name, `${odd}/${name}`)
    box.run('mv', 'notes', `${odd}/mesh.yaml`)
    box.commit('Move')
    appendFileSync(
      join(box.mesh, odd, 'mesh.yaml'),
      '  - { name: svc-3, namespace: bar, clusters: [cluster-2], ports: [{ name: http, port: 80, protocol: HTTP }], serviceAccounts: [x] }\n',
    )
    box.commit('Add svc-3')
    const { code, err } = box.meshwright('generate', '--commit', '-C', odd)
    is(code, 0, err)
    is(box.run('status', '--porcelain'), '')
    is(files(box).length, 4)
    box.done()
  })
})
