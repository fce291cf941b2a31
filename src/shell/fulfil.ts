/** Carries out the tasks of a plan that need a key: the only step between plan and render with an effect. */
import { exit, Failure, invariant, KeyMissing } from '../diagnostics/failure.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { messageOf } from '../diagnostics/report.ts'
import type { Lock } from '../lock/lock.ts'
import type { Plan } from '../plan/plan.ts'
import type { Signer } from '../trust/signer.ts'
import type { BundleTask, IssueTask } from '../trust/task.ts'
import { inParallel, type Progress } from './parallel.ts'

/** Files that open the root key; nothing here is a key itself. */
export interface KeyFiles {
  readonly rootKey?: string
  readonly identityFile?: string
  readonly passphraseFile?: string
  /** Command line of a program that signs in place of a key. */
  readonly signer?: string
}

export interface Fulfilled {
  /** With every task of the plan done. */
  readonly lock: Lock
  /** Warnings of what was issued. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Opens the root key once, and only when something is to be issued. */
export async function fulfil(plan: Plan, keys: KeyFiles, now: Date, progress?: Progress): Promise<Fulfilled> {
  const issued = await issueAll(plan, keys, now, progress)
  return { ...issued, lock: await sealBundles(plan, issued.lock) }
}

async function issueAll(
  { mesh, lock, tasks }: Plan,
  keys: KeyFiles,
  now: Date,
  progress?: Progress,
): Promise<Fulfilled> {
  const issues = tasks.filter((task): task is IssueTask => task.kind === 'issue-intermediate')
  const [first] = issues
  if (first === undefined) return { lock, diagnostics: [] }
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
  const { issueAndSeal } = await import('./fulfil-trust.ts')
  const { systemEntropy } = await import('./entropy.ts')
  const { certificate } = first.root
  const root =
    file === undefined ? await signerOf(signer ?? '', certificate) : await openRootKey({ file, ...others, certificate })
  const clusters = new Map(lock.clusters)
  const diagnostics: Diagnostic[] = []
  const ports = { root, entropy: systemEntropy, now }
  const all = await inParallel(issues, (task) => issueAndSeal(task, ports), progress)
  for (const [task, issued] of all) {
    if (!issued.ok) {
      const reasons = issued.diagnostics.map((d) => messageOf(d)).join('; ')
      throw new Failure(`no intermediate for ${task.cluster}: ${reasons}; nothing was written`, {
        exitCode: exit.invalid,
      })
    }
    clusters.set(task.cluster, issued.value)
    diagnostics.push(...issued.diagnostics)
  }
  return { lock: { ...lock, clusters }, diagnostics }
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
