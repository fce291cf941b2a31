/** How a root comes into the lock, once, and what becomes of its key. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, ok } from '../suite.ts'
import { fresh, state } from './fresh.ts'
import { sandbox } from './sandbox.ts'

describe('the root of a mesh', (test) => {
  test('a root is made once, and its key never goes into a work tree', () => {
    const box = fresh()
    const [, , ...passphrase] = box.keys
    box.git('init', '--quiet')
    const inside = box.meshwright('trust', 'root', 'create', ...passphrase, '--key-out', 'r1.key.age')
    ok(inside.code !== 0)
    match(inside.err, /work tree/)
    ok(!existsSync(join(box.mesh, 'mesh.lock', 'roots')), 'nothing was written')
    is(box.meshwright('trust', 'root', 'create', ...passphrase).code, 0)
    const second = box.meshwright('trust', 'root', 'create', ...passphrase)
    is(second.code, 2)
    match(second.err, /in the lock already/)
    match(box.meshwright('trust', 'root', 'show').out, /fingerprint {2}sha256:/)
    box.done()
  })

  test('a root key of another mesh is refused, and nothing is written', () => {
    const [box, other] = [fresh(), fresh()]
    for (const b of [box, other]) is(b.meshwright('trust', 'root', 'create', ...b.keys.slice(2)).code, 0)
    const before = state(box)
    const wrong = box.meshwright('generate', '--root-key', other.keys[1] ?? '', ...other.keys.slice(2))
    is(wrong.code, 2, wrong.err)
    equal(state(box), before)
    box.done()
    other.done()
  })

  test('a root whose write is only half done keeps its key', () => {
    const box = fresh()
    // A file where the folder of the roots is needed fails after the journal is in place, as a full disk can.
    box.write('mesh.lock/roots', 'in the way')
    rmSync(join(box.mesh, 'mesh.lock/roots'))
    const [, key = '', ...passphrase] = box.keys
    const script = `import fs from 'node:fs/promises'\nimport { syncBuiltinESMExports } from 'node:module'\nconst real = fs.mkdir\nfs.mkdir = (path, options) => String(path).endsWith('roots') ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : real(path, options)\nsyncBuiltinESMExports()\n`
    writeFileSync(join(box.root, 'full-disk.mjs'), script)
    const made = box.meshwright('trust', 'root', 'create', ...passphrase)
    is(made.code, 0)
    rmSync(join(box.mesh, 'mesh.lock'), { recursive: true })
    rmSync(key)
    const failed = box.node(['--import', join(box.root, 'full-disk.mjs')], 'trust', 'root', 'create', ...passphrase)
    is(failed.code, 3, failed.err)
    match(failed.err, /half done: the next generate finishes it/)
    ok(existsSync(key), 'the only key of a root that will be in the lock')
    const next = box.meshwright('generate', ...box.keys)
    is(next.code, 0, next.err)
    box.done()
  })

  test('a root that is lost from the lock is not made a second time', () => {
    const box = sandbox('two-clusters')
    rmSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'))
    const { code, err } = box.meshwright('validate')
    is(code, 2)
    match(err, /MESH-E816/)
    const made = box.meshwright('trust', 'root', 'create', '--key-out', join(box.root, 'key.age'))
    is(made.code, 2)
    match(made.err, /signed already/)
    box.done()
  })
})
