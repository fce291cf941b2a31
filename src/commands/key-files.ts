import type { Invocation } from '../invocation.ts'
import type { KeyFiles } from '../shell/fulfil.ts'
import { pathOption, rootKeyOption } from './inputs.ts'

/** The files that open a root key, by options or by the environment. */
export function keyFiles(invocation: Invocation): KeyFiles {
  const rootKey = rootKeyOption(invocation)
  const identityFile = pathOption(invocation, 'identity', 'MESHWRIGHT_IDENTITY')
  const passphraseFile = pathOption(invocation, 'passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  return {
    ...(rootKey !== undefined && { rootKey }),
    ...(identityFile !== undefined && { identityFile }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  }
}
