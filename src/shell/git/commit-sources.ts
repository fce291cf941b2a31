import type { Sources } from '../sources.ts'
import type { Repository } from './repository.ts'

/** The inputs as they are in a commit. */
export function commitSources(repository: Repository, commit: string): Sources {
  return {
    read: async (paths) => {
      const wanted = new Set(paths)
      const files = await repository.filesAt(commit, paths)
      // A folder of that name is no file, and what lies in it was not asked for.
      return new Map([...files].filter(([path]) => wanted.has(path)))
    },
    readAll: async (folder) => {
      const files = await repository.filesAt(commit, [folder])
      return new Map([...files].map(([path, bytes]) => [path.slice(folder.length + 1), bytes]))
    },
  }
}
