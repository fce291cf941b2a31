/**
 * The root key: a file outside of every work tree that an age identity or a passphrase opens. `age -d` or
 * `openssl pkey` opens it too, should this program be lost. Keys from elsewhere are read in all forms that are usual.
 *
 * Keys are held as KeyObjects and in buffers that are zeroed after use. That is a best effort: the age library needs its
 * identities and passphrases as strings, and the garbage collector may have moved what it copied.
 */
import { createPrivateKey, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { exit, Failure, invariant } from '../diagnostics/failure.ts'
import { pemBytes } from '../trust/pem.ts'
import { encryptedPkcs8, IV_BYTES, SALT_BYTES } from '../trust/pkcs8.ts'
import { problemText, readCertificate, type Certificate } from '../trust/read.ts'
import { signatureAlgorithmOf, signingKey, type Signer } from '../trust/signer.ts'
import { decryptAge, encryptAge, isAge, type Openers } from './age-file.ts'
import { readKeyInput, type KeyInput } from './key-input.ts'
import { choosePassphrase, processTerminal, readPassphrase, type Terminal } from './passphrase.ts'
import { checkPrivatePath, shownPath, writePrivateFile } from './private-file.ts'

/** How a new root key is protected: as an age file, or as a key in PEM that OpenSSL reads. */
export const KEY_FORMATS = ['age', 'pkcs8'] as const
export type KeyFormat = (typeof KEY_FORMATS)[number]

/** `${XDG_DATA_HOME:-~/.local/share}/meshwright/<mesh>/<root id>.key.age`, or `.key.pem` */
export function defaultRootKeyFile(
  mesh: string,
  rootId: string,
  env: NodeJS.ProcessEnv = process.env,
  format: KeyFormat = 'age',
): string {
  invariant(
    [mesh, rootId].every((name) => /^[a-z0-9-]+$/.test(name)),
    'names of meshes and roots are DNS labels',
  )
  const configured = env['XDG_DATA_HOME'] ?? ''
  // The XDG base directory specification: a relative path is to be ignored.
  const data = isAbsolute(configured) ? configured : join(homedir(), '.local', 'share')
  return join(data, 'meshwright', mesh, `${rootId}.key.${format === 'age' ? 'age' : 'pem'}`)
}

export interface NewRootKey {
  readonly file: string
  readonly privateKey: KeyObject
  /** Default: age. */
  readonly format?: KeyFormat
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
  const { file, recipients, passphraseFile, format = 'age' } = request
  if (recipients.length > 0 && (passphraseFile !== undefined || format === 'pkcs8')) {
    const message =
      format === 'pkcs8'
        ? 'PKCS#8 knows no recipients, only a passphrase'
        : 'a key file is for recipients or for a passphrase, not for both'
    throw new Failure(message, { exitCode: exit.invalid })
  }
  // Before anybody has to think of a passphrase.
  await checkPrivatePath(file, '--key-out FILE')
  const passphrase =
    recipients.length > 0
      ? undefined
      : await choosePassphrase(shownPath(file), passphraseFile, request.terminal ?? processTerminal())
  const pkcs8 = request.privateKey.export({ type: 'pkcs8', format: 'der' })
  try {
    await writePrivateFile(file, await protectedKey(pkcs8, passphrase, request), '--key-out FILE')
  } finally {
    pkcs8.fill(0)
  }
}

async function protectedKey(pkcs8: Buffer, passphrase: string | undefined, request: NewRootKey): Promise<Buffer> {
  const { recipients, format, scryptWorkFactor } = request
  if (format === 'pkcs8' && passphrase !== undefined) {
    const octets = Buffer.from(passphrase)
    try {
      return encryptedPkcs8(pkcs8, {
        passphrase: octets,
        salt: randomBytes(SALT_BYTES),
        iv: randomBytes(IV_BYTES),
      })
    } finally {
      octets.fill(0)
    }
  }
  const pem = pemBytes('PRIVATE KEY', pkcs8)
  try {
    return await encryptAge(pem, passphrase === undefined ? { recipients } : { passphrase, scryptWorkFactor })
  } finally {
    pem.fill(0)
  }
}

export interface RootKeyRequest extends Openers {
  /** A path, or `-` for standard input. */
  readonly file: string
  /** The root certificate that the key must belong to, PEM. */
  readonly certificate: string
  /** Where `-` reads from; only tests have another one. */
  readonly stdin?: NodeJS.ReadStream
}

/**
 * Opens a root key: an age file, or PEM of PKCS#8, SEC 1 or PKCS#1, encrypted or not. A passphrase is asked for on the
 * terminal when the file needs one and none is named. A key in the clear must be for its owner alone.
 *
 * @throws Failure, with exit code 2 when the key is not the one of the certificate, or lies where none may lie
 */
export async function openRootKey(request: RootKeyRequest): Promise<Signer> {
  const reading = readCertificate(request.certificate)
  if ('problem' in reading) {
    const found = problemText(reading.problem)
    throw new Failure(`the root certificate cannot be read: found ${found}`, { exitCode: exit.invalid })
  }
  const input = await readKeyInput(request.file, request.stdin)
  try {
    const privateKey = await privateKeyOf(input, request)
    requireMatch(privateKey, reading.certificate, input.name)
    return signingKey(privateKey).signer
  } finally {
    input.bytes.fill(0)
  }
}

async function privateKeyOf(input: KeyInput, request: RootKeyRequest): Promise<KeyObject> {
  const { bytes, name } = input
  if (isAge(bytes)) {
    const pem = await decryptAge(bytes, name, request)
    try {
      return parseKey(Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength), name, undefined)
    } finally {
      pem.fill(0)
    }
  }
  if (isEncryptedPem(bytes)) {
    const terminal = request.terminal ?? processTerminal()
    return parseKey(bytes, name, await readPassphrase(name, request.passphraseFile, terminal))
  }
  if (!/-----BEGIN (EC |RSA )?PRIVATE KEY-----/.test(labelsOf(bytes))) {
    throw new Failure(`${name} is neither an age file nor a private key in PEM`, {
      hints: ['a key is read as age file, PKCS#8, SEC 1 (EC PRIVATE KEY) or PKCS#1 (RSA PRIVATE KEY)'],
    })
  }
  if (input.open) {
    throw new Failure(`${name} is a key in the clear that other users can read`, {
      exitCode: exit.invalid,
      hints: [
        'chmod 600 it, and better: encrypt it (age -p -a, or openssl pkcs8 -topk8 -iter 600000) and remove the clear one',
      ],
    })
  }
  return parseKey(bytes, name, undefined)
}

/** The boundaries alone, so that no string holds a key. */
function labelsOf(bytes: Buffer): string {
  const labels: string[] = []
  for (let at = bytes.indexOf('-----BEGIN '); at >= 0; at = bytes.indexOf('-----BEGIN ', at + 1)) {
    const end = bytes.indexOf('-----', at + 11)
    if (end > 0 && end - at < 64) labels.push(bytes.toString('latin1', at, end + 5))
  }
  return labels.join('\n')
}

/** PKCS#8 by its label; the older form of OpenSSL, which step writes too, by its header. */
function isEncryptedPem(bytes: Buffer): boolean {
  return labelsOf(bytes).includes('BEGIN ENCRYPTED PRIVATE KEY') || bytes.includes('Proc-Type: 4,ENCRYPTED')
}

function parseKey(pem: Buffer, name: string, passphrase: string | undefined): KeyObject {
  let key: KeyObject | undefined
  try {
    key = createPrivateKey({ key: pem, format: 'pem', ...(passphrase !== undefined && { passphrase }) })
  } catch {
    // The reason of OpenSSL stays away: it may tell of the key.
  }
  if (key === undefined && passphrase !== undefined) {
    throw new Failure(`${name} cannot be opened with what was given`, { hints: ['is the passphrase right?'] })
  }
  if (key === undefined || signatureAlgorithmOf(key) === undefined) {
    throw new Failure(`${name} holds no P-256, P-384 or RSA key in PEM`)
  }
  return key
}

function requireMatch(privateKey: KeyObject, certificate: Certificate, file: string): void {
  if (createPublicKey(privateKey).equals(certificate.publicKey)) return
  throw new Failure(`the key in ${file} does not belong to ${certificate.subject} (${certificate.fingerprint})`, {
    exitCode: exit.invalid,
    hints: ['name the key file of this root with --root-key'],
  })
}
