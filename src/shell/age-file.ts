/** age files (C2SP age.md): to recipients, or under a passphrase. */
import { exit, Failure } from '../diagnostics/failure.ts'
import { processTerminal, readPassphrase, type Terminal } from './passphrase.ts'
import { readSecretFile, shownPath } from './private-file.ts'

const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'
const BINARY = 'age-encryption.org/v1\n'
/** The default of age: about a second for each guess. */
const SCRYPT_WORK_FACTOR = 18

export type AgeProtection =
  /** Public keys of age (`age1…`): each of their owners can open the file. */
  | { readonly recipients: readonly string[] }
  | {
      readonly passphrase: string
      /** Logarithm of the cost of one guess; only tests take less than the default. */
      readonly scryptWorkFactor?: number | undefined
    }

/** An armored age file. */
export async function encryptAge(plain: Uint8Array, protection: AgeProtection): Promise<Buffer> {
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  if ('recipients' in protection) {
    for (const recipient of protection.recipients) addRecipient(encrypter, recipient)
  } else {
    encrypter.setPassphrase(protection.passphrase)
    encrypter.setScryptWorkFactor(protection.scryptWorkFactor ?? SCRYPT_WORK_FACTOR)
  }
  return Buffer.from(armor.encode(await encrypter.encrypt(plain)))
}

/** What opens a key. */
export interface Openers {
  /** File with age identities (`AGE-SECRET-KEY-1…`). */
  readonly identityFile?: string
  readonly passphraseFile?: string
  readonly terminal?: Terminal
}

/** Whether it looks like an age file, armored or not. */
export function isAge(bytes: Buffer): boolean {
  const text = bytes.toString('latin1', 0, 256).trimStart()
  return text.startsWith(BINARY) || text.startsWith(ARMOR)
}

/**
 * Decrypts an age file, armored or not.
 *
 * @param name what it is called in messages
 */
export async function decryptAge(bytes: Buffer, name: string, openers: Openers): Promise<Uint8Array> {
  const { Decrypter } = await import('age-encryption')
  const ageFile = await dearmored(bytes, name)
  const decrypter = new Decrypter()
  if (isForPassphrase(ageFile)) {
    if (openers.passphraseFile === undefined && openers.identityFile !== undefined) {
      throw new Failure(`${name} is encrypted with a passphrase, not to an identity`, {
        hints: ['give --passphrase-file FILE instead of --identity'],
      })
    }
    const terminal = openers.terminal ?? processTerminal()
    decrypter.addPassphrase(await readPassphrase(name, openers.passphraseFile, terminal))
  } else {
    if (openers.identityFile === undefined) {
      throw new Failure(`${name} is encrypted to age recipients`, {
        hints: ['give --identity FILE with the age identity of one of them'],
      })
    }
    for (const identity of await readIdentities(openers.identityFile)) decrypter.addIdentity(identity)
  }
  try {
    return await decrypter.decrypt(ageFile)
  } catch {
    // The library's reason stays away: all that matters is that this secret does not open this file.
    throw new Failure(`${name} cannot be opened with what was given`, {
      hints: [isForPassphrase(ageFile) ? 'is the passphrase right?' : 'is it the identity of one of the recipients?'],
    })
  }
}

async function dearmored(bytes: Buffer, name: string): Promise<Buffer> {
  const text = bytes.toString('latin1').trimStart()
  if (!text.startsWith(ARMOR)) return bytes
  const { armor } = await import('age-encryption')
  try {
    return Buffer.from(armor.decode(text))
  } catch {
    throw new Failure(`${name} is a damaged age file`)
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
function addRecipient(encrypter: { addRecipient(recipient: string): void }, recipient: string): void {
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
