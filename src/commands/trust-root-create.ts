import { unlink } from 'node:fs/promises'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { KEY_TYPES } from '../mesh/ca-keys.ts'
import { systemEntropy } from '../shell/entropy.ts'
import { makeRoot } from '../shell/fulfil-trust.ts'
import { defaultRootKeyFile, KEY_FORMATS, writeRootKey } from '../shell/key-store.ts'
import { isInterrupted } from '../shell/transaction.ts'
import { ROOT_VALIDITY_DAYS } from '../trust/profile.ts'
import { readCertificate } from '../trust/read.ts'
import { pathOption } from './inputs.ts'
import { gathered, lockRoot, placeForRoot } from './root-place.ts'

/** A century: beyond it, dates are typing errors. */
const VALIDITY_DAYS_MAX = 36_500

export async function run(invocation: Invocation): Promise<ExitCode> {
  const inputs = await gathered(invocation)
  if (inputs === undefined) return exit.invalid
  const { mesh, lock, at } = inputs
  const id = invocation.positionals[0] ?? mesh.trust.root
  const root = placeForRoot(inputs, id)
  const { world } = invocation
  const keyType = invocation.oneOf('key', KEY_TYPES) ?? 'P-256'
  const validityDays = validityOf(invocation)
  const format = invocation.oneOf('key-format', KEY_FORMATS) ?? 'age'
  const file = pathOption(invocation, 'key-out') ?? defaultRootKeyFile(mesh.name, id, world.env, format)
  const passphraseFile = pathOption(invocation, 'passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  const recipients = invocation.texts('recipient')
  const made = await makeRoot(
    { mesh: mesh.name, organization: mesh.trust.organization, id, state: root.state, keyType, validityDays },
    { entropy: systemEntropy, now: world.now() },
  )
  // The key first: a root in the lock whose key nobody has would be worse than a key without a root.
  await writeRootKey({
    file,
    privateKey: made.privateKey,
    format,
    recipients,
    ...(recipients.length === 0 && passphraseFile !== undefined && { passphraseFile }),
  })
  try {
    await lockRoot(at, mesh, lock, made.locked)
  } catch (error) {
    // A write that is only half done will be finished, and then this is the only key of the root in the lock.
    if (!(await isInterrupted(at.lock))) await unlink(file)
    throw error
  }
  const reading = readCertificate(made.locked.certificate)
  invocation.say(`made root ${id}${'certificate' in reading ? `: ${reading.certificate.fingerprint}` : ''}`)
  invocation.say(`its key, encrypted: ${file}`)
  invocation.say(
    'keep two copies of that file in two places, and what opens it in a third: without it no cluster can be added',
  )
  invocation.say(`commit mesh.lock/roots/${id}.yaml, then: meshwright generate --root-key ${file}`)
  return exit.done
}

function validityOf(invocation: Invocation): number {
  const text = invocation.text('validity')
  if (text === undefined) return ROOT_VALIDITY_DAYS
  const days = /^[1-9]\d{0,4}d$/.test(text) ? Number(text.slice(0, -1)) : 0
  if (days >= 1 && days <= VALIDITY_DAYS_MAX) return days
  throw new Failure(`--validity is ${text}`, {
    exitCode: exit.invalid,
    hints: [`a number of days from 1d to ${VALIDITY_DAYS_MAX}d, such as ${ROOT_VALIDITY_DAYS}d`],
  })
}
