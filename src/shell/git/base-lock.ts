/** The lock as a commit has it, as far as it is about trust. */
import { Failure } from '../../diagnostics/failure.ts'
import { messageOf } from '../../diagnostics/report.ts'
import type { Lock } from '../../lock/lock.ts'
import { LOCK_FOLDER, readLock } from '../../lock/read.ts'
import type { Repository } from './repository.ts'

/** `none`: the commit has no lock, so that there is nothing to go on from. */
export type BaseLock =
  | { readonly kind: 'lock'; readonly lock: Lock }
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/** @param commit in full */
export async function baseLock(repository: Repository, commit: string, mesh: string): Promise<BaseLock> {
  const folders = ['roots', 'clusters'].map((name) => `${LOCK_FOLDER}/${name}`)
  const files = await repository.filesAt(commit, folders)
  if (files.size === 0) return { kind: 'none' }
  const texts = [...files].map(([path, bytes]): [string, string] => {
    return [path.slice(LOCK_FOLDER.length + 1), Buffer.from(bytes).toString('utf8')]
  })
  const read = readLock(new Map(texts), mesh)
  if (read.ok) return { kind: 'lock', lock: read.value }
  const [first] = read.diagnostics
  return { kind: 'unreadable', reason: first === undefined ? 'its lock is damaged' : messageOf(first) }
}

/** HEAD of the repository; undefined before the first commit. */
export async function headOrNone(repository: Repository): Promise<string | undefined> {
  try {
    return await repository.head()
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
