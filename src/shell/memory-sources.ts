import type { Sources } from './sources.ts'

/**
 * Sources that are at hand already. Paths are relative to the folder of the mesh file, with forward slashes.
 *
 * @param above folders between the root of the repository and the mesh file
 */
export function memorySources(files: ReadonlyMap<string, Uint8Array>, above: readonly string[] = []): Sources {
  return {
    above: () => Promise.resolve(above),
    find: (glob) =>
      Promise.resolve(
        [...files]
          .filter(([path]) => glob.matches(path))
          .map(([path, bytes]) => ({ path, kind: 'file' as const, bytes: bytes.length }))
          .sort((a, b) => (a.path < b.path ? -1 : 1)),
      ),
    read: (paths) => {
      const wanted = new Set(paths)
      return Promise.resolve(new Map([...files].filter(([path]) => wanted.has(path))))
    },
    readAll: (folder) =>
      Promise.resolve(
        new Map(
          [...files]
            .filter(([path]) => path.startsWith(`${folder}/`))
            .map(([path, bytes]) => [path.slice(folder.length + 1), bytes]),
        ),
      ),
  }
}
