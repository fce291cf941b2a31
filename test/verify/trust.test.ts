import { describe, equal } from '../suite.ts'
import type { Lock, LockedCluster, LockedHost } from '../../src/lock/lock.ts'
import { certificationAuthority, keyUsage, keyUsageBit } from '../../src/trust/x509.ts'
import { later, newIntermediate, newRoot, oddIntermediate, oddRoot } from '../trust/authority.ts'
import { codesOf, edit, put, remove, type Files } from './mutation.ts'
import { makeSample } from './sample.ts'

const sample = await makeSample()
const { root } = sample
const signs = keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign)

/** The codes about chains, when cluster-1 has this one; what it has sealed no longer fits, of course. */
const chained = (pem: string): string[] =>
  codesOf(put('clusters/cluster-1/trust/chain.pem', pem)(sample.files)).filter((code) => !code.includes('E72'))

const lockedWith = (name: string, changed: Partial<LockedCluster>): Lock => {
  const cluster = sample.lock.clusters.get(name)
  if (cluster === undefined) throw new Error(`there is ${name}`)
  return { ...sample.lock, clusters: new Map([...sample.lock.clusters, [name, { ...cluster, ...changed }]]) }
}

describe('verify trust', (test) => {
  test('another intermediate of the same root is as good', () => {
    // Its subject is that of cluster-1, as the helper makes it.
    equal(chained(newIntermediate(root).certificate + root.certificate), [])
  })

  test('another root', () => {
    const other = newRoot({ id: 'r2' })
    equal(chained(newIntermediate(other).certificate + other.certificate), ['MESH-E714'])
  })

  test('a root of the same name, but not the same key', () => {
    const other = newRoot()
    equal(chained(newIntermediate(root).certificate + other.certificate), ['MESH-E710', 'MESH-E714', 'MESH-W443'])
  })

  test('an issuer of another name', () => {
    const other = newRoot({ id: 'r2' })
    equal(chained(newIntermediate(other).certificate + root.certificate), ['MESH-E710'])
  })

  test('a chain in the wrong order', () => {
    equal(chained(root.certificate + newIntermediate(root).certificate).includes('MESH-E710'), true)
  })

  test('the root twice', () => {
    equal(chained(root.certificate + root.certificate), ['MESH-E715', 'MESH-E716', 'MESH-W442'])
  })

  test('a root that another one signed', () => {
    const parent = newRoot({ id: 'r0' })
    const middle = oddIntermediate(parent, { extensions: [certificationAuthority(1), signs] })
    equal(chained(newIntermediate(middle).certificate + middle.certificate), ['MESH-E710', 'MESH-E714', 'MESH-W713'])
  })

  test('an intermediate that is not fit', () => {
    const odd = (...extensions: Parameters<typeof oddIntermediate>[1]['extensions'] & object): string[] =>
      chained(oddIntermediate(root, { extensions, notAfter: later(700) }).certificate + root.certificate)
    equal(odd(certificationAuthority(0), signs), [])
    equal(odd(signs), ['MESH-E711'])
    equal(odd(certificationAuthority(), signs), ['MESH-W442'])
    equal(odd(certificationAuthority(1), signs), ['MESH-W442'])
    equal(odd(certificationAuthority(0)), ['MESH-W442'])
    equal(odd(certificationAuthority(0), keyUsage(keyUsageBit.cRLSign)), ['MESH-E711'])
  })

  test('a root that allows no CA below it', () => {
    const tight = oddRoot([certificationAuthority(0), signs])
    const below = oddIntermediate(tight, { notAfter: later(700) })
    equal(chained(below.certificate + tight.certificate), ['MESH-E711', 'MESH-E714'].toSorted())
  })

  test('dates', () => {
    const dated = (from: number, to: number): string[] =>
      chained(oddIntermediate(root, { notBefore: later(from), notAfter: later(to) }).certificate + root.certificate)
    equal(dated(-10, -1), ['MESH-E712'])
    equal(dated(1, 700), ['MESH-E712'])
    equal(dated(-1, 181), [])
    equal(dated(-1, 179), ['MESH-W713'])
  })
})

describe('verify against a lock', (test) => {
  const held = (lock: Lock, files: Files = sample.files): string[] => codesOf(files, lock)

  test('another certificate', () => {
    equal(held(lockedWith('cluster-2', { certificate: newIntermediate(root).certificate })), ['MESH-E755'])
    equal(held(lockedWith('cluster-2', { certificate: 'none' })), ['MESH-E755'])
  })

  test('another root', () => {
    const other = newRoot()
    const roots: Lock['roots'] = new Map([['r1', { id: 'r1', state: 'active', ...other }]])
    equal(held({ ...sample.lock, roots }), ['MESH-E755'])
  })

  test('another ciphertext', () => {
    const [one, two] = ['cluster-1', 'cluster-2'].map((name) => sample.lock.clusters.get(name)?.sealed)
    if (one?.backend !== 'sealed-secrets' || two?.backend !== one.backend) throw new Error('both are sealed')
    const items = { ...one.items, 'ca-key.pem': two.items['ca-key.pem'] }
    equal(held(lockedWith('cluster-1', { sealed: { ...one, items } })), ['MESH-E756'])
  })

  test('another address', () => {
    const hosts = new Map([...sample.lock.hosts].map(([key, host]) => [key, { ...host, address: '240.16.0.1' }]))
    equal(held({ ...sample.lock, hosts }), ['MESH-E757'])
    const removed = new Map([...sample.lock.hosts].map(([key, host]) => [key, { ...host, removed: true }]))
    equal(held({ ...sample.lock, hosts: removed }), ['MESH-E757'])
  })

  test('other ports', () => {
    const hosts = [...sample.lock.hosts].map(([key, host]): [string, LockedHost] => {
      return [key, { ...host, exposures: host.exposures.map((exposure) => ({ ...exposure, ports: [7] })) }]
    })
    equal(held({ ...sample.lock, hosts: new Map(hosts) }), ['MESH-E765'])
  })

  test('clusters that only one of them has', () => {
    equal(held(lockedWith('cluster-4', { removed: true })), ['MESH-E753'])
    const fewer = new Map([...sample.files].filter(([path]) => !path.startsWith('clusters/cluster-4/')))
    equal(held(sample.lock, fewer), ['MESH-E754'])
    equal(held(lockedWith('cluster-4', { removed: true }), fewer), [])
  })

  test('what cannot be read is told once', () => {
    const unread = remove('clusters/cluster-1/trust/chain.pem')(sample.files)
    equal(held(sample.lock, unread), ['MESH-E708'])
    const unsealed = edit('clusters/cluster-1/trust/cacerts.yaml', 'kind: SealedSecret', 'kind: Other')(sample.files)
    equal(held(sample.lock, unsealed), ['MESH-E717', 'MESH-E759'])
  })
})
