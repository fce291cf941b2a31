import * as fc from 'fast-check'
import { createPrivateKey, randomBytes } from 'node:crypto'
import { children, readElement, readInteger, readObjectIdentifier } from '../../src/trust/der-reader.ts'
import { parsePem } from '../../src/trust/pem.ts'
import { encryptedPkcs8, PBKDF2_ROUNDS } from '../../src/trust/pkcs8.ts'
import { describe, equal, is, throws } from '../suite.ts'
import { newKey } from './authority.ts'

const encrypted = (key = newKey(), passphrase = 'a passphrase for one test'): Buffer =>
  encryptedPkcs8(key.export({ type: 'pkcs8', format: 'der' }), {
    passphrase: Buffer.from(passphrase),
    salt: randomBytes(16),
    iv: randomBytes(16),
  })

describe('pkcs8', (test) => {
  test('OpenSSL opens it with the passphrase, and with no other', () => {
    for (const kind of ['P-256', 'P-384', 'rsa'] as const) {
      const key = newKey(kind)
      const pem = encrypted(key)
      is(createPrivateKey({ key: pem, passphrase: 'a passphrase for one test' }).equals(key), true)
      throws(() => createPrivateKey({ key: pem, passphrase: 'a passphrase for one tesu' }))
    }
  })

  test('every guess costs what is promised', () => {
    const [block] = parsePem(encrypted().toString('latin1')) ?? []
    is(block?.label, 'ENCRYPTED PRIVATE KEY')
    const [algorithm] = children(readElement(block?.der ?? Buffer.alloc(0)))
    const [pbes2, parameters] = algorithm ? children(algorithm) : []
    is(readObjectIdentifier(pbes2), '1.2.840.113549.1.5.13')
    const [kdf, scheme] = parameters ? children(parameters) : []
    const [pbkdf2, fields] = kdf ? children(kdf) : []
    is(readObjectIdentifier(pbkdf2), '1.2.840.113549.1.5.12')
    const [salt, rounds, prf] = fields ? children(fields) : []
    is(salt?.content.length, 16)
    is(Number(readInteger(rounds)), PBKDF2_ROUNDS)
    is(PBKDF2_ROUNDS, 600_000)
    is(readObjectIdentifier(prf && children(prf)[0]), '1.2.840.113549.2.11')
    is(readObjectIdentifier(scheme && children(scheme)[0]), '2.16.840.1.101.3.4.1.42')
  })

  test('property: passphrases of any characters', () => {
    const key = newKey()
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (passphrase) => {
        const opened = createPrivateKey({ key: encrypted(key, passphrase), passphrase })
        equal(opened.equals(key), true)
      }),
      { numRuns: 4 },
    )
  })
})
