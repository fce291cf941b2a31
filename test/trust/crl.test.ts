import fc from 'fast-check'
import { describe, equal, is, ok } from '../suite.ts'
import type { Checked } from '../../src/diagnostics/diagnostic.ts'
import { isCrlOf, readCrl, readCrls, REASONS } from '../../src/trust/crl.ts'
import { crlFile, issuersOf, issuerText } from '../../src/trust/crl-file.ts'
import { formerAfter } from '../../src/trust/former.ts'
import { nextCrl, takenCrl } from '../../src/trust/revoke.ts'
import { certificationAuthority, keyUsage, keyUsageBit } from '../../src/trust/x509.ts'
import type { Lock, LockedCluster, SealedItems } from '../../src/lock/lock.ts'
import { later, newIntermediate, newRoot, NOW, oddRoot, parsed, type Authority } from './authority.ts'

const root = newRoot()
const intermediate = newIntermediate(root)

function next(of: Authority, options: Partial<Parameters<typeof nextCrl>[0]> = {}): Checked<string> {
  return nextCrl({ root: { id: 'r1', ...of }, signer: of.keyPair.signer, now: NOW, ...options })
}

function made(checked: Checked<string>): string {
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  return checked.value
}

const codes = (checked: Checked<string>): string[] => checked.diagnostics.map((d) => d.code)
const compromised = { serial: parsed(intermediate.certificate).serial, reason: REASONS.keyCompromise }

describe('CRLs', (test) => {
  test('the first one of a CA revokes nothing and is its own', () => {
    for (const ca of [root, intermediate, newRoot({ kind: 'P-384' }), newRoot({ kind: 'rsa' })]) {
      const crl = readCrl(ca.crl)
      is(crl?.number, 1)
      equal(crl?.revoked, [])
      ok(crl && isCrlOf(crl, parsed(ca.certificate)))
      ok(!isCrlOf(crl, parsed(newRoot().certificate)), 'the same name, another key')
    }
  })

  test('the next one has the next number, keeps what is revoked, and lasts for two years', () => {
    const crl = made(next(root, { revoke: compromised }))
    const read = readCrl(crl)
    equal([read?.number, read?.revoked.map(({ hex, reason }) => [hex, reason])], [2, [[compromised.serial, 1]]])
    const again = readCrl(made(next({ ...root, crl }, { now: later(100), revoke: compromised })))
    equal([again?.number, again?.revoked.length], [3, 1])
    is(again?.nextUpdate.toISOString(), '2029-03-04T12:00:00.000Z')
    equal(again?.revoked[0]?.date, read?.revoked[0]?.date)
    ok(again && isCrlOf(again, parsed(root.certificate)))
  })

  test('two in one hour do not go back in time, and none outlives its root', () => {
    const old = newRoot({ days: 100 })
    const crl = made(next(old))
    const [first, second] = [readCrl(crl), readCrl(made(next({ ...old, crl }, { now: later(-0.01) })))]
    equal(second?.thisUpdate, first?.thisUpdate)
    equal(second?.nextUpdate, parsed(old.certificate).notAfter)
  })

  test('every serial number comes back as it is in the certificate', () => {
    const serial = fc
      .uint8Array({ minLength: 1, maxLength: 20 })
      .map((b) => BigInt(`0x${Buffer.from(b).toString('hex')}1`))
    fc.assert(
      fc.property(serial, fc.constantFrom(0, 1, 5), (number, reason) => {
        const hex = number.toString(16)
        const [entry] = readCrl(made(next(root, { revoke: { serial: hex, reason } })))?.revoked ?? []
        equal([entry?.hex, entry?.reason], [hex, reason])
      }),
      { numRuns: 30 },
    )
  })

  test('what is refused: another key, a root that may sign none, a lock that was mixed', () => {
    equal(codes(next(root, { signer: newRoot().keyPair.signer })), ['MESH-E413'])
    equal(codes(next(root, { signer: newRoot({ kind: 'P-384' }).keyPair.signer })), ['MESH-E413'])
    equal(codes(next(oddRoot([certificationAuthority(), keyUsage(keyUsageBit.keyCertSign)]))), ['MESH-E850'])
    equal(codes(next({ ...root, crl: newRoot().crl })), ['MESH-E851'])
    equal(codes(next({ ...root, certificate: 'none' })), ['MESH-E410'])
    // A root from elsewhere may come without one.
    is(readCrl(made(next(root, { root: { id: 'r1', certificate: root.certificate } })))?.number, 1)
  })

  test('what a root signed elsewhere takes the place of the last one, if it is a later one', () => {
    const old = { id: 'r1', certificate: root.certificate, crl: root.crl }
    const revoking = made(next(root, { revoke: compromised }))
    is(made(takenCrl(old, `# from the safe\n${revoking.replaceAll('\n', '\r\n')}`, NOW)), revoking)
    const wrong: readonly (readonly [string, typeof old, string, Date])[] = [
      ['two of them', old, revoking + revoking, NOW],
      ['a certificate', old, root.certificate, NOW],
      ['one of another root', old, newRoot().crl, NOW],
      ['the same', old, root.crl, NOW],
      ['one that has ended', old, revoking, later(1000)],
      ['one that lets in again', { ...old, crl: revoking }, made(next({ ...root, crl: made(next(root)) })), NOW],
    ]
    for (const [what, has, text, now] of wrong) equal(codes(takenCrl(has, text, now)), ['MESH-E869'], what)
  })

  test('what cannot be read is none', () => {
    const [crl] = readCrls(root.crl) ?? []
    for (const text of [
      undefined,
      '',
      root.certificate,
      root.crl.slice(0, 200),
      root.crl.replace(/\n.{8}/, '\nAAAAAAAA'),
    ]) {
      is(readCrl(text), undefined)
    }
    is(readCrls(root.crl + intermediate.crl)?.length, 2)
    const der = crl?.der ?? Buffer.alloc(0)
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bent = Buffer.from(der)
        bent[at] = (bent[at] ?? 0) ^ change
        const text = `-----BEGIN X509 CRL-----\n${bent.toString('base64')}\n-----END X509 CRL-----\n`
        const read = readCrl(text)
        ok(read === undefined || !isCrlOf(read, parsed(root.certificate)), 'one octet is wrong, and it still verifies')
      }),
      { numRuns: 200 },
    )
  })
})

describe('ca-crl.pem', (test) => {
  const cluster = (name: string, of: Authority, more: Partial<LockedCluster> = {}): LockedCluster => ({
    ...{ name, removed: false, generation: 1, root: 'r1', bundle: ['r1'], certificate: of.certificate, crl: of.crl },
    sealed: {
      backend: 'sealed-secrets',
      scope: 'strict',
      namespace: 'n',
      name: 'cacerts',
      certificate: '',
      items: NONE,
    },
    ...more,
  })
  const NONE = {} as SealedItems
  const lockOf = (...clusters: readonly LockedCluster[]): Lock => ({
    roots: new Map([
      ['r2', { id: 'r2', state: 'trusted', certificate: other.certificate, crl: other.crl }],
      ['r1', { id: 'r1', state: 'active', certificate: root.certificate, crl: root.crl }],
    ]),
    clusters: new Map(clusters.map((c) => [c.name, c])),
    hosts: new Map(),
  })
  const other = newRoot({ id: 'r2' })
  const [one, two, three] = [newIntermediate(root), newIntermediate(root), newIntermediate(root)]

  test('roots first, then every intermediate that somebody may still show, whatever the order of the lock', () => {
    const former = [{ generation: 1, root: 'r1', certificate: three.certificate, crl: three.crl }]
    const a = cluster('a', one, { generation: 2, former })
    const b = cluster('b', two, { removed: true })
    const wanted = root.crl + three.crl + one.crl + two.crl
    is(crlFile(lockOf(a, b)), wanted)
    is(crlFile(lockOf(b, a)), wanted)
    equal(issuersOf(lockOf(a, b)).map(issuerText), [
      'root r1',
      'generation 1 of a',
      'the intermediate of a',
      'generation 1 of b',
    ])
    is(crlFile(lockOf({ ...a, bundle: ['r1', 'r2'] }, b)), root.crl + other.crl + three.crl + one.crl + two.crl)
  })

  test('what is below a root that nobody trusts any more is left out', () => {
    const a = cluster('a', newIntermediate(other), { root: 'r2', bundle: ['r2'] })
    const former = [{ generation: 1, root: 'r1', certificate: three.certificate, crl: three.crl }]
    is(crlFile(lockOf({ ...a, former })), other.crl + a.crl)
  })

  test('a generation is remembered until it ends', () => {
    const short = newIntermediate(root, { days: 10 })
    const a = cluster('a', two, { generation: 2, former: formerAfter(cluster('a', short), later(9)) })
    equal(formerAfter(undefined, NOW), [])
    equal(
      formerAfter(a, later(9)).map((f) => f.generation),
      [1, 2],
    )
    equal(
      formerAfter(a, later(11)).map((f) => f.generation),
      [2],
    )
  })
})
