import type { Invocation } from '../invocation.ts'
import type { KeyFiles } from '../shell/fulfil.ts'
import { pathOption, rootKeyOption } from './inputs.ts'

/** The files that open a root key, by options or by the environment. */
export function keyFiles(invocation: Invocation): KeyFiles {
  const signer = invocation.text('signer') ?? invocation.world.env['MESHWRIGHT_SIGNER']
  // What is said on the command line goes before what the environment says.
  const rootKey = invocation.has('signer') ? undefined : rootKeyOption(invocation)
  const identityFile = pathOption(invocation, 'identity', 'MESHWRIGHT_IDENTITY')
  const passphraseFile = pathOption(invocation, 'passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  const storeFolder = pathOption(invocation, 'store-files')
  return {
    ...(rootKey !== undefined && { rootKey }),
    ...(rootKey === undefined && signer !== undefined && signer !== '' && { signer }),
    ...(storeFolder !== undefined && { storeFolder }),
    ...(identityFile !== undefined && { identityFile }),
    ...(passphraseFile !== undefined && { passphraseFile }),
  }
}
