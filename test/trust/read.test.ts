import * as fc from 'fast-check'
import { X509Certificate } from 'node:crypto'
import { describe, equal, is } from '../suite.ts'
import { encode, integer, objectIdentifier, octetString, boolean, sequence, type Der } from '../../src/trust/der.ts'
import { pemText } from '../../src/trust/pem.ts'
import { readCertificate, readCertificates, type CertificateProblem } from '../../src/trust/read.ts'
import { certificationAuthority, distinguishedName, keyUsage } from '../../src/trust/x509.ts'
import { nameText } from '../../src/trust/name-text.ts'
import { readElement } from '../../src/trust/der-reader.ts'
import {
  controllerKey,
  extendedKeyUsage,
  keyPem,
  newIntermediate,
  newRoot,
  oddIntermediate,
  parsed,
} from './authority.ts'

const problem = (source: string | Uint8Array): CertificateProblem | undefined => {
  const reading = readCertificate(source)
  return 'problem' in reading ? reading.problem : undefined
}

describe('read', (test) => {
  test('agrees with OpenSSL about EC and RSA certificates', () => {
    const root = newRoot()
    for (const pem of [root.certificate, newIntermediate(root).certificate, controllerKey().certificate]) {
      const ours = parsed(pem)
      const theirs = new X509Certificate(pem)
      is(ours.fingerprint, `sha256:${theirs.fingerprint256.replaceAll(':', '').toLowerCase()}`)
      is(ours.serial.toUpperCase().padStart(theirs.serialNumber.length, '0'), theirs.serialNumber)
      is(ours.notBefore.getTime(), Date.parse(theirs.validFrom))
      is(ours.notAfter.getTime(), Date.parse(theirs.validTo))
      // OpenSSL counts as a CA only what also has keyCertSign, which the controller's certificate does not.
      is(ours.isCa && ours.keyUsage?.includes('keyCertSign'), theirs.ca)
      is(ours.subject.replaceAll(', ', '\n'), theirs.subject ?? '')
      equal(ours.spki, theirs.publicKey.export({ type: 'spki', format: 'der' }))
      equal(parsed(theirs.raw).der, ours.der)
    }
    equal(parsed(controllerKey().certificate).keyUsage, ['encipherOnly'])
  })

  test('exactly one certificate', () => {
    const { certificate, crl, privateKey } = newRoot()
    is(problem(certificate), undefined)
    is(problem(`# fetched today\n${certificate}`), undefined)
    is(problem(''), 'not-pem')
    is(problem('hello'), 'not-pem')
    is(problem(certificate + certificate), 'several')
    is(problem(certificate.trimEnd() + certificate), 'damaged-pem')
    is(problem(crl), 'not-a-certificate')
    is(problem(certificate + crl), 'not-a-certificate')
    is(problem(keyPem(privateKey).toString()), 'private-key')
    is(problem(certificate + keyPem(privateKey).toString()), 'private-key')
    is(problem(certificate.padEnd(65_537)), 'too-large')
    is(problem(pemText('CERTIFICATE', Buffer.from('3000', 'hex'))), 'malformed')
    is(problem(new Uint8Array(0)), 'malformed')
    const { der } = parsed(certificate)
    is(problem(Buffer.concat([der, Uint8Array.of(0)])), 'malformed')
    const reading = readCertificates(certificate + newRoot().certificate)
    is('certificates' in reading && reading.certificates.length, 2)
  })

  test('extensions are read strictly', () => {
    const root = newRoot()
    const withExtensions = (...extensions: readonly Der[]): string => oddIntermediate(root, { extensions }).certificate
    equal(parsed(withExtensions(extendedKeyUsage('1.3.6.1.5.5.7.3.2', '2.5.29.37.0'))).extendedKeyUsage, [
      '1.3.6.1.5.5.7.3.2',
      '2.5.29.37.0',
    ])
    is(parsed(withExtensions(certificationAuthority(3))).pathlen, 3)
    equal(parsed(withExtensions(keyUsage(0, 2))).keyUsage, ['digitalSignature', 'keyEncipherment'])
    const unknown = sequence(objectIdentifier('1.2.3'), boolean(true), octetString(encode(integer(1))))
    equal(parsed(withExtensions(unknown)).unknownCritical, ['1.2.3'])
    is(problem(withExtensions(keyUsage(5), keyUsage(6))), 'malformed')
    is(problem(withExtensions(sequence(objectIdentifier('2.5.29.19'), octetString(Uint8Array.of(0x30))))), 'malformed')
    const negative = octetString(encode(sequence(boolean(true), integer(-1))))
    is(problem(withExtensions(sequence(objectIdentifier('2.5.29.19'), negative))), 'malformed')
    is(parsed(withExtensions(sequence(objectIdentifier('2.5.29.19'), octetString(encode(sequence()))))).isCa, false)
  })

  test('names are safe to show', () => {
    const text = (name: string): string => nameText(readElement(distinguishedName([['CN', name]])))
    is(text('plain name'), 'CN=plain name')
    is(text('a, O=b'), 'CN=a\\, O\\=b')
    is(text('red\u001B[31m\n'), 'CN=red\\u{1b}[31m\\u{a}')
    is(text('right\u202Eleft'), 'CN=right\\u{202e}left')
  })

  test('property: hostile octets are a problem or a certificate, never an exception', () => {
    const good = [newIntermediate(newRoot()).certificate, controllerKey().certificate].map((pem) => parsed(pem).der)
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...good), edits, fc.nat(), (der, changes, cut) => {
        const bytes = Buffer.from(der)
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        readCertificate(bytes)
        readCertificate(pemText('CERTIFICATE', bytes))
        is('problem' in readCertificate(bytes.subarray(0, cut % bytes.length)), true)
      }),
      { numRuns: 1000 },
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (text, bytes) => {
        is('problem' in readCertificate(text), true)
        is('problem' in readCertificate(bytes), true)
      }),
    )
  })
})
