/** Carries out the tasks of a plan that need a key: the only step between plan and render with an effect. */
import { exit, Failure, invariant, KeyMissing } from '../diagnostics/failure.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { messageOf } from '../diagnostics/report.ts'
import type { Lock } from '../lock/lock.ts'
import type { Plan } from '../plan/plan.ts'
import { formerAfter } from '../trust/former.ts'
import type { BundleTask, CrlTask, IssueTask, RewrapTask } from '../trust/task.ts'
import type { Signer } from '../trust/signer.ts'
import { inParallel, type Progress } from './parallel.ts'

/** Files that open the root key; nothing here is a key itself. */
export interface KeyFiles {
  readonly rootKey?: string
  readonly identityFile?: string
  readonly passphraseFile?: string
  /** Folder for the files that are put into stores. */
  readonly storeFolder?: string
  /** Command line of a program that signs in place of a key. */
  readonly signer?: string
}

export interface Fulfilled {
  /** With every task of the plan done. */
  readonly lock: Lock
  /** Warnings of what was issued. */
  readonly diagnostics: readonly Diagnostic[]
  /** Encrypted files that are to be put into the stores of clusters, by name. */
  readonly stored: ReadonlyMap<string, Uint8Array>
}

/** Opens the root key once, and only when something is to be issued. */
export async function fulfil(plan: Plan, keys: KeyFiles, now: Date, progress?: Progress): Promise<Fulfilled> {
  const issued = await issueAll(plan, keys, now, progress)
  const rewrapped = await rewrapAll(plan, issued.lock, keys.identityFile)
  return { ...issued, lock: await sealCrls(plan, await sealBundles(plan, rewrapped)) }
}

async function issueAll(
  { mesh, lock, tasks }: Plan,
  keys: KeyFiles,
  now: Date,
  progress?: Progress,
): Promise<Fulfilled> {
  const issues = tasks.filter((task): task is IssueTask => task.kind === 'issue-intermediate')
  const [first] = issues
  if (first === undefined) return { lock, diagnostics: [], stored: new Map() }
  invariant(
    issues.every((task) => task.root.id === first.root.id),
    'one root signs',
  )
  const { defaultRootKeyFile, openRootKey } = await import('./key-store.ts')
  const { rootKey: file, signer, ...others } = keys
  if (file === undefined && signer === undefined) {
    const clusters = issues.map((task) => task.cluster).join(', ')
    throw new KeyMissing(
      `an intermediate must be issued for ${clusters}, which needs the key of root ${first.root.id}; nothing was written`,
      {
        hints: [
          'whoever keeps that key runs: meshwright generate --root-key FILE, and commits what it writes',
          lock.roots.get(first.root.id)?.crl === undefined
            ? `root ${first.root.id} was made elsewhere: its key is where it was made`
            : `trust root create wrote it to ${defaultRootKeyFile(mesh.name, first.root.id)}, unless it was told otherwise`,
        ],
      },
    )
  }
  requireStoreFolder(issues, keys)
  const { issueAndSeal } = await import('./fulfil-trust.ts')
  const { systemEntropy } = await import('./entropy.ts')
  const { certificate } = first.root
  const root =
    file === undefined ? await signerOf(signer ?? '', certificate) : await openRootKey({ file, ...others, certificate })
  const clusters = new Map(lock.clusters)
  const diagnostics: Diagnostic[] = []
  const stored = new Map<string, Uint8Array>()
  const store = (name: string, bytes: Uint8Array): void => void stored.set(name, bytes)
  const ports = { root, entropy: systemEntropy, now, store }
  const all = await inParallel(issues, (task) => issueAndSeal(task, ports), progress)
  for (const [task, issued] of all) {
    if (!issued.ok) {
      const reasons = issued.diagnostics.map((d) => messageOf(d)).join('; ')
      throw new Failure(`no intermediate for ${task.cluster}: ${reasons}; nothing was written`, {
        exitCode: exit.invalid,
      })
    }
    const former = formerAfter(clusters.get(task.cluster), now)
    clusters.set(task.cluster, { ...issued.value, ...(former.length > 0 && { former }) })
    diagnostics.push(...issued.diagnostics)
  }
  return { lock: { ...lock, clusters }, diagnostics, stored }
}

/** Told before anything is made: a key that nobody can be given would be lost. */
function requireStoreFolder(issues: readonly IssueTask[], { storeFolder }: KeyFiles): void {
  const clusters = issues.flatMap(({ cluster, sealing }) => (sealing.backend === 'external-secrets' ? [cluster] : []))
  if (clusters.length === 0 || storeFolder !== undefined) return
  throw new KeyMissing(`the key of ${clusters.join(', ')} goes into a store, by a file; nothing was written`, {
    hints: ['name a folder outside of every repository for it: meshwright generate --store-files DIR'],
  })
}

async function rewrapAll({ tasks }: Plan, lock: Lock, identityFile: string | undefined): Promise<Lock> {
  const wanted = tasks.filter((task): task is RewrapTask => task.kind === 'rewrap-key')
  if (wanted.length === 0) return lock
  if (identityFile === undefined) {
    const names = wanted.map(({ cluster }) => cluster).join(', ')
    throw new KeyMissing(`the key of ${names} is to be encrypted for other recipients; nothing was written`, {
      hints: [
        'whoever is a recipient now runs: meshwright generate --identity FILE, and commits what it writes',
        'without any of their identities: a new key, by the next trust.generation',
      ],
    })
  }
  const { rewrap } = await import('./seal.ts')
  const clusters = new Map(lock.clusters)
  for (const task of wanted) {
    const locked = clusters.get(task.cluster)
    invariant(locked?.sealed.backend === 'sops', `the key of ${task.cluster} is encrypted by SOPS`)
    clusters.set(task.cluster, { ...locked, sealed: await rewrap(locked.sealed, task.recipients, identityFile) })
  }
  return { ...lock, clusters }
}

async function signerOf(command: string, certificate: string): Promise<Signer> {
  const { commandWords, externalSigner } = await import('./external-signer.ts')
  return externalSigner({ command: commandWords(command), certificate })
}

async function sealBundles({ tasks }: Plan, lock: Lock): Promise<Lock> {
  const bundles = tasks.filter((task): task is BundleTask => task.kind === 'seal-bundle')
  if (bundles.length === 0) return lock
  const { sealBundle } = await import('./fulfil-trust.ts')
  const { systemEntropy } = await import('./entropy.ts')
  const clusters = new Map(lock.clusters)
  for (const task of bundles) {
    const locked = clusters.get(task.cluster)
    invariant(locked !== undefined, `${task.cluster} has something sealed`)
    clusters.set(task.cluster, sealBundle(task, locked, systemEntropy))
  }
  return { ...lock, clusters }
}

/** Last, since what was issued a moment ago has a CRL too. */
async function sealCrls({ tasks }: Plan, lock: Lock): Promise<Lock> {
  const due = tasks.filter((task): task is CrlTask => task.kind === 'seal-crls')
  if (due.length === 0) return lock
  const { sealCrl } = await import('./fulfil-trust.ts')
  const { systemEntropy } = await import('./entropy.ts')
  const { crlFile } = await import('../trust/crl-file.ts')
  const text = crlFile(lock)
  const clusters = new Map(lock.clusters)
  for (const task of due) {
    const locked = clusters.get(task.cluster)
    invariant(locked !== undefined, `${task.cluster} has its CRLs sealed`)
    clusters.set(task.cluster, sealCrl(task, text, locked, systemEntropy))
  }
  return { ...lock, clusters }
}
