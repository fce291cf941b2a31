import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, equal, is, not } from '../suite.ts'
import { cacerts, verifyBundle, type BundleProblem, type Cacerts } from '../../src/trust/bundle.ts'
import { boolean, encode, integer, objectIdentifier, octetString, sequence, type Der } from '../../src/trust/der.ts'
import { certificationAuthority, keyUsage, keyUsageBit } from '../../src/trust/x509.ts'
import {
  extendedKeyUsage,
  keyPem,
  later,
  newIntermediate,
  newKey,
  newRoot,
  NOW,
  oddIntermediate,
  type Authority,
} from './authority.ts'

const root = newRoot()
const good = newIntermediate(root)

const bundle = (intermediate: Authority = good, roots: readonly Authority[] = [root]): Cacerts =>
  cacerts({
    intermediate: intermediate.certificate,
    key: keyPem(intermediate.privateKey),
    chain: roots.slice(0, 1).map((r) => r.certificate),
    roots: roots.map((r) => r.certificate),
  })

const faults = (items: Cacerts, now: Date = NOW): string[] =>
  verifyBundle(items, now).map((p: BundleProblem) => `${p.item} ${p.fault}`)

const text = (value: string): Uint8Array => Buffer.from(value)
const ca = certificationAuthority(0)
const usage = keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign)

describe('bundle', (test) => {
  test('the items are what Istio reads', () => {
    const items = bundle(good, [root, newRoot({ id: 'r2' })])
    is(items['cert-chain.pem'].toString(), good.certificate + root.certificate)
    is(items['root-cert.pem'].toString().startsWith(root.certificate), true)
    is(items['root-cert.pem'].toString().split('BEGIN').length, 3)
    equal(faults(items), [])
    equal(faults(bundle()), [])
  })

  test('keys of every form that istiod parses', () => {
    equal(
      faults({ ...bundle(), 'ca-key.pem': text(good.privateKey.export({ type: 'sec1', format: 'pem' }).toString()) }),
      [],
    )
    const rsa = newRoot({ kind: 'rsa' })
    const pkcs1 = text(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString())
    // A root that signs itself, as istiod's own CA does.
    equal(faults({ ...bundle(rsa, [rsa]), 'ca-key.pem': pkcs1, 'cert-chain.pem': text(rsa.certificate) }), [])
    equal(faults(bundle(newIntermediate(rsa), [rsa])), [])
  })

  test('a wrong key', () => {
    const key = (pem: string | Uint8Array): Cacerts => ({ ...bundle(), 'ca-key.pem': Buffer.from(pem) })
    const pem = keyPem(good.privateKey).toString()
    equal(faults(key(keyPem(newKey()))), ['ca-key.pem key-mismatch'])
    equal(faults(key(keyPem(root.privateKey))), ['ca-key.pem key-mismatch'])
    const encrypted = good.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
    const unreadable = {
      empty: '',
      encrypted: encrypted.toString(),
      'a comment before': `\n${pem}`,
      twice: pem + pem,
      'with its certificate': pem + good.certificate,
      'no line end': pem.trimEnd(),
      CRLF: pem.replaceAll('\n', '\r\n'),
      'cut short': `${pem.slice(0, 80)}\n-----END PRIVATE KEY-----\n`,
      certificate: good.certificate,
    }
    for (const [name, value] of Object.entries(unreadable))
      equal(faults(key(value)), ['ca-key.pem key-unreadable'], name)
    equal(faults(key(keyPem(newKey('ed25519')))), ['ca-key.pem key-type', 'ca-key.pem key-mismatch'])
  })

  test('a wrong root or a missing chain', () => {
    const other = newRoot()
    const items = bundle()
    // The other root has the same name, so that only the signature tells them apart.
    equal(faults({ ...items, 'root-cert.pem': text(other.certificate) }), ['ca-cert.pem untrusted'])
    equal(faults({ ...items, 'root-cert.pem': text('') }), ['root-cert.pem not-pem'])
    equal(faults({ ...items, 'cert-chain.pem': text('') }), ['cert-chain.pem not-pem'])
    equal(faults({ ...items, 'cert-chain.pem': text(root.certificate + good.certificate) }), [
      'cert-chain.pem chain-order',
    ])
    equal(faults({ ...items, 'ca-cert.pem': text('') }), ['ca-cert.pem not-pem'])
    equal(faults({ ...items, 'ca-cert.pem': items['cert-chain.pem'] }), ['ca-cert.pem several-certificates'])
    equal(faults({ ...items, 'root-cert.pem': text(other.certificate + root.certificate) }), [])
  })

  test('lost or foreign line ends', () => {
    const items = bundle()
    const glued = text(good.certificate.trimEnd() + root.certificate)
    equal(faults({ ...items, 'cert-chain.pem': glued }), ['cert-chain.pem not-pem'])
    equal(faults({ ...items, 'root-cert.pem': text(root.certificate.trimEnd()) }), ['root-cert.pem line-ends'])
    equal(faults({ ...items, 'ca-cert.pem': text(good.certificate.replaceAll('\n', '\r\n')) }), [
      'ca-cert.pem line-ends',
    ])
  })

  test('time', () => {
    equal(faults(bundle(), later(731)), ['ca-cert.pem expired'])
    equal(faults(bundle(), later(-1)), ['ca-cert.pem not-yet-valid', 'root-cert.pem not-yet-valid'])
    const old = newRoot({ days: 10 })
    const long = oddIntermediate(old, { notAfter: later(100) })
    equal(faults(bundle(long, [old]), later(50)), ['root-cert.pem expired'])
  })

  test('an intermediate that may not sign', () => {
    const odd = (...extensions: readonly Der[]): string[] => faults(bundle(oddIntermediate(root, { extensions })))
    equal(odd(ca, usage), [])
    equal(odd(ca), [])
    equal(odd(usage), ['ca-cert.pem not-a-ca'])
    equal(odd(ca, keyUsage(0, 2)), ['ca-cert.pem no-cert-sign'])
    equal(odd(ca, usage, extendedKeyUsage('1.3.6.1.5.5.7.3.2')), ['ca-cert.pem extended-key-usage'])
    equal(odd(ca, usage, extendedKeyUsage('1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1')), [])
    equal(odd(ca, usage, extendedKeyUsage('2.5.29.37.0')), [])
    const unknown = sequence(objectIdentifier('1.2.3'), boolean(true), octetString(encode(integer(1))))
    equal(odd(ca, usage, unknown), ['ca-cert.pem unknown-critical'])
  })

  test('keys that are too weak or of another kind', () => {
    const certified = (key: KeyObject): string[] => {
      const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
      const made = oddIntermediate(root, { publicKey: { spki, signer: root.keyPair.signer } })
      return faults({ ...bundle(made), 'ca-key.pem': keyPem(key) })
    }
    equal(certified(newKey('P-384')), [])
    equal(certified(newKey('ed25519')), ['ca-key.pem key-type', 'ca-cert.pem key-type'])
    equal(certified(generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey), [
      'ca-key.pem key-type',
      'ca-cert.pem key-type',
    ])
    equal(certified(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey), ['ca-cert.pem key-type'])
  })

  test('a CA below one that allows none', () => {
    const second = oddIntermediate(good, {})
    const items = cacerts({
      intermediate: second.certificate,
      key: keyPem(second.privateKey),
      chain: [good.certificate, root.certificate],
      roots: [root.certificate],
    })
    equal(faults(items), ['cert-chain.pem path-length'])
    // And the chain between them cannot be left out.
    equal(faults({ ...items, 'cert-chain.pem': text(second.certificate + root.certificate) }), [
      'ca-cert.pem untrusted',
    ])
  })

  test('no problem speaks of the key', () => {
    const wrong = newKey()
    const problems = JSON.stringify(verifyBundle({ ...bundle(), 'ca-key.pem': keyPem(wrong) }, NOW))
    const { d = '' } = wrong.export({ format: 'jwk' })
    const secret = Buffer.from(d, 'base64url')
    for (const form of [
      d,
      secret.toString('hex'),
      secret.toString('base64').slice(4, 30),
      createHash('sha256').update(secret).digest('hex'),
    ]) {
      not.ok(problems.includes(form))
    }
  })
})
