import * as fc from 'fast-check'
import { createHash, randomBytes, verify } from 'node:crypto'
import { describe, equal, is, not } from '../suite.ts'
import { children, readElement, readInteger, readTime } from '../../src/trust/der-reader.ts'
import { issueIntermediate, type IntermediateRequest } from '../../src/trust/issue.ts'
import { parsePem } from '../../src/trust/pem.ts'
import { boundedName, serialNumber } from '../../src/trust/profile.ts'
import { isSignedBy } from '../../src/trust/read.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { certificationAuthority, keyIdentifier } from '../../src/trust/x509.ts'
import {
  DAY_MS,
  extendedKeyUsage,
  later,
  newIntermediate,
  newKey,
  newRoot,
  NOW,
  oddIntermediate,
  oddRoot,
  parsed,
} from './authority.ts'

const request = (changes: Partial<IntermediateRequest> = {}): IntermediateRequest => {
  const root = newRoot()
  return {
    mesh: 'shop',
    organization: 'Acme',
    cluster: 'cluster-1',
    generation: 1,
    root: { id: 'r1', certificate: root.certificate, signer: root.keyPair.signer },
    keyPair: signingKey(newKey()),
    serial: randomBytes(16),
    validityDays: 730,
    now: NOW,
    ...changes,
  }
}

const codes = (changes: Partial<IntermediateRequest>): string[] =>
  issueIntermediate(request(changes)).diagnostics.map((d) => d.code)

describe('issue', (test) => {
  test('a root has the profile', () => {
    const made = newRoot()
    const root = parsed(made.certificate)
    is(root.subject, 'O=Acme, CN=shop root r1')
    equal(root.subjectDer, root.issuerDer)
    is(root.isCa, true)
    is(root.pathlen, undefined)
    equal(root.keyUsage, ['keyCertSign', 'cRLSign'])
    is(root.extendedKeyUsage, undefined)
    is(root.notBefore.toISOString(), '2026-11-25T11:00:00.000Z')
    is(root.notAfter.getTime() - root.notBefore.getTime(), 3650 * DAY_MS + 3_600_000)
    is(root.authorityKeyIdentifier, root.subjectKeyIdentifier)
    is(root.signatureOid, '1.2.840.10045.4.3.2')
    equal(root.unknownCritical, [])
    is(isSignedBy(root, root), true)
    equal(root.spki, made.keyPair.spki)
  })

  test('the key identifier is that of RFC 7093, method 1', () => {
    const { subjectKeyIdentifier, publicKey } = parsed(newRoot().certificate)
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
    const point = Buffer.concat([Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
    is(subjectKeyIdentifier, createHash('sha256').update(point).digest('hex').slice(0, 40))
  })

  test('an intermediate has the profile and hangs on its root', () => {
    const made = newRoot()
    const root = parsed(made.certificate)
    const intermediate = parsed(newIntermediate(made).certificate)
    is(intermediate.subject, 'O=Acme, OU=cluster-1, CN=shop cluster-1 g1')
    equal(intermediate.issuerDer, root.subjectDer)
    is(intermediate.pathlen, 0)
    is(intermediate.isCa, true)
    equal(intermediate.keyUsage, ['keyCertSign', 'cRLSign'])
    is(intermediate.extendedKeyUsage, undefined)
    is(intermediate.authorityKeyIdentifier, root.subjectKeyIdentifier)
    is(intermediate.notAfter.toISOString(), '2028-11-24T12:00:00.000Z')
    is(isSignedBy(intermediate, root), true)
    is(isSignedBy(root, intermediate), false)
  })

  test('both extensions that bind are critical, in DER', () => {
    const der = parsed(newIntermediate(newRoot()).certificate).der.toString('hex')
    // SEQUENCE { OID, TRUE, OCTET STRING { … } } of basicConstraints and keyUsage
    is(der.includes('30120603551d130101ff040830060101ff020100'), true)
    is(der.includes('300e0603551d0f0101ff040403020106'), true)
  })

  test('roots of every kind of key sign, and the CRLs verify', () => {
    for (const [kind, oid] of [
      ['P-256', '1.2.840.10045.4.3.2'],
      ['P-384', '1.2.840.10045.4.3.3'],
      ['rsa', '1.2.840.113549.1.1.11'],
    ] as const) {
      const root = newRoot({ kind })
      const intermediate = newIntermediate(root)
      is(parsed(intermediate.certificate).signatureOid, oid)
      is(isSignedBy(parsed(intermediate.certificate), parsed(root.certificate)), true)
      for (const { certificate, crl } of [root, intermediate]) {
        const [block] = parsePem(crl) ?? []
        is(block?.label, 'X509 CRL')
        const [tbs, , signature] = children(readElement(block?.der ?? Buffer.alloc(0)))
        const digest = kind === 'P-384' && certificate === root.certificate ? 'sha384' : 'sha256'
        is(
          verify(
            digest,
            tbs?.der ?? Buffer.alloc(0),
            parsed(certificate).publicKey,
            signature?.content.subarray(1) ?? Buffer.alloc(0),
          ),
          true,
        )
      }
    }
  })

  test('a CRL is of version 2, empty, numbered, and ends with its intermediate or in two years', () => {
    const root = newRoot()
    for (const { certificate, crl } of [root, newIntermediate(root, { days: 100 })]) {
      const [block] = parsePem(crl) ?? []
      const [tbs] = children(readElement(block?.der ?? Buffer.alloc(0)))
      const [version, , issuer, thisUpdate, nextUpdate, extensions, surplus] = tbs ? children(tbs) : []
      const issuing = parsed(certificate)
      is(readInteger(version), 1n)
      equal(issuer?.der, issuing.subjectDer)
      is(readTime(thisUpdate).getTime(), issuing.notBefore.getTime())
      const end = issuing.pathlen === 0 ? issuing.notAfter.toISOString() : '2028-11-24T12:00:00.000Z'
      is(readTime(nextUpdate).toISOString(), end)
      is(extensions?.tag, 0xa0)
      is(surplus, undefined)
      const text = extensions?.der.toString('hex') ?? ''
      is(text.includes(`0603551d230418301680 14${issuing.subjectKeyIdentifier}`.replace(' ', '')), true)
      is(text.includes('0603551d140403020101'), true)
    }
  })

  test('property: a serial number is positive, of 16 octets, and keeps 126 of its bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (random) => {
        const serial = serialNumber(random)
        is(serial.length, 16)
        is((serial[0] ?? 0) & 0xc0, 0x40)
        equal(serial.subarray(1), random.subarray(1))
      }),
    )
    is(parsed(newRoot().certificate).serial.length, 32)
  })

  test('dates cross 2050 in a certificate', () => {
    const { notAfter, notBefore, der } = parsed(newRoot({ now: new Date('2045-01-01T00:00:00Z') }).certificate)
    is(notBefore.toISOString(), '2044-12-31T23:00:00.000Z')
    is(notAfter.toISOString(), '2054-12-30T00:00:00.000Z')
    is(der.includes(Buffer.from('20541230000000Z')), true)
    is(der.includes(Buffer.from('441231230000Z')), true)
  })

  test('an intermediate never leaves the life of its root, and says so', () => {
    const root = newRoot({ days: 100 })
    const signer = { id: 'r1', certificate: root.certificate, signer: root.keyPair.signer }
    const issued = issueIntermediate(request({ root: signer }))
    equal(
      issued.diagnostics.map((d) => d.code),
      ['MESH-W414'],
    )
    is(issued.diagnostics[0]?.args['days'], 99)
    if (!issued.ok) throw new Error('not issued')
    equal(parsed(issued.value.certificate).notAfter, parsed(root.certificate).notAfter)
    const early = issueIntermediate(request({ root: signer, validityDays: 1 }))
    equal(early.diagnostics, [])
    if (!early.ok) throw new Error('not issued')
    equal(parsed(early.value.certificate).notBefore, parsed(root.certificate).notBefore)
  })

  test('each generation, cluster, mesh and root has a name of its own, however long', () => {
    const subjects = new Set<string>()
    const long = 'x'.repeat(62)
    for (const mesh of [`${long}a`, `${long}b`]) {
      for (const cluster of [`${long}a`, `${long}b`]) {
        for (const generation of [1, 2, 11]) {
          const issued = issueIntermediate(request({ mesh, cluster, generation, organization: 'Ö'.repeat(80) }))
          if (!issued.ok) throw new Error('not issued')
          subjects.add(parsed(issued.value.certificate).subject)
        }
      }
    }
    is(subjects.size, 12)
  })

  test('property: a bounded name has at most 64 characters, and short ones are not touched', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const length = Array.from(text).length
        const bounded = boundedName(text)
        is(Array.from(bounded).length <= 64, true)
        if (length <= 64) is(bounded, text)
        else is(bounded.startsWith(Array.from(text).slice(0, 47).join('')), true)
      }),
    )
    not.equal(boundedName('a'.repeat(65)), boundedName('a'.repeat(66)))
  })

  test('an empty organization is left out', () => {
    const issued = issueIntermediate(request({ organization: '' }))
    is(issued.ok && parsed(issued.value.certificate).subject, 'OU=cluster-1, CN=shop cluster-1 g1')
  })

  test('a root that does not sign is refused', () => {
    const root = newRoot()
    const other = newRoot()
    const by = (certificate: string, signer = root.keyPair.signer) => ({ root: { id: 'r1', certificate, signer } })
    equal(codes(by(root.certificate)), [])
    equal(codes(by('nothing')), ['MESH-E410'])
    equal(codes(by(root.certificate + other.certificate)), ['MESH-E410'])
    equal(codes(by(root.certificate, other.keyPair.signer)), ['MESH-E413'])
    equal(codes(by(root.certificate, newRoot({ kind: 'P-384' }).keyPair.signer)), ['MESH-E413'])
    equal(codes({ ...by(root.certificate), now: later(3650) }), ['MESH-E412'])
    equal(codes({ ...by(root.certificate), now: later(-1) }), ['MESH-E412'])
    const intermediate = newIntermediate(root)
    equal(codes(by(intermediate.certificate, intermediate.keyPair.signer)), ['MESH-E411'])
    const leaf = oddIntermediate(root, { extensions: [extendedKeyUsage('1.3.6.1.5.5.7.3.1')] })
    equal(codes(by(leaf.certificate, leaf.keyPair.signer)), ['MESH-E411'])
  })

  test('a foreign root without key identifier still gets one named', () => {
    const foreign = oddRoot([certificationAuthority()])
    const intermediate = parsed(newIntermediate(foreign).certificate)
    is(intermediate.authorityKeyIdentifier, keyIdentifier(foreign.keyPair.spki).toString('hex'))
    is(intermediate.issuer, 'CN=odd root')
  })
})
