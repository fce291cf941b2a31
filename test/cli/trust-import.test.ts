/** A live CA comes in by files, by a folder and by what kubectl prints; a request is made once. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Cacerts } from '../../src/trust/bundle.ts'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { describe, equal, is, match, not, ok } from '../suite.ts'
import { newIntermediate, newRoot } from '../trust/authority.ts'
import { makeControllerKey } from '../trust/controller-certificate.ts'
import { foundCacerts, istiodCa } from '../trust/found-ca.ts'
import { state } from './fresh.ts'
import { MAIN, sandbox, type Sandbox } from './sandbox.ts'

const root = newRoot({ now: new Date() })
const controller = makeControllerKey({ now: new Date(), bits: 2048 })

function live(current: string, roots = '[{ id: r1, state: active }]'): Sandbox {
  const box = sandbox()
  box.write(
    'mesh.yaml',
    `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: shop }
trust: { roots: ${roots} }
defaults:
  cluster: { trust: { current: ${current} }, gateway: { install: none } }
clusters:
  - { name: a, gateway: { addresses: [192.0.2.1] } }
  - { name: b, gateway: { addresses: [192.0.2.2] } }
services: []
`,
  )
  for (const name of ['a', 'b']) {
    box.write(`corefiles/${name}.Corefile`, KUBEADM_COREFILE)
    box.write(`sealing/${name}.pem`, controller.certificate)
  }
  return box
}

function folder(box: Sandbox, name: string, items: Partial<Record<string, Uint8Array>>): string {
  const path = join(box.root, name)
  mkdirSync(path)
  for (const [item, bytes] of Object.entries(items)) if (bytes) writeFileSync(join(path, item), bytes, { mode: 0o600 })
  return path
}

function secret(items: Partial<Record<string, Uint8Array>>, type = 'Opaque'): string {
  const data = Object.entries(items).map(([item, bytes]) => [item, Buffer.from(bytes ?? []).toString('base64')])
  return JSON.stringify({ apiVersion: 'v1', kind: 'Secret', type, data: Object.fromEntries(data) as unknown })
}

function piped(box: Sandbox, input: string, ...args: string[]): { code: number; err: string } {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: box.mesh,
    env: box.env,
    input,
    encoding: 'utf8',
  })
  return { code: status ?? -1, err: stderr }
}

function holdsNoKey(box: Sandbox, ...others: string[]): void {
  for (const text of [...state(box).values(), ...others]) {
    not.ok(/PRIVATE KEY|LS0tLS1CRUdJTi/.test(text))
  }
}

const bundle = (): Cacerts => foundCacerts(newIntermediate(root, { now: new Date() }), [root])

describe('trust import', (test) => {
  test('a folder and a pipe: the mesh is generated without any key', () => {
    const box = live('cacerts')
    const [one, two] = [bundle(), bundle()]
    const first = box.meshwright('trust', 'import', 'a', '--from', folder(box, 'a', one))
    is(first.code, 0, first.err)
    match(first.err, /root r1 is new in the lock/)
    match(first.err, /annotate secret cacerts sealedsecrets\.bitnami\.com\/managed=true/)
    const half = box.meshwright('generate')
    is(half.code, 2)
    match(half.err, /meshwright trust import b --from FILE/)
    const second = piped(box, secret(two, 'istio.io/ca-root'), 'trust', 'import', 'b', '--from', '-')
    is(second.code, 0, second.err)
    match(second.err, /of type istio\.io\/ca-root, which cannot be changed/)
    const done = box.meshwright('generate')
    is(done.code, 0, done.err)
    is(box.meshwright('generate', '--check').code, 0)
    is(box.meshwright('verify').code, 0)
    match(readFileSync(join(box.mesh, 'output/clusters/a/README.md'), 'utf8'), /Once, since this cluster signs already/)
    holdsNoKey(box, first.err, second.err, done.err)
    const again = box.meshwright('trust', 'import', 'a', '--from', join(box.root, 'a'))
    is(again.code, 2)
    match(again.err, /in the lock already/)
    box.done()
  })

  test('files of other names, and the style of kubernetes.io/tls', () => {
    const box = live('cacerts')
    const items = bundle()
    const path = folder(box, 'files', {
      c: items['ca-cert.pem'],
      k: items['ca-key.pem'],
      h: items['cert-chain.pem'],
      r: items['root-cert.pem'],
    })
    const file = (name: string): string => join(path, name)
    const named = ['--ca-cert', file('c'), '--ca-key', file('k'), '--cert-chain', file('h'), '--root-cert', file('r')]
    is(box.meshwright('trust', 'import', 'a', ...named).code, 0)
    const tls = bundle()
    const style = { 'tls.crt': tls['ca-cert.pem'], 'tls.key': tls['ca-key.pem'], 'ca.crt': tls['root-cert.pem'] }
    const made = piped(box, secret(style, 'kubernetes.io/tls'), 'trust', 'import', 'b', '--from', '-')
    is(made.code, 0, made.err)
    match(made.err, /made ca-cert\.pem/)
    is(box.meshwright('generate').code, 0)
    is(box.meshwright('verify').code, 0)
    holdsNoKey(box)
    box.done()
  })

  test('what does not fit is refused, and nothing is written', () => {
    const box = live('cacerts')
    const path = folder(box, 'a', bundle())
    const before = state(box)
    for (const [said, ...args] of [
      [/nothing is named/, 'a'],
      [/no cluster x/, 'x', '--from', path],
      [/trust\.current: cacerts/, 'a', '--from', path, '--self-signed'],
      [/there is no .*nothing/, 'a', '--from', join(box.root, 'nothing')],
      [/no Secret/, 'a', '--from', join(path, 'root-cert.pem')],
      [
        /there is no cert-chain\.pem/,
        'a',
        '--ca-cert',
        join(path, 'ca-cert.pem'),
        '--ca-key',
        join(path, 'ca-key.pem'),
      ],
      [/MESH-E438/, 'a', '--from', path, '--as', 'r9'],
      [/nothing is asked for/, 'a', '--certificate', join(path, 'ca-cert.pem')],
    ] as const) {
      const { code, err } = box.meshwright('trust', 'import', ...args)
      is(code, 2, err)
      match(err, said)
      holdsNoKey(box, err)
    }
    equal(state(box), before)
    box.done()
  })

  test('a key in the clear is not read out of a work tree, nor where others can read it', () => {
    const box = live('cacerts')
    is(box.git('init', '--quiet').code, 0)
    const items = bundle()
    const inside = folder(box, 'mesh/found', items)
    const open = folder(box, 'open', items)
    chmodSync(join(open, 'ca-key.pem'), 0o644)
    const dump = join(open, 'dump.json')
    writeFileSync(dump, secret(items), { mode: 0o640 })
    const named = ['ca-cert', 'ca-key', 'cert-chain', 'root-cert'].flatMap((item) => [
      `--${item}`,
      join(inside, `${item}.pem`),
    ])
    const before = state(box)
    for (const [said, ...args] of [
      [/inside of the git work tree/, '--from', inside],
      [/inside of the git work tree/, ...named],
      [/other users can read/, '--from', open],
      [/other users can read/, '--from', dump],
    ] as const) {
      const { code, err } = box.meshwright('trust', 'import', 'a', ...args)
      is(code, 2, err)
      match(err, said)
      match(err, /--from -/)
      not.ok(err.includes('PRIVATE KEY'))
    }
    equal(state(box), before)
    chmodSync(join(open, 'ca-key.pem'), 0o600)
    is(box.meshwright('trust', 'import', 'a', '--from', open).code, 0)
    box.done()
  })

  test("istiod's own CA is told by name, and says what to write", () => {
    const box = live('self-signed', '[{ id: r1, state: active }, { id: a-ca, state: trusted }]')
    const path = folder(box, 'a', istiodCa(new Date()).items)
    const unnamed = box.meshwright('trust', 'import', 'a', '--self-signed', '--from', path)
    is(unnamed.code, 2)
    match(unnamed.err, /--as a-ca/)
    const named = box.meshwright('trust', 'import', 'a', '--self-signed', '--from', path, '--as', 'a-ca')
    is(named.code, 0, named.err)
    const other = box.meshwright(
      'trust',
      'import',
      'b',
      '--self-signed',
      '--from',
      folder(box, 'b', istiodCa(new Date()).items),
    )
    is(other.code, 2)
    const generated = { ...istiodCa(new Date()).items, 'istio-generated': Buffer.alloc(0) }
    const alike = live('cacerts')
    const odd = piped(alike, secret(generated, 'istio.io/ca-root'), 'trust', 'import', 'a', '--from', '-')
    is(odd.code, 2)
    match(odd.err, /istiod made this Secret itself/)
    alike.done()
    match(other.err, /write below trust\.roots: - \{ id: b-ca, state: trusted \} and say which is which: --as b-ca/)
    box.done()
  })
})

describe('trust csr', (test) => {
  test('the request is made once, and the key is in nothing but its seal', () => {
    const box = live('none')
    const first = box.meshwright('trust', 'csr', 'a')
    is(first.code, 0, first.err)
    ok(first.out.startsWith('-----BEGIN CERTIFICATE REQUEST-----\n'))
    const lock = state(box)
    const second = box.meshwright('trust', 'csr', 'a')
    is(second.out, first.out)
    equal(state(box), lock)
    holdsNoKey(box, first.err, first.out)
    match(box.meshwright('validate').err, /MESH-W440/)
    box.done()
  })

  test('a live CA is not replaced by a request', () => {
    const box = live('cacerts')
    const { code, err } = box.meshwright('trust', 'csr', 'a')
    is(code, 2)
    match(err, /MESH-E802/)
    box.done()
  })
})

describe('generate --signer', (test) => {
  test('one of the two signs', () => {
    const box = live('none')
    const { code, err } = box.meshwright('generate', '--signer', 'x', '--root-key', 'y')
    is(code, 2)
    match(err, /--signer/)
    box.done()
  })
})
