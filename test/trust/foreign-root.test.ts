/** Roots from elsewhere, each with one defect, and each told by its own code. */
import { createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { boolean, encode, objectIdentifier, octetString, sequence, type Der } from '../../src/trust/der.ts'
import { judgeForeignRoot } from '../../src/trust/foreign-root.ts'
import { signatureAlgorithmOf, type SignatureAlgorithm, type Signer } from '../../src/trust/signer.ts'
import {
  certificationAuthority,
  distinguishedName,
  keyIdentifier,
  keyUsage,
  keyUsageBit,
  signed,
  subjectKeyIdentifier,
  tbsCertificate,
} from '../../src/trust/x509.ts'
import { describe, equal } from '../suite.ts'
import { extendedKeyUsage, later, newIntermediate, newKey, newRoot, NOW, parsed } from './authority.ts'

interface Odd {
  readonly key?: KeyObject
  readonly serial?: readonly number[]
  readonly basic?: readonly Der[]
  readonly usage?: readonly Der[]
  readonly more?: readonly Der[]
  readonly identified?: boolean
  readonly subject?: Buffer
  readonly days?: readonly [number, number]
  /** Last octet of the OID of an RSA signature, and the digest that it names. */
  readonly rsaDigest?: readonly [number, string]
}

/** 1.2.840.113549.1.1, without its last number. */
const RSA_OID = Buffer.from('2a864886f70d0101', 'hex')

/** A self-signed certificate as somebody else may have made it. */
function foreign(odd: Odd = {}): Buffer {
  const { key = newKey(), rsaDigest } = odd
  const algorithm: SignatureAlgorithm = signatureAlgorithmOf(key) ?? 'ecdsa-with-SHA256'
  const digest = rsaDigest?.[1] ?? (algorithm === 'ecdsa-with-SHA384' ? 'sha384' : 'sha256')
  const signer: Signer = { algorithm, sign: (bytes) => sign(digest, bytes, key) }
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const name = odd.subject ?? distinguishedName([['CN', 'foreign root']])
  const [from, to] = odd.days ?? [-1, 3650]
  const tbs = tbsCertificate({
    serial: Uint8Array.from(odd.serial ?? [1]),
    algorithm,
    issuer: name,
    subject: name,
    notBefore: later(from),
    notAfter: later(to),
    spki,
    extensions: [
      ...(odd.basic ?? [certificationAuthority()]),
      ...(odd.usage ?? [keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign)]),
      ...(odd.identified === false ? [] : [subjectKeyIdentifier(keyIdentifier(spki))]),
      ...(odd.more ?? []),
    ],
  })
  const renamed = (bytes: Buffer): Buffer => (rsaDigest === undefined ? bytes : withDigest(bytes, rsaDigest[0]))
  return renamed(signed(renamed(tbs), signer))
}

/** Every sha256WithRSAEncryption becomes another member of its family, by the last octet of its OID. */
function withDigest(der: Buffer, last: number): Buffer {
  const changed = Buffer.from(der)
  for (let at = changed.indexOf(RSA_OID); at >= 0; at = changed.indexOf(RSA_OID, at + 1)) {
    if (changed[at + 8] === 11) changed[at + 8] = last
  }
  return changed
}

const codes = (der: Uint8Array | string, now = NOW): string[] =>
  judgeForeignRoot(parsed(der), now)
    .map((d) => d.code)
    .sort()

const rsa = (bits: number): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey

describe('foreign-root', (test) => {
  test('good ones have nothing to be told', () => {
    equal(codes(newRoot().certificate), [])
    equal(codes(foreign()), [])
    equal(codes(foreign({ key: newKey('P-384') })), [])
    // Nothing is said of its usage, so nothing is forbidden.
    equal(codes(foreign({ usage: [] })), [])
    equal(codes(foreign({ basic: [certificationAuthority(1)] })), [])
    equal(codes(foreign({ serial: [0x7f, ...Array.from({ length: 19 }, () => 0xff)] })), [])
  })

  test('who it is', () => {
    const root = newRoot()
    equal(codes(newIntermediate(root).certificate), ['MESH-E417', 'MESH-E426'])
    equal(codes(foreign({ subject: distinguishedName([]) })), ['MESH-E433'])
    equal(codes(foreign({ serial: [0] })), ['MESH-E421'])
    equal(codes(foreign({ serial: [0xff, 0x01] })), ['MESH-E421'])
    equal(codes(foreign({ serial: [0, ...Array.from({ length: 20 }, () => 0xff)] })), ['MESH-E421'])
    equal(codes(foreign({ identified: false })), ['MESH-W430'])
  })

  test('a signature by another key of that name', () => {
    const der = foreign()
    der[der.length - 1] = (der.at(-1) ?? 0) ^ 1
    equal(codes(der), ['MESH-E417'])
  })

  test('what it may do', () => {
    equal(codes(foreign({ basic: [] })), ['MESH-E418'])
    equal(codes(foreign({ usage: [keyUsage(keyUsageBit.cRLSign)] })), ['MESH-E419'])
    equal(codes(foreign({ usage: [keyUsage(0, 2, keyUsageBit.keyCertSign)] })), ['MESH-W429'])
    equal(codes(foreign({ basic: [certificationAuthority(0)] })), ['MESH-E426'])
    const [server, client, any] = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2', '2.5.29.37.0']
    equal(codes(foreign({ more: [extendedKeyUsage(server)] })), ['MESH-E427'])
    equal(codes(foreign({ more: [extendedKeyUsage(client)] })), ['MESH-E427'])
    equal(codes(foreign({ more: [extendedKeyUsage(server, client)] })), ['MESH-W428'])
    equal(codes(foreign({ more: [extendedKeyUsage(any)] })), ['MESH-W428'])
    const constraints = sequence(objectIdentifier('2.5.29.30'), boolean(true), octetString(encode(sequence())))
    equal(codes(foreign({ more: [constraints] })), ['MESH-E431'])
  })

  test('how strong it is', () => {
    equal(codes(foreign({ key: rsa(1024) })), ['MESH-E423'])
    equal(codes(foreign({ key: rsa(2048) })), ['MESH-W432'])
    const p521 = generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey
    equal(codes(foreign({ key: p521 })), ['MESH-E423'])
    const key = rsa(3072)
    equal(codes(foreign({ key })), [])
    equal(codes(foreign({ key, rsaDigest: [5, 'sha1'] })), ['MESH-E422'])
    equal(codes(foreign({ key, rsaDigest: [4, 'md5'] })), ['MESH-E422'])
    equal(codes(foreign({ key, rsaDigest: [13, 'sha512'] })), [])
  })

  test('when it is', () => {
    equal(codes(foreign({ days: [-10, -1] })), ['MESH-E424'])
    equal(codes(foreign({ days: [1, 10] })), ['MESH-E425'])
  })
})
