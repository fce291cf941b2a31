/** The inputs as they are in a commit. */
import type { Sources } from '../sources.ts'
import { listEntries } from './objects.ts'
import type { Repository } from './repository.ts'

/** How many paths one call of git gets, so that its command line stays below every system's limit. */
const PATHS_AT_ONCE = 200

export function commitSources(repository: Repository, commit: string): Sources {
  const { git } = repository
  const above = repository.prefix.split('/').filter((name) => name !== '')
  return {
    read: async (paths) => {
      const found = new Map<string, Uint8Array>()
      for (const some of portions(paths)) {
        const wanted = new Set(some)
        // A folder of that name is no file, and what lies in it was not asked for.
        for (const [path, bytes] of await repository.filesAt(commit, some)) if (wanted.has(path)) found.set(path, bytes)
      }
      return found
    },
    readAll: async (folder) => {
      const files = await repository.filesAt(commit, [folder])
      return new Map([...files].map(([path, bytes]) => [path.slice(folder.length + 1), bytes]))
    },
    find: async (glob) => {
      const ups = '../'.repeat(glob.up)
      const parents = above.slice(0, above.length - glob.up)
      const names = glob.base
        .split('/')
        .slice(glob.up)
        .filter((name) => name !== '')
      const fromRoot = (count: number): string => [...parents, ...names.slice(0, count)].join('/')
      const asAsked = (path: string): string =>
        ups + path.slice(parents.join('/').length + (parents.length > 0 ? 1 : 0))
      const folders = names.map((_, i) => fromRoot(i + 1))
      const onTheWay = folders.length === 0 ? [] : await listEntries(git, commit, folders, { recursive: false })
      const link = onTheWay.find(({ kind }) => kind === 'symbolic link')
      if (link !== undefined) return [{ path: asAsked(link.path), kind: 'symbolic link', bytes: 0 }]
      const folder = fromRoot(names.length)
      const entries = await listEntries(git, commit, folder === '' ? [] : [folder], { recursive: true })
      return entries
        .flatMap(({ path, kind, bytes }) => (kind === 'other' ? [] : [{ path: asAsked(path), kind, bytes }]))
        .filter(({ path }) => glob.matches(path))
        .sort((a, b) => (a.path < b.path ? -1 : 1))
    },
    above: () => Promise.resolve(above),
  }
}

/** The same paths in lists that one call of git can take. */
export function portions(paths: readonly string[]): readonly (readonly string[])[] {
  const lists: (readonly string[])[] = []
  for (let i = 0; i < paths.length; i += PATHS_AT_ONCE) lists.push(paths.slice(i, i + PATHS_AT_ONCE))
  return lists
}
