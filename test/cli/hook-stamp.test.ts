/** What the installed hook remembers from one commit to the next. */
import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, ok } from '../suite.ts'
import { addService, committed, done, isWhole, lockOf, repository } from './hook.ts'

describe('what the hook remembers', (test) => {
  test('a commit that changes nothing of the mesh is not rendered, and everything else is', () => {
    const box = repository()
    const store = join(box.mesh, '.git', 'meshwright')
    const stamp = (): string => readFileSync(join(store, readdirSync(store)[0] ?? ''), 'utf8')
    const commit = (): boolean => {
      const before = stamp()
      box.git('add', '--all')
      done(box.git('commit', '--allow-empty', '--message=x'))
      isWhole(box)
      return stamp() === before
    }
    done(box.git('commit', '--allow-empty', '--message=x'))
    ok(commit(), 'nothing')
    box.write('note', 'x')
    ok(commit(), 'a note')

    appendFileSync(join(box.mesh, 'mesh.yaml'), '# a comment\n')
    ok(!commit(), 'the intent')
    const gateway = 'output/clusters/cluster-1/gateway/gateway.yaml'
    appendFileSync(join(box.mesh, gateway), '# edited\n')
    ok(!commit(), 'an edit of the output')
    rmSync(join(box.mesh, gateway))
    ok(!commit(), 'a file less')
    rmSync(join(box.mesh, 'mesh.lock', 'hosts', 'bar'), { recursive: true })
    ok(!commit(), 'a lock less')
    appendFileSync(join(box.mesh, 'corefiles', 'cluster-1.Corefile'), '# a comment\n')
    ok(!commit(), 'a Corefile')
    ok(commit(), 'nothing again')
    box.done()
  })

  test('what is damaged, old, or of another tool counts as nothing', () => {
    const box = repository()
    const store = join(box.mesh, '.git', 'meshwright')
    done(box.meshwright('hook', 'run'))
    const file = join(store, readdirSync(store)[0] ?? '')
    const sound = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
    addService(box, 'svc-3')
    box.git('add', 'mesh.yaml')
    const digest = (): unknown => (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)['digest']
    const now = sound['made'] as number
    const useless: readonly unknown[] = [
      null,
      [],
      { ...sound, watched: 'mesh.yaml' },
      { ...sound, watched: [1] },
      { ...sound, digest: 1 },
      { ...sound, tool: 'x' },
      { ...sound, made: now - 25 * 3_600_000 },
      { ...sound, made: now + 3_600_000 },
    ]
    for (const text of ['', '{', '\u0000', ...useless.map((value) => JSON.stringify(value))]) {
      writeFileSync(file, text)
      done(box.meshwright('hook', 'run'))
      is(typeof digest(), 'string', text)
    }
    done(box.git('commit', '--message=Add'))
    ok(committed(box, lockOf('svc-3')))
    rmSync(store, { recursive: true })
    writeFileSync(store, 'a file in its place')
    done(box.git('commit', '--allow-empty', '--message=x'))
    box.done()
  })
})
