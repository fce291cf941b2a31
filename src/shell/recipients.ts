/** Armored age files (C2SP age.md) for recipients. */
import { encryptAge, readIdentities } from './age-file.ts'

/** @returns the armored file, which ends with a line feed */
export async function encryptFor(recipients: readonly string[], plain: Uint8Array): Promise<Buffer> {
  const file = await encryptAge(plain, { recipients })
  return Buffer.from(`${file.toString('latin1').trimEnd()}\n`)
}

/**
 * What the first file that opens has in it, for the caller to wipe; undefined when none opens.
 *
 * @param identityFile file with age identities
 */
export async function decryptWith(identityFile: string, files: readonly string[]): Promise<Uint8Array | undefined> {
  const { armor, Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  for (const identity of await readIdentities(identityFile)) decrypter.addIdentity(identity)
  for (const file of files) {
    try {
      return await decrypter.decrypt(armor.decode(file))
    } catch {
      // It is for somebody else.
    }
  }
  return undefined
}
