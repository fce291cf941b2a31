/** Root keys as other programs write them, from files and from standard input. */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import { Failure } from '../../src/diagnostics/failure.ts'
import { openRootKey, writeRootKey, type RootKeyRequest } from '../../src/shell/key-store.ts'
import { describe, is, not, ok, rejected } from '../suite.ts'
import { keyPem, newKey, newRoot, parsed } from '../trust/authority.ts'

const PASSPHRASE = 'correct horse battery staple'
const [ec, p384, rsa] = [newRoot(), newRoot({ kind: 'P-384' }), newRoot({ kind: 'rsa' })]

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-forms-'))
  try {
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function place(folder: string, content: string | Uint8Array, mode = 0o600): string {
  const file = join(folder, 'root.key')
  writeFileSync(file, content)
  chmodSync(file, mode)
  return file
}

/** What another process pipes in. */
function piped(...chunks: readonly (string | Uint8Array)[]): NodeJS.ReadStream {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk))) as NodeJS.ReadStream
}

const openFor = (
  root: { readonly certificate: string },
  request: Partial<RootKeyRequest> & { readonly file: string },
) => openRootKey({ certificate: root.certificate, ...request })

async function failure(promise: Promise<unknown>, key: KeyObject = ec.privateKey): Promise<Failure> {
  const error = await rejected(promise)
  ok(error instanceof Failure, inspect(error))
  const everything = inspect(error, { depth: 9, showHidden: true }) + error.hints.join()
  for (const secret of [key.export({ format: 'jwk' }).d ?? '', 'BEGIN', PASSPHRASE]) not.ok(everything.includes(secret))
  return error
}

describe('root keys in PEM', (test) => {
  test('PKCS#8, SEC 1 and PKCS#1, in the clear, from a file for its owner alone', () =>
    inFolder(async (folder) => {
      const forms = [
        [ec, keyPem(ec.privateKey)],
        [p384, keyPem(p384.privateKey)],
        [rsa, keyPem(rsa.privateKey)],
        [ec, ec.privateKey.export({ type: 'sec1', format: 'pem' })],
        [rsa, rsa.privateKey.export({ type: 'pkcs1', format: 'pem' })],
        // As `openssl ecparam -genkey` has it, and a file with its certificate.
        [
          ec,
          `-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${ec.privateKey.export({ type: 'sec1', format: 'pem' }) as string}`,
        ],
        [ec, ec.certificate + keyPem(ec.privateKey).toString()],
      ] as const
      for (const [root, content] of forms) {
        const signer = await openFor(root, { file: place(folder, content) })
        is(signer.algorithm, root.keyPair.signer.algorithm)
        is((await openFor(root, { file: '-', stdin: piped(content) })).algorithm, signer.algorithm)
      }
    }))

  test('encrypted forms, with a passphrase file', () =>
    inFolder(async (folder) => {
      const passphraseFile = join(folder, 'passphrase')
      writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 })
      const cipher = { cipher: 'aes-256-cbc', passphrase: PASSPHRASE }
      const pem = { format: 'pem' } as const
      const forms = [
        [ec, ec.privateKey.export({ type: 'pkcs8', ...pem, ...cipher })],
        [rsa, rsa.privateKey.export({ type: 'pkcs8', ...pem, ...cipher })],
        // With its cipher in the header, as OpenSSL wrote keys for long and step does.
        [ec, ec.privateKey.export({ type: 'sec1', ...pem, ...cipher })],
        [rsa, rsa.privateKey.export({ type: 'pkcs1', ...pem, ...cipher })],
      ] as const
      for (const [root, content] of forms) {
        // Nobody reads it without the passphrase, so that its mode does not matter.
        const file = place(folder, content, 0o644)
        is((await openFor(root, { file, passphraseFile })).algorithm, root.keyPair.signer.algorithm)
        await openFor(root, { file: '-', stdin: piped(content), passphraseFile })
        is((await failure(openFor(root, { file, terminal: nobody() }))).exitCode, 3)
        writeFileSync(join(folder, 'wrong'), 'another passphrase\n', { mode: 0o600 })
        is((await failure(openFor(root, { file, passphraseFile: join(folder, 'wrong') }))).exitCode, 3)
      }
    }))

  test('what is written as PKCS#8 is read again, by OpenSSL too', () =>
    inFolder(async (folder) => {
      const passphraseFile = join(folder, 'passphrase')
      writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 })
      const file = join(folder, 'new', 'r1.key.pem')
      const request = { file, privateKey: ec.privateKey, format: 'pkcs8', passphraseFile } as const
      is((await failure(writeRootKey({ ...request, recipients: ['age1x'] }))).exitCode, 2)
      await writeRootKey({ ...request, recipients: [] })
      is(lstatSync(file).mode & 0o777, 0o600)
      const text = readFileSync(file, 'utf8')
      ok(text.startsWith('-----BEGIN ENCRYPTED PRIVATE KEY-----\n'))
      is(createPrivateKey({ key: text, passphrase: PASSPHRASE }).equals(ec.privateKey), true)
      is((await openFor(ec, { file, passphraseFile })).algorithm, 'ecdsa-with-SHA256')
    }))

  test('a key in the clear that others can read is refused', () =>
    inFolder(async (folder) => {
      for (const mode of [0o644, 0o640, 0o604, 0o660]) {
        is((await failure(openFor(ec, { file: place(folder, keyPem(ec.privateKey), mode) }))).exitCode, 2)
      }
      await openFor(ec, { file: place(folder, keyPem(ec.privateKey), 0o400) })
    }))

  test('no key is read out of a work tree, encrypted or not, nor through a link', () =>
    inFolder(async (folder) => {
      const tree = join(folder, 'tree')
      mkdirSync(join(tree, '.git'), { recursive: true })
      mkdirSync(join(tree, 'ignored'))
      const passphraseFile = join(folder, 'passphrase')
      writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 })
      const outside = join(folder, 'outside')
      await writeRootKey({
        file: outside,
        privateKey: ec.privateKey,
        recipients: [],
        passphraseFile,
        scryptWorkFactor: 2,
      })
      for (const content of [keyPem(ec.privateKey), readFileSync(outside)]) {
        const file = place(join(tree, 'ignored'), content)
        is((await failure(openFor(ec, { file, passphraseFile }))).exitCode, 2)
        symlinkSync(file, join(folder, 'innocent'))
        is((await failure(openFor(ec, { file: join(folder, 'innocent'), passphraseFile }))).exitCode, 2)
        rmSync(join(folder, 'innocent'))
      }
      // The file itself is what counts.
      symlinkSync(outside, join(tree, 'link'))
      await openFor(ec, { file: join(tree, 'link'), passphraseFile })
    }))

  test('standard input: in pieces, none, too much, a terminal, another key', () =>
    inFolder(async () => {
      const pem = keyPem(ec.privateKey)
      const halves = [Buffer.from(pem.subarray(0, 50)), Buffer.from(pem.subarray(50))] as const
      const stdin = Readable.from(halves) as NodeJS.ReadStream
      await openFor(ec, { file: '-', stdin })
      ok(
        halves.every((half) => half.every((octet) => octet === 0)),
        'the pieces are wiped',
      )
      await failure(openFor(ec, { file: '-', stdin: piped() }))
      await failure(openFor(ec, { file: '-', stdin: piped('x'.repeat(40_000), 'x'.repeat(40_000)) }))
      const terminal = Object.assign(piped(pem), { isTTY: true })
      is((await failure(openFor(ec, { file: '-', stdin: terminal }))).exitCode, 2)
      const other = await failure(openFor(rsa, { file: '-', stdin: piped(keyPem(ec.privateKey)) }))
      is(other.exitCode, 2)
      ok(other.message.includes(parsed(rsa.certificate).fingerprint))
    }))

  test('kinds of keys that are none of a CA', () =>
    inFolder(async (folder) => {
      for (const key of [newKey('ed25519'), generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey]) {
        await failure(openFor(ec, { file: place(folder, keyPem(key)) }), key)
      }
      await failure(openFor(ec, { file: place(folder, ec.certificate) }))
      await failure(openFor(ec, { file: place(folder, keyPem(ec.privateKey).subarray(0, 120)) }))
    }))
})

function nobody(): NonNullable<RootKeyRequest['terminal']> {
  return { input: piped(), output: { write: () => true } }
}
