/** The files that are put into stores: written before the lock that counts on them, and taken away again with it. */
import { unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { invariant } from '../diagnostics/failure.ts'
import type { Invocation } from '../invocation.ts'
import { entryName } from '../mesh/sealing.ts'
import type { Plan } from '../plan/plan.ts'
import { writePrivateFile } from '../shell/private-file.ts'
import { isInterrupted } from '../shell/transaction.ts'
import type { Places } from '../shell/workspace.ts'
import { storeFileName } from '../trust/seal/external-secrets.ts'

/** @returns the paths of the files */
export async function writeStoreFiles(
  stored: ReadonlyMap<string, Uint8Array>,
  folder: string | undefined,
  writeLock: () => Promise<void>,
  at: Places,
): Promise<readonly string[]> {
  const written: string[] = []
  try {
    for (const [name, bytes] of stored) {
      invariant(folder !== undefined, 'there is a folder for the files of stores')
      await writePrivateFile(join(folder, name), bytes, '--store-files FOLDER')
      written.push(join(folder, name))
    }
    await writeLock()
    return written
  } catch (error) {
    // A write that is only half done will be finished, and then these are the only keys of what is in the lock.
    if (!(await isInterrupted(at.lock))) await Promise.all(written.map((file) => unlink(file)))
    throw error
  }
}

export function tellStoreFiles(invocation: Invocation, { mesh, tasks }: Plan, files: readonly string[]): void {
  for (const task of tasks) {
    if (task.kind !== 'issue-intermediate' || task.sealing.backend !== 'external-secrets') continue
    const { sealing } = mesh.clusters.find(({ name }) => name === task.cluster) ?? {}
    if (sealing?.backend !== 'external-secrets') continue
    const name = storeFileName(mesh.name, task.cluster, task.generation)
    const file = files.find((path) => path.endsWith(name)) ?? name
    const entry = `${sealing.store.prefix}${entryName(mesh.name, task.cluster, task.generation)}`
    invocation.say(
      `put it into the store ${sealing.store.name} before you commit, as ${entry}: age -d -i IDENTITY ${file}`,
    )
  }
}
