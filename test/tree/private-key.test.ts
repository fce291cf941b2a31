import { generateKeyPairSync, randomBytes, X509Certificate, type KeyObject } from 'node:crypto'
import { describe, is, ok } from '../suite.ts'
import { refuseSecrets } from '../../src/commands/secrets.ts'
import { exit, Failure } from '../../src/diagnostics/failure.ts'
import { codeFrame } from '../../src/diagnostics/frame.ts'
import { privateKeyIn } from '../../src/tree/private-key.ts'
import { newIntermediate, newRoot } from '../trust/authority.ts'

const ec = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey

/** DER of each kind that people have, in the forms that programs write. */
const keys: readonly (readonly [string, Buffer])[] = [
  ...['prime256v1', 'secp384r1', 'secp521r1'].flatMap((curve): [string, Buffer][] => [
    [`${curve}, PKCS#8`, ec(curve).export({ type: 'pkcs8', format: 'der' })],
    [`${curve}, SEC 1`, ec(curve).export({ type: 'sec1', format: 'der' })],
  ]),
  ['RSA, PKCS#8', rsa.export({ type: 'pkcs8', format: 'der' })],
  ['RSA, PKCS#1', rsa.export({ type: 'pkcs1', format: 'der' })],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' })],
]

describe('keys in the clear', (test) => {
  for (const [name, der] of keys) {
    test(`${name}: PEM, its base64 wherever it begins, and bare DER in base64`, () => {
      const base64 = der.toString('base64')
      const pem = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`
      const forms = [
        pem,
        pem.replaceAll('PRIVATE', 'EC PRIVATE'),
        ...['', 'a', 'ab', 'abc'].map((before) => `data:\n  x: ${Buffer.from(before + pem).toString('base64')}\n`),
        `x: |\n${(
          Buffer.from(pem)
            .toString('base64')
            .match(/.{1,76}/g) ?? []
        )
          .map((line) => `  ${line}\n`)
          .join('')}`,
        `data: { key: ${base64} }\n`,
        `"${base64}"`,
        `- >-\n${(base64.match(/.{1,64}/g) ?? []).map((line) => `  ${line}\n`).join('')}`,
      ]
      for (const [i, form] of forms.entries()) ok(privateKeyIn(form) !== undefined, `form ${i}`)
    })
  }

  test('age identities, and other headings', () => {
    const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`
    is(privateKeyIn(`# public key: age1x\n${identity}\n`), 'an age identity')
    is(privateKeyIn(Buffer.from(`a${identity}`).toString('base64')), 'an age identity in base64')
    for (const label of ['ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY', 'PGP PRIVATE KEY BLOCK']) {
      is(privateKeyIn(`-----BEGIN ${label}-----`), 'a private key')
    }
  })

  test('what would write one is stopped as a bug of ours, without telling the key', () => {
    const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`
    refuseSecrets(new Map([['a.yaml', 'a: 1\n']]))
    try {
      refuseSecrets(new Map([['a.yaml', 'a: 1\n']]), new Map([['b.yaml', `b: ${identity}\n`]]))
      throw new Error('it went through')
    } catch (error) {
      ok(error instanceof Failure)
      is(error.exitCode, exit.bug)
      ok(error.message.startsWith('b.yaml would hold an age identity') && !error.message.includes('QQ'))
    }
  })

  test('a line that is shown for something else shows none', () => {
    const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`
    const frame = codeFrame(`x: ${identity} # and ${'Ab1+'.repeat(16)}`, { file: 'mesh.yaml', start: 0, end: 1 })
    ok(!/QQ|Ab1/.test(frame), frame)
  })

  test('what is public, sealed or random is none', () => {
    const root = newRoot()
    const intermediate = newIntermediate(root)
    for (const text of [root, intermediate].flatMap(({ certificate, crl }) => [certificate, crl])) {
      is(privateKeyIn(text), undefined)
      is(privateKeyIn(Buffer.from(text).toString('base64')), undefined)
    }
    const spki = new X509Certificate(root.certificate).publicKey.export({ type: 'spki', format: 'der' })
    is(privateKeyIn(spki.toString('base64')), undefined)
    is(privateKeyIn('age1 recipients, an AGE ENCRYPTED FILE, and the private key of somebody'), undefined)
    for (let i = 0; i < 200; i++) is(privateKeyIn(randomBytes(600).toString('base64')), undefined)
  })
})
