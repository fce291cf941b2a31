/**
 * The root key: an age file (C2SP age.md) with a PKCS#8 PEM in it, outside of every work tree. `age -d` opens it, should
 * this program be lost.
 *
 * Keys are held as KeyObjects and in buffers that are zeroed after use. That is a best effort: the age library needs its
 * identities and passphrases as strings, and the garbage collector may have moved what it copied.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { exit, Failure, invariant } from '../diagnostics/failure.ts'
import { pemBytes } from '../trust/pem.ts'
import { problemText, readCertificate, type Certificate } from '../trust/read.ts'
import { signatureAlgorithmOf, signingKey, type Signer } from '../trust/signer.ts'
import { choosePassphrase, processTerminal, readPassphrase, type Terminal } from './passphrase.ts'
import { checkPrivatePath, readSecretFile, shownPath, writePrivateFile } from './private-file.ts'

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'
const BINARY = 'age-encryption.org/v1\n'
/** The default of age: about a second for each guess. */
const SCRYPT_WORK_FACTOR = 18

/** `${XDG_DATA_HOME:-~/.local/share}/meshwright/<mesh>/<root id>.key.age` */
export function defaultRootKeyFile(mesh: string, rootId: string, env: NodeJS.ProcessEnv = process.env): string {
  invariant(
    [mesh, rootId].every((name) => /^[a-z0-9-]+$/.test(name)),
    'names of meshes and roots are DNS labels',
  )
  const configured = env['XDG_DATA_HOME'] ?? ''
  // The XDG base directory specification: a relative path is to be ignored.
  const data = isAbsolute(configured) ? configured : join(homedir(), '.local', 'share')
  return join(data, 'meshwright', mesh, `${rootId}.key.age`)
}

export interface NewRootKey {
  readonly file: string
  readonly privateKey: KeyObject
  /** Public keys of age (`age1…`): each of their owners can open the file. */
  readonly recipients: readonly string[]
  readonly passphraseFile?: string
  readonly terminal?: Terminal
  /** Logarithm of the cost of one guess; only tests take less than the default. */
  readonly scryptWorkFactor?: number
}

/**
 * Encrypts and writes a root key: to recipients, or else with a passphrase from a file or from the terminal. age has no
 * file for both.
 *
 * @throws Failure when the place is not safe, when something is there already, or when nothing protects the key
 */
export async function writeRootKey(request: NewRootKey): Promise<void> {
  const { file, recipients, passphraseFile } = request
  if (recipients.length > 0 && passphraseFile !== undefined) {
    throw new Failure('a key file is for recipients or for a passphrase, not for both', { exitCode: exit.invalid })
  }
  // Before anybody has to think of a passphrase.
  await checkPrivatePath(file)
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of recipients) addRecipient(encrypter, recipient)
  if (recipients.length === 0) {
    const terminal = request.terminal ?? processTerminal()
    encrypter.setPassphrase(await choosePassphrase(shownPath(file), passphraseFile, terminal))
    encrypter.setScryptWorkFactor(request.scryptWorkFactor ?? SCRYPT_WORK_FACTOR)
  }
  const pkcs8 = request.privateKey.export({ type: 'pkcs8', format: 'der' })
  const pem = pemBytes('PRIVATE KEY', pkcs8)
  try {
    await writePrivateFile(file, Buffer.from(armor.encode(await encrypter.encrypt(pem))))
  } finally {
    pkcs8.fill(0)
    pem.fill(0)
  }
}

export interface RootKeyRequest {
  readonly file: string
  /** File with age identities (`AGE-SECRET-KEY-1…`). */
  readonly identityFile?: string
  readonly passphraseFile?: string
  /** The root certificate that the key must belong to, PEM. */
  readonly certificate: string
  readonly terminal?: Terminal
}

/**
 * Opens a root key. A passphrase is asked for on the terminal when the file needs one and none is named.
 *
 * @throws Failure, with exit code 2 when the key is not the one of the certificate
 */
export async function openRootKey(request: RootKeyRequest): Promise<Signer> {
  const file = shownPath(request.file)
  const reading = readCertificate(request.certificate)
  if ('problem' in reading) {
    const found = problemText(reading.problem)
    throw new Failure(`the root certificate cannot be read: found ${found}`, { exitCode: exit.invalid })
  }
  const pem = await decrypt(await readAgeFile(request.file), request)
  try {
    const privateKey = parseKey(pem)
    if (!privateKey) throw new Failure(`${file} opens, but holds no P-256, P-384 or RSA key in PKCS#8 PEM`)
    requireMatch(privateKey, reading.certificate, file)
    return signingKey(privateKey).signer
  } finally {
    pem.fill(0)
  }
}

/** The binary form of an age file, armored or not. */
async function readAgeFile(file: string): Promise<Buffer> {
  const bytes = await readSecretFile(file, 'root key')
  const text = bytes.toString('latin1').trimStart()
  if (text.startsWith(BINARY)) return bytes
  bytes.fill(0)
  if (!text.startsWith(ARMOR)) {
    throw new Failure(`${shownPath(file)} is not an age file`, {
      hints: ['encrypt a PKCS#8 key in PEM with: age --encrypt --armor -r age1… -o ROOT.key.age'],
    })
  }
  const { armor } = await import('age-encryption')
  try {
    return Buffer.from(armor.decode(text))
  } catch {
    throw new Failure(`${shownPath(file)} is a damaged age file`)
  }
}

async function decrypt(ageFile: Buffer, request: RootKeyRequest): Promise<Uint8Array> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  const file = shownPath(request.file)
  if (isForPassphrase(ageFile)) {
    if (request.passphraseFile === undefined && request.identityFile !== undefined) {
      throw new Failure(`${file} is encrypted with a passphrase, not to an identity`, {
        hints: ['give --passphrase-file FILE instead of --identity'],
      })
    }
    const terminal = request.terminal ?? processTerminal()
    decrypter.addPassphrase(await readPassphrase(file, request.passphraseFile, terminal))
  } else {
    if (request.identityFile === undefined) {
      throw new Failure(`${file} is encrypted to age recipients`, {
        hints: ['give --identity FILE with the age identity of one of them'],
      })
    }
    for (const identity of await readIdentities(request.identityFile)) decrypter.addIdentity(identity)
  }
  try {
    return await decrypter.decrypt(ageFile)
  } catch {
    // The library's reason stays away: all that matters is that this secret does not open this file.
    throw new Failure(`${file} cannot be opened with what was given`, {
      hints: [isForPassphrase(ageFile) ? 'is the passphrase right?' : 'is it the identity of one of the recipients?'],
    })
  }
}

/** A file has either one stanza of type scrypt or others only (age.md, "scrypt recipient stanza"). */
function isForPassphrase(ageFile: Buffer): boolean {
  const [header = ''] = ageFile.toString('latin1', 0, 8192).split('\n---')
  return /^-> scrypt /m.test(header)
}

/** Lines of an identity file: comments, empty ones, and identities. */
export async function readIdentities(file: string): Promise<readonly string[]> {
  const bytes = await readSecretFile(file, 'identity file')
  const lines = bytes.toString('utf8').split(/\r?\n/)
  bytes.fill(0)
  const wanted = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  if (wanted.length > 0 && wanted.every((line) => /^AGE-SECRET-KEY-(PQ-)?1[A-Z0-9]+$/.test(line))) return wanted
  throw new Failure(`${shownPath(file)} is not an age identity file`, {
    hints: [
      'it has lines AGE-SECRET-KEY-1…, as age-keygen writes them; SSH keys, plugins and encrypted ones are not read',
    ],
  })
}

/** @throws Failure for what cannot be encrypted to */
export function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
  try {
    encrypter.addRecipient(recipient)
  } catch {
    // Only what looks like a public key is repeated: it may be the secret one, given by mistake.
    const shown = /^age1[a-z0-9]+$/.test(recipient) ? recipient : 'the given text'
    throw new Failure(`${shown} is not an age recipient that can be encrypted to`, {
      exitCode: exit.invalid,
      hints: ['a recipient is the public key age1… that age-keygen prints; plugins and SSH keys are not supported'],
    })
  }
}

function parseKey(pem: Uint8Array): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength), format: 'pem' })
    return signatureAlgorithmOf(key) === undefined ? undefined : key
  } catch {
    return undefined
  }
}

function requireMatch(privateKey: KeyObject, certificate: Certificate, file: string): void {
  if (createPublicKey(privateKey).equals(certificate.publicKey)) return
  throw new Failure(`the key in ${file} does not belong to ${certificate.subject} (${certificate.fingerprint})`, {
    exitCode: exit.invalid,
    hints: ['name the key file of this root with --root-key'],
  })
}
