/** The key of a cluster on its way into a store, and a recipient that is none. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { describe, equal, is, match, not, ok } from '../suite.ts'
import { state } from './fresh.ts'
import { sandbox, type Sandbox } from './sandbox.ts'

const identity = await generateX25519Identity()
const recipient = await identityToRecipient(identity)

function meshOf(sealing: string): string {
  return `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: shop }
defaults: { cluster: { trust: { current: none }, gateway: { install: none } } }
clusters:
  - name: a
    gateway: { addresses: [192.0.2.1] }
    sealing: ${sealing}
`
}

/** With a root, whose key the identity opens. */
function begun(sealing: string): Sandbox & { readonly keys: readonly string[] } {
  const box = sandbox()
  box.write('mesh.yaml', meshOf(sealing))
  box.write('corefiles/a.Corefile', KUBEADM_COREFILE)
  const file = join(box.root, 'identity')
  writeFileSync(file, `${identity}\n`, { mode: 0o600 })
  const key = join(box.root, 'r1.key.age')
  const made = box.meshwright('trust', 'root', 'create', '--recipient', recipient, '--key-out', key)
  if (made.code !== 0) throw new Error(made.err)
  return { ...box, keys: ['--root-key', key, '--identity', file] }
}

const STORED = `{ backend: external-secrets, recipients: [${recipient}], store: { name: vault } }`
const NAME = 'shop-a-cacerts-g1.json.age'

describe('sealing by the command line', (test) => {
  test('a key for a store goes into a file outside of the work tree, or nowhere', () => {
    const box = begun(STORED)
    box.git('init', '--quiet')
    const before = state(box)
    const nowhere = box.meshwright('generate', ...box.keys)
    not.equal(nowhere.code, 0)
    match(nowhere.err, /--store-files DIR/)
    const inside = box.meshwright('generate', ...box.keys, '--store-files', 'store')
    not.equal(inside.code, 0)
    match(inside.err, /work tree/)
    equal(state(box), before)
    const store = join(box.root, 'store')
    const { code, err } = box.meshwright('generate', ...box.keys, '--store-files', store)
    is(code, 0, err)
    match(err, /before you commit, as shop-a-cacerts-g1/)
    equal(readdirSync(store), [NAME])
    is(statSync(join(store, NAME)).mode & 0o777, 0o600)
    ok(readFileSync(join(store, NAME), 'utf8').startsWith('-----BEGIN AGE ENCRYPTED FILE-----\n'))
    for (const text of state(box).values()) is(/ciphertext|PRIVATE KEY|AGE ENCRYPTED/.test(text), false)
    is(box.meshwright('generate', '--check').code, 0)
    is(box.meshwright('verify').code, 0)
    box.done()
  })

  test('a file of a store is never written over, and goes when the lock is not written', () => {
    const box = begun(STORED)
    const store = join(box.root, 'store')
    mkdirSync(store)
    writeFileSync(join(store, NAME), 'of another run')
    const twice = box.meshwright('generate', ...box.keys, '--store-files', store)
    not.equal(twice.code, 0)
    is(readFileSync(join(store, NAME), 'utf8'), 'of another run')
    ok(!existsSync(join(box.mesh, 'mesh.lock', 'clusters')), 'the lock counts on a key that nobody has')
    box.done()
  })

  test('a secret key in place of a recipient is not repeated', () => {
    const box = sandbox()
    box.write('corefiles/a.Corefile', KUBEADM_COREFILE)
    box.write('mesh.yaml', meshOf(`{ backend: sops, recipients: [${identity}, ${identity}] }`))
    for (const format of ['text', 'json', 'github', 'sarif', 'junit']) {
      const { code, out, err } = box.meshwright('validate', '--format', format)
      is(code, 2)
      match(out + err, /MESH-E473/)
      is((out + err).includes(identity), false, format)
    }
    box.done()
  })
})
