/** What the commands of `trust crl` have in common: a root of the lock in, its next CRL out. */
import { exit, Failure, KeyMissing } from '../diagnostics/failure.ts'
import { messageOf } from '../diagnostics/report.ts'
import type { Checked } from '../diagnostics/diagnostic.ts'
import type { Invocation } from '../invocation.ts'
import type { Lock, LockedRoot } from '../lock/lock.ts'
import { lockTree } from '../lock/write.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { commandWords, externalSigner } from '../shell/external-signer.ts'
import { defaultRootKeyFile, openRootKey } from '../shell/key-store.ts'
import { writeAll } from '../shell/transaction.ts'
import type { Places } from '../shell/workspace.ts'
import { readCrl } from '../trust/crl.ts'
import { day } from '../trust/days.ts'
import { nextCrl, type CrlRequest } from '../trust/revoke.ts'
import { places, settleInputs } from './inputs.ts'
import { keyFiles } from './key-files.ts'
import { errorsOf, report, seenFrom } from './report.ts'
import { refuseSecrets } from './secrets.ts'

export interface Subject {
  readonly at: Places
  readonly mesh: Mesh
  readonly lock: Lock
}

/** Undefined where the inputs cannot be read, which is told. */
export async function crlSubject(invocation: Invocation): Promise<Subject | undefined> {
  const at = await places(invocation)
  const { checked, texts } = await settleInputs(invocation, at)
  report(invocation, errorsOf(seenFrom(invocation, at.root, { diagnostics: checked.diagnostics, texts })))
  return checked.ok ? { at, ...checked.value } : undefined
}

export function lockedRoot({ lock }: Subject, id: string): LockedRoot {
  const root = lock.roots.get(id)
  if (root !== undefined) return root
  const known = [...lock.roots.keys()].sort().join(', ') || 'none'
  throw new Failure(`root ${id} is not in the lock`, { exitCode: exit.invalid, hints: [`roots of the lock: ${known}`] })
}

/** Opens the root's key, signs and writes. */
export async function signCrl(
  invocation: Invocation,
  subject: Subject,
  root: LockedRoot,
  revoke?: CrlRequest['revoke'],
): Promise<void> {
  const { rootKey: file, signer: command, ...others } = keyFiles(invocation)
  if (file === undefined && command === undefined) {
    throw new KeyMissing(`a CRL must be signed with the key of root ${root.id}; nothing was written`, {
      hints: [
        `name it with --root-key FILE; trust root create wrote it to ${defaultRootKeyFile(subject.mesh.name, root.id)}, unless it was told otherwise`,
        `if the key is not yours to use, let its keeper sign a CRL, then: meshwright trust crl import ${root.id} FILE`,
      ],
    })
  }
  const { certificate } = root
  const signer =
    file === undefined
      ? externalSigner({ command: commandWords(command ?? ''), certificate })
      : await openRootKey({ file, ...others, certificate })
  const now = invocation.world.now()
  await writeCrl(invocation, subject, root, nextCrl({ root, signer, now, ...(revoke && { revoke }) }))
}

export async function writeCrl(
  invocation: Invocation,
  { at, mesh, lock }: Subject,
  root: LockedRoot,
  made: Checked<string>,
): Promise<void> {
  if (!made.ok) {
    const reasons = made.diagnostics.map((d) => messageOf(d)).join('; ')
    throw new Failure(`no CRL of root ${root.id}: ${reasons}; nothing was written`, { exitCode: exit.invalid })
  }
  const path = `roots/${root.id}.yaml`
  const next = { ...lock, roots: new Map([...lock.roots, [root.id, { ...root, crl: made.value }]]) }
  const put = new Map([[path, lockTree(next, mesh.name).get(path) ?? '']])
  refuseSecrets(put)
  await writeAll(at.lock, [{ folder: at.lock, put, remove: [], durable: true }])
  const crl = readCrl(made.value)
  if (crl === undefined) return
  const revoked = crl.revoked.length === 0 ? 'nothing' : String(crl.revoked.length)
  invocation.say(
    `CRL ${crl.number} of root ${root.id}: until ${day(crl.nextUpdate)}, it revokes ${revoked}; written to mesh.lock/${path}`,
  )
}

/** What has to happen before a CRL is worth anything. */
export function sayWhatFollows(invocation: Invocation, { mesh }: Subject, steps: readonly string[] = []): void {
  const unserved = mesh.clusters.filter(({ sealing }) => sealing.backend !== 'sealed-secrets')
  const generate = `meshwright generate${steps.length > 0 ? ' --root-key FILE' : ''}, commit and publish`
  const enable = mesh.trust.crl.enabled ? [] : ['write trust.crl.enabled: true into the mesh file; it stays for good']
  const all =
    unserved.length > 0
      ? [
          ...steps,
          `nobody is told of it yet: CRLs are not shipped where ${unserved.map(({ name }) => name).join(', ')} get their keys by other means than the sealed-secrets controller; only a new root undoes what is lost: meshwright trust rotate root`,
        ]
      : [...steps, ...enable, `${generate}: every cluster gets the new ca-crl.pem`]
  for (const step of all) invocation.say(`next: ${step}`)
}
