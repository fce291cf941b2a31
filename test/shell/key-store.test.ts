import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption'
import { createPrivateKey, type KeyObject } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { Failure } from '../../src/diagnostics/failure.ts'
import {
  defaultRootKeyFile,
  openRootKey,
  writeRootKey,
  type NewRootKey,
  type RootKeyRequest,
} from '../../src/shell/key-store.ts'
import type { Terminal } from '../../src/shell/passphrase.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { describe, equal, is, not, ok, rejected, throws } from '../suite.ts'
import { keyPem, newIntermediate, newKey, newRoot, parsed } from '../trust/authority.ts'

const PASSPHRASE = 'correct horse battery staple'
const CHEAP = { scryptWorkFactor: 2 }

const root = newRoot()
const { certificate, privateKey } = root

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'meshwright-keys-'))
  try {
    await body(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An age identity in a file, and its recipient. */
async function identityIn(
  folder: string,
  name = 'identity',
): Promise<{ identityFile: string; recipient: string; identity: string }> {
  const identity = await generateX25519Identity()
  const identityFile = join(folder, name)
  writeFileSync(identityFile, `# created: today\n\n${identity}\n`, { mode: 0o600 })
  return { identityFile, identity, recipient: await identityToRecipient(identity) }
}

function passphraseIn(folder: string, passphrase: string = PASSPHRASE): string {
  const file = join(folder, `passphrase-${readdirSync(folder).length}`)
  writeFileSync(file, `${passphrase}\n`, { mode: 0o600 })
  return file
}

/** The failure of writing or opening; it must not speak of the key or of any other secret. */
async function failure(promise: Promise<unknown>, ...secrets: readonly string[]): Promise<Failure> {
  const error = await rejected(promise)
  ok(error instanceof Failure, inspect(error))
  const everything = inspect(error, { depth: 9, showHidden: true }) + error.hints.join()
  const { d = '' } = privateKey.export({ format: 'jwk' })
  const pem = keyPem(privateKey).toString()
  for (const secret of [d, pem.slice(40, 80), 'BEGIN PRIVATE', PASSPHRASE, ...secrets])
    not.ok(everything.includes(secret))
  return error
}

/** Standard input that is no terminal. */
const nobody = (): Terminal => ({ input: new PassThrough(), output: { write: () => true } })

const write = (file: string, changes: Partial<NewRootKey>): Promise<void> =>
  writeRootKey({ file, privateKey, recipients: [], ...CHEAP, ...changes })
const openKey = (file: string, changes: Partial<RootKeyRequest>) => openRootKey({ file, certificate, ...changes })

describe('key-store: writing', (test) => {
  test('a key goes to recipients, armored, for its owner alone', () =>
    inFolder(async (folder) => {
      const first = await identityIn(folder, 'first')
      const second = await identityIn(folder, 'second')
      const file = join(folder, 'a', 'b', 'r1.key.age')
      await write(file, { recipients: [first.recipient, second.recipient] })
      is(lstatSync(file).mode & 0o777, 0o600)
      is(lstatSync(join(folder, 'a')).mode & 0o777, 0o700)
      is(lstatSync(join(folder, 'a', 'b')).mode & 0o777, 0o700)
      const text = readFileSync(file, 'utf8')
      ok(text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----\n'))
      ok(text.endsWith('-----END AGE ENCRYPTED FILE-----\n'))
      for (const { identityFile } of [first, second]) {
        const signer = await openKey(file, { identityFile })
        equal(signer.algorithm, 'ecdsa-with-SHA256')
        // It signs as the root does.
        const issued = newIntermediate({ ...root, keyPair: { spki: root.keyPair.spki, signer } })
        is(parsed(issued.certificate).issuer, 'O=Acme, CN=shop root r1')
      }
      equal(readdirSync(join(folder, 'a', 'b')), ['r1.key.age'])
    }))

  test('a key goes under a passphrase', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'r1.key.age')
      const passphraseFile = passphraseIn(folder)
      await write(file, { passphraseFile })
      is(lstatSync(file).mode & 0o777, 0o600)
      is((await openKey(file, { passphraseFile })).algorithm, 'ecdsa-with-SHA256')
    }))

  test('the mode does not depend on the umask', () =>
    inFolder(async (folder) => {
      const { recipient } = await identityIn(folder)
      const umask = process.umask(0)
      try {
        await write(join(folder, 'sub', 'key'), { recipients: [recipient] })
      } finally {
        process.umask(umask)
      }
      is(lstatSync(join(folder, 'sub', 'key')).mode & 0o777, 0o600)
      is(lstatSync(join(folder, 'sub')).mode & 0o777, 0o700)
    }))

  test('nothing is written over or through', () =>
    inFolder(async (folder) => {
      const { recipient } = await identityIn(folder)
      const recipients = [recipient]
      writeFileSync(join(folder, 'there'), 'precious')
      await failure(write(join(folder, 'there'), { recipients }))
      is(readFileSync(join(folder, 'there'), 'utf8'), 'precious')
      symlinkSync('there', join(folder, 'link'))
      await failure(write(join(folder, 'link'), { recipients }))
      symlinkSync('nowhere', join(folder, 'dangling'))
      await failure(write(join(folder, 'dangling'), { recipients }))
      is(existsSync(join(folder, 'nowhere')), false)
      mkdirSync(join(folder, 'directory'))
      await failure(write(join(folder, 'directory'), { recipients }))
      await failure(write(join(folder, 'there', 'below'), { recipients }))
    }))

  test('a work tree is no place for a key: below, ignored, as a worktree, through links', () =>
    inFolder(async (folder) => {
      const { recipient } = await identityIn(folder)
      const recipients = [recipient]
      const tree = join(folder, 'tree')
      mkdirSync(join(tree, '.git'), { recursive: true })
      mkdirSync(join(tree, 'ignored'))
      writeFileSync(join(tree, '.gitignore'), 'ignored/\n')
      const worktree = join(folder, 'worktree')
      mkdirSync(worktree)
      writeFileSync(join(worktree, '.git'), 'gitdir: elsewhere\n')
      symlinkSync(join(tree, 'ignored'), join(folder, 'innocent'))
      const places = [
        join(tree, 'key'),
        join(tree, 'ignored', 'key'),
        join(tree, 'not', 'yet', 'there', 'key'),
        join(tree, '.git', 'key'),
        join(worktree, 'key'),
        join(folder, 'innocent', 'key'),
        join(folder, 'innocent', 'new', 'key'),
        join(folder, 'other', '..', 'tree', 'key'),
      ]
      for (const place of places) {
        const error = await failure(write(place, { recipients }))
        is(error.exitCode, 2, place)
      }
      equal(readdirSync(tree).sort(), ['.git', '.gitignore', 'ignored'])
      equal(readdirSync(join(tree, 'ignored')), [])
      await write(join(folder, 'beside'), { recipients })
    }))

  test('something must protect the key, and only one thing', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'key')
      const { recipient, identity } = await identityIn(folder)
      const passphraseFile = passphraseIn(folder)
      is((await failure(write(file, { recipients: [recipient], passphraseFile }))).exitCode, 2)
      is((await failure(write(file, { passphraseFile: passphraseIn(folder, 'short') }))).exitCode, 2)
      await failure(write(file, { passphraseFile: passphraseIn(folder, '') }))
      await failure(write(file, { passphraseFile: join(folder, 'missing') }))
      // No terminal in sight.
      await failure(write(file, { terminal: nobody() }))
      is((await failure(write(file, { recipients: ['age1nonsense'] }))).exitCode, 2)
      // A secret key where the public one belongs is not repeated.
      await failure(write(file, { recipients: [identity] }), identity)
      is(existsSync(file), false)
    }))

  test('the default place follows the XDG base directories', () => {
    const standard = join(homedir(), '.local/share/meshwright/shop/r1.key.age')
    is(defaultRootKeyFile('shop', 'r1', {}), standard)
    is(defaultRootKeyFile('shop', 'r1', { XDG_DATA_HOME: '/data' }), '/data/meshwright/shop/r1.key.age')
    is(defaultRootKeyFile('shop', 'r1', { XDG_DATA_HOME: 'relative' }), standard)
    throws(() => defaultRootKeyFile('../shop', 'r1', {}), /invariant/)
  })
})

describe('key-store: opening', (test) => {
  test('a key of another certificate is refused with exit code 2', () =>
    inFolder(async (folder) => {
      const { recipient, identityFile } = await identityIn(folder)
      const file = join(folder, 'key')
      await write(file, { privateKey: newKey(), recipients: [recipient] })
      const error = await failure(openKey(file, { identityFile }))
      is(error.exitCode, 2)
      ok(error.message.includes(parsed(certificate).fingerprint))
    }))

  test('a wrong or a missing secret', () =>
    inFolder(async (folder) => {
      const { recipient, identityFile, identity } = await identityIn(folder)
      const other = await identityIn(folder, 'other')
      const forRecipient = join(folder, 'for-recipient')
      const forPassphrase = join(folder, 'for-passphrase')
      const passphraseFile = passphraseIn(folder)
      await write(forRecipient, { recipients: [recipient] })
      await write(forPassphrase, { passphraseFile })
      const terminal = nobody()
      const attempts: readonly [string, Partial<RootKeyRequest>][] = [
        [forRecipient, {}],
        [forRecipient, { passphraseFile }],
        [forRecipient, { identityFile: other.identityFile }],
        [forRecipient, { identityFile: passphraseFile }],
        [forRecipient, { identityFile: join(folder, 'missing') }],
        [forRecipient, { identityFile: identity }],
        [forPassphrase, { terminal }],
        [forPassphrase, { identityFile }],
        [forPassphrase, { passphraseFile: passphraseIn(folder, 'wrong passphrase') }],
        [join(folder, 'missing'), { identityFile }],
        [folder, { identityFile }],
      ]
      for (const [file, changes] of attempts) {
        const error = await failure(openKey(file, changes), identity, other.identity)
        is(error.exitCode, 3, inspect([file, changes]))
      }
    }))

  test('files of other kinds', () =>
    inFolder(async (folder) => {
      const { recipient, identityFile } = await identityIn(folder)
      const place = (name: string, content: string | Uint8Array): string => {
        writeFileSync(join(folder, name), content)
        return join(folder, name)
      }
      const age = async (plain: Uint8Array | string): Promise<Uint8Array> => {
        const encrypter = new Encrypter()
        encrypter.addRecipient(recipient)
        return encrypter.encrypt(plain)
      }
      const armored = armor.encode(await age(keyPem(privateKey)))
      const bad = {
        empty: '',
        'not a key': await age('hello'),
        'a key that is no CA key': await age(keyPem(newKey('ed25519'))),
        'damaged armor': armored.replace(/\n.{8}/, '\n!!!!!!!!'),
        'cut short': armored.slice(0, 200),
        changed: Buffer.from(await age(keyPem(privateKey))).fill(0, 200),
        large: Buffer.alloc(70_000, 'x'),
      }
      for (const [name, content] of Object.entries(bad)) {
        await failure(openKey(place(name, content), { identityFile }))
      }
      // What the age command writes without --armor, and what an editor may have done to the armored form.
      for (const content of [await age(keyPem(privateKey)), `\n${armored.replaceAll('\n', '\r\n')}\n`]) {
        is((await openKey(place('good', content), { identityFile })).algorithm, 'ecdsa-with-SHA256')
      }
      const error = await failure(openRootKey({ file: place('x', armored), identityFile, certificate: 'none' }))
      is(error.exitCode, 2)
    }))

  test('a file that cannot be read is a failure, not a crash', () =>
    inFolder(async (folder) => {
      const file = join(folder, 'secret')
      writeFileSync(file, 'x')
      chmodSync(file, 0)
      // Root reads everything, and then finds that it is no age file.
      await failure(openKey(file, {}))
    }))

  test('a signer shows nothing of its key', () => {
    const key: KeyObject = createPrivateKey(keyPem(privateKey))
    const { d = '' } = key.export({ format: 'jwk' })
    const { signer } = signingKey(key)
    const shown = inspect(signer, { depth: 9, showHidden: true }) + JSON.stringify(signer) + inspect(key)
    not.ok(shown.includes(d))
    not.ok(shown.includes('BEGIN'))
  })
})
