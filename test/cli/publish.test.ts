import { appendFileSync, cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES, readTree } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { BRANCH, repository, type Repo } from './repository.ts'
import { sandbox } from './sandbox.ts'

const published = (box: Repo, format: string): string =>
  box.git('--git-dir', box.remote, 'log', `--format=${format}`, BRANCH).out.trim()

describe('publish', (test) => {
  test('the branch has what output/ has, byte for byte, and the source as a trailer', () => {
    const box = repository()
    const { code, err } = box.meshwright('publish')
    is(code, 0, err)
    const there = join(box.root, 'there')
    box.git('clone', '--quiet', '--branch', BRANCH, box.remote, there)
    rmSync(join(there, '.git'), { recursive: true })
    equal(readTree(there), readTree(join(box.mesh, 'output')))
    is(published(box, '%(trailers:key=Mesh-Source-Commit,valueonly)'), box.git('rev-parse', 'HEAD').out.trim())
    box.done()
  })

  test('nothing new is no commit, and a later commit that changes no output neither', () => {
    const box = repository()
    is(box.meshwright('publish').code, 0)
    const [first] = published(box, '%H').split('\n')
    match(box.meshwright('publish').err, /nothing was published/)
    box.write('notes.txt', 'x')
    box.commit('Note')
    is(box.meshwright('publish').code, 0)
    is(published(box, '%H'), first)
    box.done()
  })

  test('what is not committed never goes live', () => {
    const box = repository()
    box.addService('svc-3')
    const dirty = box.meshwright('publish')
    is(dirty.code, 1)
    match(dirty.err, /mesh\.yaml/)
    box.commit('Add a service, without its lock')
    const unlocked = box.meshwright('publish')
    is(unlocked.code, 1, unlocked.err)
    match(unlocked.err, /to do: give 240\.[\d.]+ to svc-3\.bar/)

    is(box.meshwright('generate').code, 0)
    const uncommitted = box.meshwright('publish')
    is(uncommitted.code, 1)
    match(uncommitted.err, /mesh\.lock\/hosts\/bar\/svc-3\.yaml/)
    is(box.git('--git-dir', box.remote, 'branch', '--list', BRANCH).out, '')
    box.commit('Add its lock')
    is(box.meshwright('publish').code, 0)
    box.done()
  })

  test('output that was edited and committed is not what is published', () => {
    const box = repository()
    writeFileSync(join(box.mesh, 'output/clusters/cluster-1/gateway/gateway.yaml'), 'hosts: ["*"]\n')
    box.commit('Edit the output')
    is(box.meshwright('publish').code, 0)
    const file = box.git('--git-dir', box.remote, 'show', `${BRANCH}:clusters/cluster-1/gateway/gateway.yaml`).out
    match(file, /svc-1\.foo\.svc\.cluster\.local/)
    box.done()
  })

  test('work tree and index stay as they are, half-staged changes too', () => {
    const box = repository()
    box.write('notes.txt', 'staged')
    box.git('add', 'notes.txt')
    box.write('notes.txt', 'staged, then changed')
    const index = join(box.mesh, '.git', 'index')
    const before = [box.git('status', '--porcelain').out, readFileSync(index).toString('hex'), statSync(index).mtimeMs]
    is(box.meshwright('publish').code, 0)
    const after = [box.git('status', '--porcelain').out, readFileSync(index).toString('hex')]
    equal(after, before.slice(0, 2))
    is(box.git('branch', '--list').out, '* main\n', 'no branch was made here')
    box.done()
  })

  test('an older commit does not go over a newer one, but for a rollback', () => {
    const box = repository()
    box.addService('svc-3')
    is(box.meshwright('generate').code, 0)
    box.commit('Add a service')
    is(box.meshwright('publish').code, 0)
    const newer = published(box, '%H')
    box.git('checkout', '--quiet', 'HEAD~1')
    const superseded = box.meshwright('publish')
    is(superseded.code, 0)
    match(superseded.err, /later source/)
    is(published(box, '%H'), newer)
    is(box.meshwright('publish', '--rollback').code, 0)
    is(published(box, '%H').split('\n').length, 2)
    box.done()
  })

  test('no private key is published, wherever it comes from', () => {
    const box = repository()
    appendFileSync(join(box.mesh, 'corefiles/cluster-1.Corefile'), '# -----BEGIN PRIVATE KEY-----\n')
    box.commit('Slip')
    const { code, err } = box.meshwright('publish')
    is(code, 2)
    match(err, /MESH-E519/)
    is(box.git('--git-dir', box.remote, 'branch', '--list', BRANCH).out, '')
    box.done()
  })

  test('an ignored lock is told, and files that editors leave in it are not', () => {
    const box = repository()
    box.write('mesh.lock/.gitkeep', '')
    box.commit('Keep')
    is(box.meshwright('publish').code, 0)
    box.git('rm', '--quiet', '-r', '--cached', 'mesh.lock')
    box.write('.gitignore', '*.lock\n')
    box.commit('Ignore')
    const { code, err } = box.meshwright('publish')
    is(code, 2)
    match(err, /has no mesh\.lock[^]*not ignored/)
    box.done()
  })

  test('the branch of the source is no output branch', () => {
    const box = repository()
    const { code, err } = box.meshwright('publish', '--branch', 'main')
    is(code, 3)
    match(err, /main is the branch that you work on/)
    box.done()
  })

  test('a mesh in a folder of a larger repository, to a local branch, dry first', () => {
    const box = sandbox()
    cpSync(join(FIXTURES, 'two-clusters'), join(box.mesh, 'platform'), { recursive: true })
    is(box.meshwright('generate', '-C', 'platform').code, 0)
    box.git('init', '--quiet', '--initial-branch=main')
    // A checkout with CRLF line ends must not reach the branch.
    box.git('config', 'core.autocrlf', 'true')
    box.git('add', '--all')
    box.git('commit', '--quiet', '--message', 'Begin')
    const dry = box.meshwright('publish', '-f', 'platform/mesh.yaml', '--no-push', '--dry-run')
    is(dry.code, 0, dry.err)
    match(dry.err, /would publish/)
    is(box.git('branch', '--list', BRANCH).out, '')
    is(box.meshwright('publish', '-C', 'platform', '--no-push').code, 0)
    ok(box.git('ls-tree', '-r', '--name-only', BRANCH).out.includes('clusters/cluster-2/dns/coredns.yaml'))
    ok(!box.git('show', `${BRANCH}:clusters/cluster-2/dns/coredns.yaml`).out.includes('\r'))
    box.done()
  })
})
