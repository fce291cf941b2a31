import { unlink } from 'node:fs/promises'
import { resolve } from 'node:path'
import { exit, Failure, type ExitCode } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { lockTree } from '../lock/write.ts'
import { systemEntropy } from '../shell/entropy.ts'
import { makeRoot } from '../shell/fulfil-trust.ts'
import { defaultRootKeyFile, writeRootKey } from '../shell/key-store.ts'
import { workTreeSources } from '../shell/sources.ts'
import { recover, writeAll } from '../shell/transaction.ts'
import { gather } from '../shell/workspace.ts'
import { readCertificate } from '../trust/read.ts'
import { places, report } from './report.ts'

export async function run(invocation: Invocation): Promise<ExitCode> {
  const at = places(invocation)
  await recover(at.lock, [at.output])
  const { checked, texts } = await gather(workTreeSources(at.root), at.meshFile)
  report(
    invocation,
    checked.diagnostics.filter((d) => d.severity === 'error'),
    texts,
  )
  if (!checked.ok) return exit.invalid
  const { mesh, lock } = checked.value
  const id = invocation.positionals[0] ?? mesh.trust.root
  if (id !== mesh.trust.root) {
    throw new Failure(`the intent names root ${mesh.trust.root}, not ${id}`, {
      exitCode: exit.invalid,
      hints: ['trust.roots in the mesh file names the roots'],
    })
  }
  if (lock.roots.has(id)) {
    throw new Failure(`root ${id} is in the lock already`, {
      exitCode: exit.invalid,
      hints: ['a root is made once; meshwright trust root show tells which it is'],
    })
  }
  const { world } = invocation
  const file = resolve(world.cwd, invocation.text('key-out') ?? defaultRootKeyFile(mesh.name, id, world.env))
  const passphraseFile = invocation.textOr('passphrase-file', 'MESHWRIGHT_PASSPHRASE_FILE')
  const recipients = invocation.texts('recipient')
  const made = await makeRoot(
    { mesh: mesh.name, organization: mesh.trust.organization, id },
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
    await unlink(file)
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
