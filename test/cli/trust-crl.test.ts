/** A compromised cluster, from the alarm to an output that is sound again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, is, match, ok } from '../suite.ts'
import { fresh, state } from './fresh.ts'

describe('revocation by commands', (test) => {
  test('a cluster is compromised, another one leaves', () => {
    const box = fresh()
    const { meshwright, keys } = box
    is(meshwright('trust', 'root', 'create', ...keys.slice(2)).code, 0)
    is(meshwright('generate', ...keys).code, 0)
    const keyless = meshwright('trust', 'crl', 'revoke', 'a')
    is(keyless.code, 3)
    match(keyless.err, /trust crl import r1 FILE/)
    is(meshwright('trust', 'crl', 'revoke', 'nobody', ...keys).code, 2)
    is(meshwright('trust', 'crl', 'revoke', 'a', '--generation', '7', ...keys).code, 2)

    const revoked = meshwright('trust', 'crl', 'revoke', 'a', ...keys)
    is(revoked.code, 0, revoked.err)
    match(revoked.err, /CRL 2 of root r1: .* it revokes 1/)
    match(revoked.err, /next: .*trust\.generation: 2/)
    match(revoked.err, /next: .*trust\.crl\.enabled: true/)
    const before = state(box)
    match(meshwright('trust', 'crl', 'revoke', 'a', ...keys).err, /revoked already/)
    const refused = meshwright('generate', ...keys)
    is(refused.code, 2)
    match(refused.err, /MESH-E856/)
    ok(JSON.stringify([...state(box)]) === JSON.stringify([...before]), 'nothing was written')

    const mesh = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
    const changed = mesh.replace(/( {2}- name: "a".*\n)/, '$1    trust: { generation: 2 }\n')
    box.write('mesh.yaml', `${changed}trust: { crl: { enabled: true } }\n`)
    const plan = meshwright('plan')
    match(plan.out, /revocation lists/)
    const renewed = meshwright('generate', ...keys)
    is(renewed.code, 0, renewed.err)
    const verified = meshwright('verify')
    is(verified.code, 0, verified.err)
    const files = ['a', 'b'].map((name) =>
      readFileSync(join(box.mesh, `output/clusters/${name}/trust/ca-crl.pem`), 'utf8'),
    )
    is(files[0]?.replace(/^#.*\n/, ''), files[1]?.replace(/^#.*\n/, ''))
    is(files[0]?.split('BEGIN X509 CRL').length, 5)

    // Which of the two is meant is never guessed.
    const which = meshwright('trust', 'crl', 'revoke', 'a', ...keys)
    is(which.code, 2)
    match(which.err, /generations 1, 2/)
    const again = meshwright('trust', 'crl', 'refresh', ...keys)
    is(again.code, 0, again.err)
    match(again.err, /CRL 3 of root r1: .* it revokes 1/)
    match(meshwright('generate', '--check').err, /seal the CRLs of all clusters for b/)
    is(meshwright('generate').code, 0, 'sealing what is public needs no key')
    is(meshwright('verify').code, 0)
    box.done()
  })

  test('a CRL of a root that lies elsewhere is taken over once', () => {
    const [box, other] = [fresh(), fresh()]
    for (const b of [box, other]) is(b.meshwright('trust', 'root', 'create', ...b.keys.slice(2)).code, 0)
    const root = readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8')
    is(box.meshwright('trust', 'crl', 'refresh', ...box.keys).code, 0)
    const lock = readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8')
    const crl = (/crl: \|\n((?: {2}.*\n)+)/.exec(lock)?.[1] ?? '').replace(/^ {2}/gm, '')
    box.write('mesh.lock/roots/r1.yaml', root)
    box.write('new.pem', crl)
    const taken = box.meshwright('trust', 'crl', 'import', 'r1', 'new.pem')
    is(taken.code, 0, taken.err)
    is(readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8'), lock)
    is(box.meshwright('trust', 'crl', 'import', 'r1', 'new.pem').code, 2)
    is(box.meshwright('trust', 'crl', 'import', 'r1', 'none.pem').code, 3)
    other.write('new.pem', crl)
    match(other.meshwright('trust', 'crl', 'import', 'r1', 'new.pem').err, /not signed by this root/)
    box.done()
    other.done()
  })
})
