import { unlink } from 'node:fs/promises'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { lockTree } from '../lock/write.ts'
import { systemEntropy } from '../shell/entropy.ts'
import { makeRoot } from '../shell/fulfil-trust.ts'
import { defaultRootKeyFile, writeRootKey } from '../shell/key-store.ts'
import { isInterrupted, writeAll } from '../shell/transaction.ts'
import { readCertificate } from '../trust/read.ts'
import { pathOption, places, settleInputs } from './inputs.ts'
import { errorsOf, report, seenFrom } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = await places(invocation)
  const { checked, texts } = await settleInputs(invocation, at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  if (!checked.ok) return exit.invalid
  const { mesh, lock } = checked.value
  const id = invocation.positionals[0] ?? mesh.trust.root
  const root = mesh.trust.roots.find((r) => r.id === id)
  if (root === undefined) {
    throw new Failure(`the intent names no root ${id}`, {
      exitCode: exit.invalid,
      hints: [`add { id: ${id}, state: trusted } to trust.roots in the mesh file`],
    })
  }
  if (lock.roots.has(id)) {
    throw new Failure(`root ${id} is in the lock already`, {
      exitCode: exit.invalid,
      hints: ['a root is made once; meshwright trust root show tells which it is'],
    })
  }
  const signed = [...lock.clusters.values()].map((c) => `${c.name} (${c.root})`)
  if (signed.length > 0 && root.state !== 'trusted') {
    throw new Failure(`clusters are signed already: ${signed.sort().join(', ')}`, {
      exitCode: exit.invalid,
      hints: [
        `a root that signs before everybody trusts it cuts clusters off: { id: ${id}, state: trusted } first`,
        'if the file of their root is missing in mesh.lock/roots, put it back as it is in Git',
      ],
    })
  }
  const { world } = invocation
  const file = pathOption(invocation, 'key-out') ?? defaultRootKeyFile(mesh.name, id, world.env)
  const passphraseFile = pathOption(invocation, 'passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  const recipients = invocation.texts('recipient')
  const made = await makeRoot(
    { mesh: mesh.name, organization: mesh.trust.organization, id, state: root.state },
    { entropy: systemEntropy, now: world.now() },
  )
  // The key first: a root in the lock whose key nobody has would be worse than a key without a root.
  await writeRootKey({
    file,
    privateKey: made.privateKey,
    recipients,
    ...(recipients.length === 0 && passphraseFile !== undefined && { passphraseFile }),
  })
  try {
    const path = `roots/${id}.yaml`
    const tree = lockTree({ ...lock, roots: new Map([...lock.roots, [id, made.locked]]) }, mesh.name)
    await writeAll(at.lock, [
      { folder: at.lock, put: new Map([[path, tree.get(path) ?? '']]), remove: [], durable: true },
    ])
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
