/** Randomness and new keys: an interface, so that a test can bring its own. */
import { generateKeyPair, randomBytes, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export interface Entropy {
  randomBytes(size: number): Buffer
  /** A new private key for a CA, P-256. */
  generateSigningKey(): Promise<KeyObject>
}

export const systemEntropy: Entropy = {
  randomBytes: (size) => randomBytes(size),
  async generateSigningKey() {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
    return privateKey
  },
}
