/** `verify --history`: what was committed once is found, wherever and whenever that was. */
import { generateKeyPairSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, match, ok } from '../suite.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
const secret = pem.toString().split('\n')[1] ?? ''

function repository(): Sandbox {
  const box = sandbox('two-clusters')
  box.git('init', '--quiet', '--initial-branch=main')
  commit(box, 'begin')
  return box
}

function commit(box: Sandbox, subject: string): string {
  box.git('add', '--all')
  is(box.git('commit', '--quiet', '-m', subject).code, 0)
  return box.git('rev-parse', '--short=12', 'HEAD').out.trim()
}

describe('keys in the history', (test) => {
  test('there is none', () => {
    const box = repository()
    const { code, err } = box.meshwright('verify', '--history')
    is(code, 0, err)
    match(err, /no key in the clear in \d+ versions of files/)
    box.done()
  })

  test('one that was deleted is told with its commit and path, and never shown', () => {
    const box = repository()
    box.write('mesh.lock/roots/a key.pem', pem.toString())
    const bad = commit(box, 'oops')
    rmSync(join(box.mesh, 'mesh.lock/roots/a key.pem'))
    commit(box, 'delete it')
    const { code, out, err } = box.meshwright('verify', '--history')
    is(code, 1)
    match(err, new RegExp(`MESH-E867.*: commit ${bad} has a private key in mesh\\.lock/roots/a key\\.pem`))
    ok(!(out + err).includes(secret))
    is(box.meshwright('verify', '--history', 'HEAD~2').code, 0)
    is(box.meshwright('verify', '--history', 'HEAD~2..HEAD').code, 1)
    const json = box.meshwright('verify', '--history', '--format', 'json')
    match(json.out, /MESH-E867/)
    is(json.code, 1)
    box.done()
  })

  test('one on a branch whose change a merge has undone, and one on a branch that is published', () => {
    const box = repository()
    box.git('switch', '--quiet', '-c', 'side')
    box.write('output/clusters/cluster-1/x.yaml', `data: { key: ${Buffer.from(pem).toString('base64')} }\n`)
    const bad = commit(box, 'side')
    box.git('switch', '--quiet', 'main')
    box.write('note', 'x')
    commit(box, 'main')
    is(box.git('merge', '--quiet', '-s', 'ours', '-m', 'ours', 'side').code, 0)
    box.git('branch', '-D', 'side')
    match(box.meshwright('verify', '--history').err, new RegExp(`commit ${bad} has a private key in base64`))
    box.done()
  })

  test('in a folder of a larger repository the rest of it is left alone, but not what is published', () => {
    const box = sandbox()
    box.git('init', '--quiet', '--initial-branch=main')
    box.write('shop/mesh.yaml', 'x')
    box.write('tests/key.pem', pem.toString())
    commit(box, 'begin')
    is(box.meshwright('-C', 'shop', 'verify', '--history').code, 0)
    box.write('clusters/a/key.pem', pem.toString())
    commit(box, 'published')
    is(box.meshwright('-C', 'shop', 'verify', '--history').code, 1)
    box.done()
  })

  test('a clone that was cut is said to be one; a range that is none is refused', () => {
    const box = repository()
    box.write('note', 'x')
    commit(box, 'more')
    is(box.git('clone', '--quiet', '--depth=1', `file://${box.mesh}`, join(box.root, 'clone')).code, 0)
    const { code, err } = box.meshwright('-C', join(box.root, 'clone'), 'verify', '--history')
    is(code, 0, err)
    match(err, /MESH-W868/)
    const none = box.meshwright('verify', '--history', 'nowhere..HEAD')
    is(none.code, 2)
    match(none.err, /git knows no revisions "nowhere..HEAD"/)
    box.done()
  })
})
