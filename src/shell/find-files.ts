/** Finds and reads what the patterns of an intent ask for. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Failure } from '../diagnostics/failure.ts'
import { shortest } from '../intent/glob.ts'
import { judgeFound, type Candidate, type Search } from '../intent/search.ts'
import { LOCK_FOLDER } from '../lock/read.ts'
import { isGenerated } from '../tree/ownership.ts'
import type { Sources } from './sources.ts'

export interface FoundFiles {
  readonly found: ReadonlyMap<Search, readonly string[]>
  /** Bytes by path, sorted; nothing where there are diagnostics. */
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly diagnostics: readonly Diagnostic[]
}

/** The mesh file itself, the lock and what we have generated are never found. */
export async function findFiles(sources: Sources, searches: readonly Search[], meshFile: string): Promise<FoundFiles> {
  if (searches.length === 0) return { found: new Map(), files: new Map(), diagnostics: [] }
  const above = await sources.above()
  const candidates = new Map<Search, readonly Candidate[]>()
  for (const search of searches) {
    const found = (await sources.find(search.glob)).map((c) => ({ ...c, path: shortest(c.path, above) }))
    candidates.set(
      search,
      found.filter(({ path }) => path !== meshFile && !isOurs(path)),
    )
  }
  const diagnostics = judgeFound(candidates)
  if (diagnostics.length > 0) return { found: new Map(), files: new Map(), diagnostics }

  const paths = [...new Set([...candidates.values()].flat().map(({ path }) => path))].sort()
  const bytes = await sources.read(paths)
  const gone = paths.find((path) => !bytes.has(path))
  if (gone !== undefined) throw new Failure(`${gone} was there, and then was not`, { hints: ['try again'] })
  const files = new Map([...bytes].filter(([, content]) => !isGenerated(content)).sort(([a], [b]) => (a < b ? -1 : 1)))
  const found = [...candidates].map(
    ([search, list]) => [search, list.map(({ path }) => path).filter((path) => files.has(path))] as const,
  )
  return { found: new Map(found), files, diagnostics: [] }
}

function isOurs(path: string): boolean {
  return path.split('/').includes(LOCK_FOLDER) || path.startsWith('output/')
}
