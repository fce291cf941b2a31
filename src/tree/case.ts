/** Names that differ in upper and lower case only: two files on one system, one file on macOS and Windows. */

/**
 * Foreign files that some systems would take for a file or a folder of ours, with the path of ours that each is like.
 *
 * @param ours paths of files
 */
export function collisions(ours: Iterable<string>, foreign: Iterable<string>): ReadonlyMap<string, string> {
  const exact = new Set([...ours].flatMap((path) => [path, ...foldersOf(path)]))
  const folded = new Map([...exact].map((path) => [path.toLowerCase(), path]))
  return new Map(
    [...foreign].flatMap((path) => {
      const like = exact.has(path) ? undefined : folded.get(path.toLowerCase())
      return like === undefined ? [] : [[path, like] as const]
    }),
  )
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, i) => names.slice(0, i + 1).join('/'))
}
