/** A compromised cluster, from the alarm to an output that is sound again. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sayWhatFollows } from '../../src/commands/crl-writing.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { Invocation, type World } from '../../src/invocation.ts'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import type { Cluster } from '../../src/mesh/mesh.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { readTree, twoClusters } from '../fixture.ts'
import { describe, is, match, ok } from '../suite.ts'
import { newIntermediate, newRoot } from '../trust/authority.ts'
import { fresh, state } from './fresh.ts'

const nobody: World = {
  argv: [],
  env: {},
  cwd: '/',
  out: () => undefined,
  err: () => undefined,
  paint: noPaint,
  outPaint: noPaint,
  interactive: false,
  now: () => new Date(),
}

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

  test('what the root did not sign it does not revoke, nor itself', () => {
    const box = fresh()
    is(box.meshwright('trust', 'root', 'create', ...box.keys.slice(2)).code, 0)
    is(box.meshwright('generate', ...box.keys).code, 0)
    const files = [...readTree(join(box.mesh, 'mesh.lock'))].map(([path, b]) => [path, b.toString('utf8')] as const)
    const read = readLock(new Map(files), 'shop')
    const [locked, root] = read.ok ? [read.value.clusters.get('a'), read.value.roots.get('r1')] : []
    if (!read.ok || locked === undefined || root === undefined) throw new Error('the lock is good')
    const rootText = readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8')
    for (const [certificate, said] of [
      [newIntermediate(newRoot()).certificate, /only that CA can revoke it/],
      [root.certificate, /no root can revoke itself/],
    ] as const) {
      const clusters = new Map([...read.value.clusters, ['a', { ...locked, certificate }]])
      const text = lockTree({ ...read.value, clusters }, 'shop').get('clusters/a.yaml') ?? ''
      box.write('mesh.lock/clusters/a.yaml', text)
      const { code, err } = box.meshwright('trust', 'crl', 'revoke', 'a', ...box.keys)
      is(code, 2, err)
      match(err.replace(/\s+/g, ' '), said, err)
      is(readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8'), rootText)
    }
    box.done()
  })

  test('where CRLs are not shipped, nobody is told to ship them', async () => {
    const { checked } = await gather(memorySources(twoClusters()), 'mesh.yaml')
    if (!checked.ok) throw new Error('the fixture is good')
    const { mesh, lock } = checked.value
    const said: string[] = []
    const world = { ...nobody, err: (text: string) => void said.push(text) }
    const clusters = mesh.clusters.map((cluster, i): Cluster => {
      const { origin } = cluster.sealing
      return i === 0
        ? cluster
        : { ...cluster, sealing: { backend: 'sops', recipients: [], identitySecret: 'age', origin } }
    })
    const at = { root: '/', meshFile: 'mesh.yaml', lock: '/', output: '/' }
    sayWhatFollows(new Invocation(world, {}, []), { at, mesh: { ...mesh, clusters }, lock })
    match(said.join(''), /trust rotate root/)
    is(said.join('').includes('enabled: true'), false)
    said.length = 0
    sayWhatFollows(new Invocation(world, {}, []), { at, mesh, lock })
    match(said.join(''), /enabled: true/)
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
