/** A key for each backend: issued, kept, encrypted for others, and moved. */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { armor, Decrypter } from 'age-encryption'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import { render } from '../../src/plan/render.ts'
import { consequencesOfSealing } from '../../src/review/from-sealing.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { describe, equal, is, not, ok } from '../suite.ts'
import { controllerKey, NOW, parsed } from '../trust/authority.ts'
import { openSealed } from '../trust/open-sealed.ts'
import { openSops } from '../trust/open-sops.ts'
import {
  BOTH,
  codes,
  fulfilled,
  identities,
  kinds,
  planOf,
  recipients,
  rooted,
  withNextRoot,
  type Done,
} from './three-backends.ts'

const planned = await planOf(rooted)
const issued = await fulfilled(planned)
const { lock } = issued
const output = render(planned, lock)

const textOf = (path: string, tree = output): string => tree.get(`clusters/${path}`) ?? ''
const sealedOf = ({ lock: { clusters } }: Pick<Done, 'lock'>, name: string) => clusters.get(name)?.sealed

describe('sealing by each backend', (test) => {
  test('is sound to verify, and leaves nothing to do', async () => {
    equal(kinds(await planOf(lock)), [])
    equal(codes(await planOf(lock)), [])
    const { diagnostics } = verifyOutput(output, { now: NOW, lock })
    equal(diagnostics, [])
    // Without the lock nobody can tell whether the scope is meant.
    equal(
      verifyOutput(output, { now: NOW }).diagnostics.map(({ code }) => code),
      ['MESH-W484'],
    )
  })

  test('a lock is read as it was written', () => {
    const again = readLock(lockTree(lock, 'shop'), 'shop')
    ok(again.ok)
    equal(again.ok ? again.value.clusters : undefined, lock.clusters)
  })

  test('a wider scope is in the label, and on the SealedSecret', () => {
    const sealed = sealedOf(issued, 'wide')
    if (sealed?.backend !== 'sealed-secrets') throw new Error('it is sealed')
    const { ciphertext } = sealed.items['ca-key.pem']
    const key = openSealed(controllerKey().privateKey, ciphertext, 'istio-system')
    ok(key.toString().startsWith('-----BEGIN PRIVATE KEY-----\n'))
    not.ok(opens(() => openSealed(controllerKey().privateKey, ciphertext, 'istio-system/cacerts')))
    const text = textOf('wide/trust/cacerts.yaml')
    ok(text.includes('sealedsecrets.bitnami.com/namespace-wide: "true"'))
    ok(text.includes('sealedsecrets.bitnami.com/skip-set-owner-references: "true"'))
  })

  test('SOPS opens the key of the certificate, and only for a recipient', async () => {
    const text = textOf('encrypted/trust/cacerts.sops.yaml')
    const items = await openSops(text, identities[0] ?? '')
    const { certificate } = lock.clusters.get('encrypted') ?? { certificate: '' }
    is(items.get('ca-cert.pem')?.toString(), certificate)
    const key = createPublicKey(createPrivateKey(items.get('ca-key.pem') ?? ''))
    ok(key.equals(parsed(certificate).publicKey))
    const stranger = await openSops(text, identities[1] ?? '').catch(() => undefined)
    is(stranger, undefined)
    ok(/lastmodified: "\d/.test(text))
    ok(textOf('encrypted/trust/kustomization.yaml').includes('cacerts.sops.yaml'))
    const flux = output.get('flux/encrypted.yaml') ?? ''
    ok(/decryption:\n {4}provider: sops\n {4}secretRef:\n {6}name: sops-age\n/.test(flux))
    is(flux.includes('healthCheckExprs'), false)
  })

  test('a store gets a file for each generation, and nothing of the key is anywhere else', async () => {
    equal([...issued.stored.keys()], ['shop-stored-cacerts-g1.json.age'])
    const decrypter = new Decrypter()
    decrypter.addIdentity(identities[0] ?? '')
    const file = issued.stored.get('shop-stored-cacerts-g1.json.age')?.toString('latin1') ?? ''
    const entry = JSON.parse(await decrypter.decrypt(armor.decode(file), 'text')) as Record<string, string>
    equal(Object.keys(entry), ['ca-cert', 'ca-key', 'cert-chain'])
    const { certificate } = lock.clusters.get('stored') ?? { certificate: '' }
    is(entry['ca-cert'], certificate)
    ok(createPublicKey(createPrivateKey(entry['ca-key'] ?? '')).equals(parsed(certificate).publicKey))
    const text = textOf('stored/trust/cacerts.yaml')
    ok(text.includes('key: mesh/shop-stored-cacerts-g1\n'))
    equal(Object.keys(sealedOf(issued, 'stored')?.items ?? {}), ['ca-cert.pem', 'cert-chain.pem', 'root-cert.pem'])
  })

  test('another root is trusted without a key, and SOPS still opens', async () => {
    const roots: [string, string] = [
      '[{ id: r1, state: active }]',
      '[{ id: r1, state: active }, { id: r2, state: trusted }]',
    ]
    const wider = await planOf(withNextRoot(lock), roots)
    equal(kinds(wider), ['seal-bundle', 'seal-bundle', 'seal-bundle'])
    const after = await fulfilled(wider)
    const tree = render(wider, after.lock)
    equal(verifyOutput(tree, { now: NOW, lock: after.lock }).diagnostics, [])
    const [was, is2] = [sealedOf(issued, 'encrypted'), sealedOf(after, 'encrypted')]
    if (was?.backend !== 'sops' || is2?.backend !== 'sops') throw new Error('it is encrypted')
    equal([is2.key, is2.mac, is2.recipients, is2.lastModified], [was.key, was.mac, was.recipients, was.lastModified])
    const items = await openSops(textOf('encrypted/trust/cacerts.sops.yaml', tree), identities[0] ?? '')
    is(items.get('root-cert.pem')?.toString().split('BEGIN').length, 3)
    is(after.stored.size, 0)
    is(textOf('stored/trust/cacerts.yaml', tree).includes('shop-stored-cacerts-g1'), true)
  })

  test('other recipients need an identity, and the key keeps its bytes', async () => {
    const more = await planOf(lock, [`recipients: [${recipients[0]}]`, BOTH])
    equal(kinds(more), ['rewrap-key'])
    equal(
      consequencesOfSealing(lock, more.lock, more.tasks).map(({ kind }) => kind),
      ['recipients-added', 'rewrap-due'],
    )
    const folder = mkdtempSync(join(tmpdir(), 'meshwright-rewrap-'))
    try {
      const after = await fulfilled(more, folder)
      const [was, is2] = [sealedOf(issued, 'encrypted'), sealedOf(after, 'encrypted')]
      if (was?.backend !== 'sops' || is2?.backend !== 'sops') throw new Error('it is encrypted')
      equal([is2.key, is2.mac], [was.key, was.mac])
      const text = textOf('encrypted/trust/cacerts.sops.yaml', render(more, after.lock))
      for (const identity of identities) is((await openSops(text, identity)).size, 4)
      const fewer = await planOf(after.lock)
      equal([kinds(fewer), codes(fewer)], [['rewrap-key'], ['MESH-W474']])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a new generation has a new key and a new entry', async () => {
    const generation: [string, string] = ['- name: stored', '- name: stored\n    trust: { generation: 2 }']
    const after = await fulfilled(await planOf(lock, generation))
    equal([...after.stored.keys()], ['shop-stored-cacerts-g2.json.age'])
    const tree = render(await planOf(after.lock, generation), after.lock)
    ok(textOf('stored/trust/cacerts.yaml', tree).includes('key: mesh/shop-stored-cacerts-g2\n'))
    equal(verifyOutput(tree, { now: NOW, lock: after.lock }).diagnostics, [])
  })

  test('what no longer opens is refused, unless a new key is asked for', async () => {
    const scope: [string, string] = ['scope: namespace-wide', 'scope: strict']
    const backend: [string, string] = [`backend: sops, recipients: [${recipients[0]}]`, 'backend: sealed-secrets']
    equal(codes(await planOf(lock, scope)), ['MESH-E470'])
    equal(codes(await planOf(lock, backend)), ['MESH-E471'])
    const renewed = (name: string): [string, string] => [
      `- name: ${name}`,
      `- name: ${name}\n    trust: { generation: 2 }`,
    ]
    equal(codes(await planOf(lock, scope, renewed('wide'))), [])
    const moved = await planOf(lock, backend, renewed('encrypted'))
    equal(codes(moved), ['MESH-W476'])
    ok(String(moved.diagnostics[0]?.args['steps']).includes('sealedsecrets.bitnami.com/managed=true'))
    equal(
      consequencesOfSealing(lock, moved.lock, moved.tasks).map(({ kind, detail }) => `${kind} ${detail}`),
      ['sealing-changed sops to sealed-secrets'],
    )
    const after = await fulfilled(moved)
    equal(verifyOutput(render(moved, after.lock), { now: NOW, lock: after.lock }).diagnostics, [])
    // Of the new key there is nothing to render before it is made; the former object is not rendered for another backend.
    const away = await planOf(
      lock,
      ['scope: namespace-wide, keepSecret: true', `backend: sops, ${BOTH}`],
      renewed('wide'),
    )
    const [orphaning] = away.diagnostics
    equal([orphaning?.code, String(orphaning?.args['steps']).includes('--cascade=orphan')], ['MESH-W476', true])
  })
})

function opens(open: () => Buffer): boolean {
  try {
    return open().length > 0
  } catch {
    return false
  }
}
