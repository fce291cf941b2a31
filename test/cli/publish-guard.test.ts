import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { BRANCH, repository, serviceNamed, type Repo } from './repository.ts'
import type { Result } from './sandbox.ts'

const remote = (box: Repo, ...args: readonly string[]): string => box.run('--git-dir', box.remote, ...args)
const tip = (box: Repo): string => remote(box, 'rev-parse', BRANCH)
const names = (box: Repo): string[] =>
  [
    ...remote(box, 'show', `${BRANCH}:clusters/cluster-1/services/bar.yaml`).matchAll(
      /^ {4}- (svc-\d)\.bar\.global$/gm,
    ),
  ].map(([, name = '']) => name)

function mkdir(box: Repo, path: string): string {
  mkdirSync(join(box.mesh, path), { recursive: true })
  return path
}

/** Adds a service with its lock and output, as one commit. */
function add(box: Repo, name: string): void {
  box.addService(name)
  const { code, err } = box.meshwright('generate')
  is(code, 0, err)
  box.commit(`Add ${name}`)
}

describe('the guard of publish', (test) => {
  test('a late job does not go over a newer source that changed nothing, and no revision is made for that', () => {
    const box = repository()
    is(box.meshwright('publish').code, 0)
    const [first, root] = [tip(box), box.run('rev-parse', 'HEAD')]
    add(box, 'svc-3')
    const middle = box.run('rev-parse', 'HEAD')
    box.run('revert', '--no-edit', 'HEAD')
    const unchanged = box.meshwright('publish')
    is(unchanged.code, 0)
    match(unchanged.err, /has this output already; nothing was published/)
    is(tip(box), first)
    box.run('checkout', '--quiet', middle)
    const late = box.meshwright('publish')
    is(late.code, 0, late.err)
    match(late.err, /later source/)
    equal(names(box), ['svc-2'])
    is(tip(box), first)
    is(box.meshwright('publish', '--rollback').code, 0)
    equal(names(box), ['svc-2', 'svc-3'])
    box.run('checkout', '--quiet', root)
    is(box.meshwright('publish', '--rollback', '--dry-run').code, 0)
    equal(names(box), ['svc-2', 'svc-3'])
    box.done()
  })

  test('a feature branch that was cut before what is published is refused, until it has it', () => {
    const box = repository()
    box.run('branch', 'feature')
    box.write('notes.txt', 'main\n')
    add(box, 'svc-3')
    is(box.meshwright('publish').code, 0)
    const before = tip(box)
    box.run('checkout', '--quiet', 'feature')
    box.write('other.txt', 'feature\n')
    box.commit('Feature')
    const { code, err } = box.meshwright('publish')
    is(code, 1)
    match(err, /not in the history of/)
    match(err, /--allow-diverged/)
    is(tip(box), before)
    box.run('merge', '--quiet', '--no-edit', 'main')
    is(box.meshwright('publish').code, 0)
    is(tip(box), before, 'the merge gives the same output')
    box.done()
  })

  test('two meshes of one name do not publish over each other, and a moved one says so once', () => {
    const box = repository()
    is(box.meshwright('publish').code, 0)
    match(remote(box, 'log', '-1', '--format=%B', BRANCH), /^Mesh-Source-File: mesh\.yaml$/m)
    box.run('mv', '--', 'mesh.yaml', 'corefiles', 'sealing', 'mesh.lock', 'output', mkdir(box, 'envs/a, b'))
    box.commit('Move')
    const moved = (...args: readonly string[]): Result => box.meshwright('publish', '-C', 'envs/a, b', ...args)
    const { code, err } = moved()
    is(code, 0, err)
    appendFileSync(join(box.mesh, 'envs/a, b/mesh.yaml'), serviceNamed('svc-3'))
    is(box.meshwright('generate', '-C', 'envs/a, b').code, 0)
    box.commit('Add svc-3')
    const refused = moved()
    is(refused.code, 1)
    match(refused.err, /was rendered from mesh\.yaml, and not from envs\/a, b\/mesh\.yaml/)
    is(moved('--allow-diverged').code, 0)
    equal(names(box), ['svc-2', 'svc-3'])
    is(moved().code, 0)
    match(remote(box, 'log', '-1', '--format=%B', BRANCH), /^Mesh-Source-File: envs\/a%2C%20b\/mesh\.yaml$/m)
    box.done()
  })

  test('a shallow clone says what it lacks, and a checkout of CI with a detached HEAD does its work', () => {
    const box = repository()
    box.run('push', '--quiet', 'origin', 'main')
    is(box.meshwright('publish').code, 0)
    add(box, 'svc-3')
    box.write('notes.txt', 'x\n')
    box.commit('Note')
    box.run('push', '--quiet', 'origin', 'main')
    const ci = join(box.root, 'ci')
    box.run('clone', '--quiet', '--depth=1', `file://${box.remote}`, ci)
    box.run('-C', ci, 'checkout', '--quiet', '--detach')
    const shallow = box.meshwright('publish', '-C', ci)
    is(shallow.code, 1)
    match(shallow.err, /fetch-depth: 0/)
    box.run('-C', ci, 'fetch', '--quiet', '--unshallow')
    is(box.meshwright('publish', '-C', ci).code, 0)
    equal(names(box), ['svc-2', 'svc-3'])
    is(box.run('-C', ci, 'status', '--porcelain'), '')
    box.done()
  })

  test('every address that is live is in the lock of its source, whatever lies on the disk', () => {
    const box = repository()
    const live = (): string[] => {
      const text = remote(
        box,
        'grep',
        '--no-color',
        '-h',
        '-o',
        '-E',
        '240\\.[0-9]+\\.[0-9]+\\.[0-9]+',
        BRANCH,
        '--',
        '*.yaml',
      )
      return [...new Set(text.split('\n'))].sort()
    }
    const locked = (source: string): string[] =>
      [...box.run('grep', '-h', '-E', '^address: ', source, '--', 'mesh.lock').matchAll(/240[\d.]+/g)]
        .map(String)
        .sort()
    is(box.meshwright('publish').code, 0)
    equal(live(), locked('HEAD'))

    // The lock of the new service is made, and hidden from git in each of the ways it has.
    box.addService('svc-3')
    is(box.meshwright('generate').code, 0)
    box.write('.git/info/exclude', 'mesh.lock/hosts/bar/svc-3.yaml\n')
    box.commit('Add svc-3 without its lock')
    const unlocked = box.meshwright('publish')
    is(unlocked.code, 1)
    match(unlocked.err, /to do: give 240\.[\d.]+ to svc-3\.bar/)
    equal(live(), locked('HEAD'))
    is(box.meshwright('generate', '--check').code, 0, 'the disk has it')

    box.write('.git/info/exclude', '')
    box.commit('Add its lock')
    is(box.meshwright('publish').code, 0)
    equal(live(), locked('HEAD'))
    is(live().length, 3)

    // An edit that git does not look at does not go live either.
    const file = 'mesh.lock/hosts/bar/svc-3.yaml'
    box.run('update-index', '--assume-unchanged', file)
    writeFileSync(
      join(box.mesh, file),
      readFileSync(join(box.mesh, file), 'utf8').replace(/^address: .*$/m, 'address: 240.31.9.9'),
    )
    is(box.meshwright('publish').code, 0)
    equal(live(), locked('HEAD'))
    box.done()
  })

  test('--check and publish end with 1 for a service without its lock', () => {
    const box = repository()
    box.addService('svc-3')
    box.commit('Add svc-3')
    for (const command of [['generate', '--check'], ['publish'], ['publish', '--dry-run'], ['publish', '--rollback']]) {
      const { code, err } = box.meshwright(...command)
      is(code, 1, err)
      match(err, /to do: give/)
    }
    is(remote(box, 'for-each-ref'), '')
    box.done()
  })

  test('author, date, trailers and metadata as they were asked for', () => {
    const box = repository()
    const author = ['--author', 'Ada <ada@example.test>']
    for (const bad of [
      ['--author', 'Ada'],
      ['--timeout', '0'],
      ['--timeout', 'soon'],
    ]) {
      is(box.meshwright('publish', ...bad).code, 2, bad.join(' '))
    }
    const { code, err } = box.meshwright(
      'publish',
      ...author,
      '--argocd-trailers',
      '--hydrator-metadata',
      '--timeout',
      '9',
    )
    is(code, 0, err)
    is(remote(box, 'log', '-1', '--format=%an <%ae>', BRANCH), 'Ada <ada@example.test>')
    const sha = box.run('rev-parse', 'HEAD')
    const trailer = '%(trailers:key=Argocd-reference-commit-sha,valueonly)'
    is(remote(box, 'log', '-1', `--format=${trailer}`, BRANCH), sha)
    const metadata = JSON.parse(remote(box, 'show', `${BRANCH}:hydrator.metadata`)) as {
      drySha: string
      repoURL?: string
    }
    equal([metadata.drySha, metadata.repoURL], [sha, undefined], 'no path of this machine')
    match(
      remote(box, 'log', '-1', '--format=%b', BRANCH),
      /^cluster-1: [^\n]*ConfigMap coredns added, [^\n]*\n(?:[^\n]+\n)*\nMesh-Name: shop\nMesh-Source-Commit: [0-9a-f]{40}\nMesh-Source-File: mesh\.yaml\nGenerated-by: meshwright \S+\nArgocd-/m,
    )
    ok(!remote(box, 'log', '-1', '--format=%B', BRANCH).includes(box.root))
    box.done()
  })
})
