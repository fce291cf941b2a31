/** Names that differ in upper and lower case only: two files on one system, one file on macOS and Windows. */

/**
 * Foreign paths that some systems would take for a file or a folder of ours.
 *
 * @param ours paths of files
 */
export function collisions(ours: readonly string[], foreign: readonly string[]): string[] {
  const exact = new Set(ours.flatMap((path) => [path, ...foldersOf(path)]))
  const folded = new Set([...exact].map((path) => path.toLowerCase()))
  return foreign.filter((path) => !exact.has(path) && folded.has(path.toLowerCase()))
}

function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1)
  return names.map((_, i) => names.slice(0, i + 1).join('/'))
}
