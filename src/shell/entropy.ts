/** Randomness and new keys: an interface, so that a test can bring its own. */
import { generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyType } from '../mesh/ca-keys.ts'

export interface Entropy {
  randomBytes(size: number): Buffer
  /** A new private key for a CA. Made on the thread pool: an RSA key takes up to some seconds. */
  generateSigningKey(type: KeyType): Promise<KeyObject>
}

export const systemEntropy: Entropy = {
  randomBytes: (size) => randomBytes(size),
  async generateSigningKey(type) {
    const make = promisify(generateKeyPair)
    const { privateKey } =
      type === 'P-256' || type === 'P-384'
        ? await make('ec', { namedCurve: type })
        : await make('rsa', { modulusLength: type === 'RSA-3072' ? 3072 : 4096 })
    return privateKey
  },
}
