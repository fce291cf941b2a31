import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isHidden } from '../intent/glob.ts'
import { isGenerated } from '../tree/ownership.ts'
import { listFolder } from './folder.ts'

/**
 * A file, or the YAML and JSON files of a folder, by absolute path, sorted; links, hidden names and what we have generated are
 * passed over.
 */
export async function readManifests(path: string): Promise<ReadonlyMap<string, Uint8Array>> {
  if (!(await stat(path)).isDirectory()) return new Map([[path, await readFile(path)]])
  const files = (await listFolder(path)).filter(
    (found) => found.kind === 'file' && /\.(ya?ml|json)$/.test(found.path) && !found.path.split('/').some(isHidden),
  )
  const read = new Map<string, Uint8Array>()
  for (const { path: inner } of files.sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const bytes = await readFile(join(path, inner))
    if (!isGenerated(bytes)) read.set(join(path, inner), bytes)
  }
  return read
}
