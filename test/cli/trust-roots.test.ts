/** Roots of other kinds and from elsewhere, from the intent to what clusters get. */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, equal, is, match, not, ok } from '../suite.ts'
import { keyPem, newRoot } from '../trust/authority.ts'
import { fresh, state } from './fresh.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const chainOf = (box: Sandbox, cluster: string): X509Certificate[] =>
  (
    readFileSync(join(box.mesh, 'output/clusters', cluster, 'trust/chain.pem'), 'utf8').match(
      /-----BEGIN[^]+?END CERTIFICATE-----/g,
    ) ?? []
  ).map((pem) => new X509Certificate(pem))

const edit = (box: Sandbox, change: (text: string) => string): void => {
  const text = readFileSync(join(box.mesh, 'mesh.yaml'), 'utf8')
  box.write('mesh.yaml', change(text))
}

const trustOf = (box: Sandbox, trust: string): void => edit(box, (text) => `${text}\ntrust: ${trust}\n`)

describe('roots', (test) => {
  test('a root of RSA with intermediates of P-384, and its key as OpenSSL reads it', () => {
    const box = fresh()
    trustOf(box, '{ organization: Example Shop, intermediate: { key: P-384, san: istiod } }')
    const [, , ...passphrase] = box.keys
    const created = box.meshwright(
      ...['trust', 'root', 'create', '--key', 'RSA-3072', '--validity', '100d', '--key-format', 'pkcs8', ...passphrase],
    )
    is(created.code, 0, created.err)
    const file = join(box.root, 'data/meshwright/shop/r1.key.pem')
    const key = createPrivateKey({ key: readFileSync(file), passphrase: 'a passphrase for one test' })
    is(key.asymmetricKeyDetails?.modulusLength, 3072)
    const generated = box.meshwright('generate', '--root-key', file, ...passphrase)
    is(generated.code, 0, generated.err)
    const [intermediate, root] = chainOf(box, 'a')
    is(root?.publicKey.equals(createPublicKey(key)), true)
    is(root?.subject, 'O=Example Shop\nCN=shop root r1')
    is(intermediate?.publicKey.asymmetricKeyDetails?.namedCurve, 'secp384r1')
    is(intermediate?.subjectAltName, 'DNS:istiod.istio-system.svc')
    is(root && intermediate?.verify(root.publicKey), true)
    match(generated.err, /MESH-W414/)
    is(box.meshwright('verify').code, 0)

    // Other fields are told, and nothing is issued again.
    const before = state(box)
    edit(box, (text) => text.replace('key: P-384, san: istiod', 'key: P-256, san: spiffe'))
    const again = box.meshwright('generate')
    is(again.code, 0, again.err)
    equal(
      [...state(box)].filter(([path]) => path !== 'mesh.yaml'),
      [...before].filter(([path]) => path !== 'mesh.yaml'),
    )
    is(again.err.match(/warning MESH-W415/g)?.length, 2, again.err)
    match(again.err, /trust\.intermediate\.key is P-256.*a, b have P-384/)
    box.done()
  })

  test('list, show and export', () => {
    const box = sandbox('two-clusters')
    const exported = box.meshwright('trust', 'root', 'export')
    is(exported.code, 0)
    const { fingerprint256 } = new X509Certificate(exported.out)
    const fingerprint = `sha256:${fingerprint256.replaceAll(':', '').toLowerCase()}`
    edit(box, (text) =>
      text.replace('defaults:', 'trust: { roots: [{ id: r1, state: active }, { id: r2, state: trusted }] }\ndefaults:'),
    )
    const { out, code } = box.meshwright('trust', 'root', 'list')
    is(code, 0)
    match(out, /^r1 {2}active, P-256 until \d{4}-\d\d-\d\d\n/)
    match(out, new RegExp(`^ {4}${fingerprint}$`, 'm'))
    match(out, /has signed cluster-1 g1, cluster-2 g1\nr2 {2}trusted, not made yet\n$/)
    const { roots } = JSON.parse(box.meshwright('trust', 'root', 'list', '--format', 'json').out) as {
      roots: Record<string, unknown>[]
    }
    is(roots[0]?.['fingerprint'], fingerprint)
    is(roots[0]?.['made'], 'here')
    equal(roots[1], { id: 'r2', state: 'trusted', signed: [] })
    const missing = box.meshwright('trust', 'root', 'export', 'r2')
    is(missing.code, 2)
    is(missing.out, '')
    match(box.meshwright('trust', 'root', 'show').out, /key {10}P-256\n/)
    box.done()
  })

  test('wrong options make nothing', () => {
    const box = fresh()
    const [, , ...passphrase] = box.keys
    const create = ['trust', 'root', 'create', ...passphrase]
    for (const options of [
      ['--key', 'RSA-2048'],
      ['--validity', '10'],
      ['--validity', '40000d'],
      ['--key-format', 'pem'],
      ['--key-format', 'pkcs8', '--recipient', 'age1x'],
    ]) {
      is(box.meshwright(...create, ...options).code, 2, options.join(' '))
    }
    equal(
      [...state(box).keys()].filter((path) => path.startsWith('mesh.lock')),
      [],
    )
    is(box.meshwright('trust', 'root', 'import').code, 2)
    box.done()
  })

  test('a root from elsewhere, whose key is piped in', () => {
    const box = fresh()
    const root = newRoot({ kind: 'rsa', now: new Date() })
    const file = join(box.root, 'ca.pem')
    // As programs print it, with words around.
    writeFileSync(file, `Certificate:\n${root.certificate.replaceAll('\n', '\r\n')}`)
    const imported = box.meshwright('trust', 'root', 'import', '--certificate', file)
    is(imported.code, 0, imported.err)
    match(imported.err, /MESH-W432/)
    is(box.meshwright('trust', 'root', 'export').out, root.certificate)
    not.match(readFileSync(join(box.mesh, 'mesh.lock/roots/r1.yaml'), 'utf8'), /^crl:/m)
    match(box.meshwright('trust', 'root', 'show').out, /made elsewhere/)
    const without = box.meshwright('generate')
    is(without.code, 3)
    match(without.err, /made elsewhere: its key is where it was made/)
    const piped = box.meshwrightIn({ input: keyPem(root.privateKey) }, 'generate', '--root-key', '-')
    is(piped.code, 0, piped.err)
    const [intermediate, issuer] = chainOf(box, 'a')
    is(issuer && intermediate?.verify(issuer.publicKey), true)
    is(intermediate?.issuer, issuer?.subject)
    is(box.meshwright('verify').code, 0)
    is(box.meshwright('generate', '--check').code, 0)

    // Once more under another name.
    edit(box, (text) => `${text}\ntrust: { roots: [{ id: r1, state: active }, { id: r2, state: trusted }] }\n`)
    const again = box.meshwright('trust', 'root', 'import', 'r2', '--certificate', file)
    is(again.code, 2)
    match(again.err, /error MESH-E434: root r1 of the lock has the same key/)
    const namesake = newRoot({ now: new Date() })
    writeFileSync(file, namesake.certificate)
    match(box.meshwright('trust', 'root', 'import', 'r2', '--certificate', file).err, /E434.* the same subject/)
    box.done()
  })

  test('what is no certificate is not shown, and not taken', () => {
    const box = fresh()
    const root = newRoot({ now: new Date() })
    const file = join(box.root, 'ca.pem')
    const attempts = [
      [root.certificate + keyPem(root.privateKey).toString(), /error MESH-E416: .* found a private key/],
      [root.certificate + root.certificate, /MESH-E416.* more than one certificate/],
      [root.crl, /MESH-E416.*/],
      ['', /MESH-E416.* no PEM block/],
    ] as const
    for (const [text, reason] of attempts) {
      writeFileSync(file, text)
      const { code, err } = box.meshwright('trust', 'root', 'import', '--certificate', file)
      is(code, 2)
      match(err, reason)
      not.match(err, /BEGIN|MIG|MII/)
    }
    is(box.meshwright('trust', 'root', 'import', '--certificate', join(box.root, 'nothing')).code, 3)
    ok(![...state(box).keys()].some((path) => path.startsWith('mesh.lock')), 'nothing was written')
    box.done()
  })

  test('a root key in the work tree is not read', () => {
    const box = fresh()
    is(box.meshwright('trust', 'root', 'create', ...box.keys.slice(2)).code, 0)
    box.git('init', '--quiet')
    mkdirSync(join(box.mesh, 'keys'))
    const [, key = ''] = box.keys
    writeFileSync(join(box.mesh, 'keys/r1.key.age'), readFileSync(key), { mode: 0o600 })
    const { code, err } = box.meshwright('generate', '--root-key', 'keys/r1.key.age', ...box.keys.slice(2))
    is(code, 2)
    match(err, /inside of the git work tree/)
    rmSync(join(box.mesh, 'keys'), { recursive: true })
    is(box.meshwright('generate', ...box.keys).code, 0)
    box.done()
  })

  test('what needs no key loads no node-forge', () => {
    const box = fresh()
    is(box.meshwright('trust', 'root', 'create', ...box.keys.slice(2)).code, 0)
    const watch = join(box.root, 'watch.mjs')
    const script = `import { createRequire } from 'node:module'\nimport { writeSync } from 'node:fs'\nconst { cache } = createRequire(import.meta.url)\nprocess.on('exit', () => writeSync(2, 'forge: ' + Object.keys(cache).filter((file) => /node-forge/.test(file)).length + '\\n'))\n`
    writeFileSync(watch, script)
    const forge = (...args: readonly string[]): number => {
      const { code, err } = box.node(['--import', watch], ...args)
      is(code, 0, err)
      return Number(/^forge: (\d+)$/m.exec(err)?.[1])
    }
    ok(forge('generate', ...box.keys) > 0, 'who issues encodes')
    rmSync(join(box.mesh, 'output/clusters/a/README.md'))
    for (const args of [
      ['generate'],
      ['generate', '--check'],
      ['validate'],
      ['plan'],
      ['verify'],
      ['trust', 'root', 'list'],
    ]) {
      is(forge(...args), 0, args.join(' '))
    }
    // A bundle that grows is sealed again, without a certificate.
    edit(box, (text) => `${text}\ntrust: { roots: [{ id: r1, state: active }, { id: r2, state: trusted }] }\n`)
    const second = join(box.root, 'r2.key.age')
    is(box.meshwright('trust', 'root', 'create', 'r2', '--key-out', second, ...box.keys.slice(2)).code, 0)
    is(forge('generate'), 0)
    box.done()
  })
})
