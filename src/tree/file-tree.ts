/** A folder as a value: path (forward slashes, relative, made of safe names only) to text (UTF-8 when written). */
export type FileTree = ReadonlyMap<string, string>

/** Joins trees; a path that two of them have is a bug of ours. */
export function mergeTrees(...trees: readonly FileTree[]): FileTree {
  const merged = new Map<string, string>()
  for (const tree of trees) {
    for (const [path, text] of tree) {
      if (merged.has(path)) throw new Error(`invariant: two files are rendered to ${path}`)
      merged.set(path, text)
    }
  }
  return merged
}

/** The same tree below a folder. */
export function under(folder: string, tree: FileTree): FileTree {
  return new Map([...tree].map(([path, text]) => [`${folder}/${path}`, text]))
}
