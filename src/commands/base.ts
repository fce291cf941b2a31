/** Whether the lock is one stage of trust away from that of a commit. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { Failure } from '../diagnostics/failure.ts'
import { emptyLock, type Lock } from '../lock/lock.ts'
import type { Mesh } from '../mesh/mesh.ts'
import { baseDiagnostics } from '../plan/base-diagnostics.ts'
import { baseLock, headOrNone } from '../shell/git/base-lock.ts'
import { openRepository, type Repository } from '../shell/git/repository.ts'
import { repositoryRoot } from '../shell/repository-root.ts'
import type { Places } from '../shell/workspace.ts'

/**
 * @param lock as it is, or will be, at hand
 * @param revision what the user calls the commit; absent: HEAD, where there is one
 */
export async function judgeBase(
  at: Places,
  mesh: Mesh,
  lock: Lock,
  revision: string | undefined,
): Promise<readonly Diagnostic[]> {
  if (revision !== undefined) {
    const repository = await openRepository(at.root)
    return heldAgainst(repository, await repository.commitAt(revision), revision, mesh, lock)
  }
  if (repositoryRoot(at.root) === undefined) return []
  try {
    const repository = await openRepository(at.root)
    const head = await headOrNone(repository)
    return head === undefined ? [] : await heldAgainst(repository, head, 'HEAD', mesh, lock)
  } catch (error) {
    // Nobody named a commit, so that this is no reason to stop; publish is one more judge.
    if (error instanceof Failure) return [diagnose('MESH-W825', { base: 'HEAD', reason: error.message })]
    throw error
  }
}

async function heldAgainst(
  repository: Repository,
  commit: string,
  label: string,
  mesh: Mesh,
  lock: Lock,
): Promise<readonly Diagnostic[]> {
  const base = await baseLock(repository, commit, mesh.name)
  // Clusters that were taken over since live all the same.
  if (base.kind === 'none') return baseDiagnostics(mesh, label, emptyLock, lock)
  if (base.kind === 'unreadable') return [diagnose('MESH-W825', { base: label, reason: base.reason })]
  return baseDiagnostics(mesh, label, base.lock, lock)
}
