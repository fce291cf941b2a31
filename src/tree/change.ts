/** What must change in a folder so that it holds a tree. Pure: the shell reads the folder and does the changes. */
import { collisions } from './case.ts'
import type { FileTree } from './file-tree.ts'
import { ownerOf } from './ownership.ts'

/** What stands at a path. `other`: a symbolic link, a socket. */
export type Found =
  | { readonly kind: 'file'; readonly text: string }
  | { readonly kind: 'folder' }
  | { readonly kind: 'other'; readonly what: string }

export interface Change {
  /** Paths that are not there yet. */
  readonly added: readonly string[]
  readonly modified: readonly string[]
  /** Files of ours that are no longer rendered. */
  readonly deleted: readonly string[]
  /** Paths where something stands that is not ours to overwrite. */
  readonly conflicts: readonly { readonly path: string; readonly what: string }[]
}

/** @param found everything below the folder, by path */
export function changeTo(wanted: FileTree, found: ReadonlyMap<string, Found>, mesh: string): Change {
  const added: string[] = []
  const modified: string[] = []
  const deleted: string[] = []
  const conflicts: { path: string; what: string }[] = []
  for (const [path, text] of wanted) {
    const blocker = parentsOf(path).find((parent) => (found.get(parent) ?? FOLDER).kind !== 'folder')
    if (blocker !== undefined) {
      conflicts.push({ path: blocker, what: 'stands where a folder is needed' })
      continue
    }
    const there = found.get(path)
    if (there === undefined) added.push(path)
    else if (there.kind === 'folder') conflicts.push({ path, what: 'is a folder' })
    else if (there.kind === 'other') conflicts.push({ path, what: `is ${there.what}` })
    else {
      const owner = ownerOf(there.text, mesh, path)
      if (owner.kind === 'foreign') conflicts.push({ path, what: 'was not written by meshwright' })
      else if (owner.kind === 'other-mesh') conflicts.push({ path, what: `belongs to mesh ${owner.mesh}` })
      else if (!sameText(there.text, text)) modified.push(path)
    }
  }
  const files = [...found].filter(([, there]) => there.kind !== 'folder').map(([path]) => path)
  for (const [path, like] of collisions(wanted.keys(), files)) {
    conflicts.push({ path, what: `differs from ${like} in upper and lower case only` })
  }
  for (const [path, there] of found) {
    if (!wanted.has(path) && there.kind === 'file' && ownerOf(there.text, mesh, path).kind === 'ours')
      deleted.push(path)
  }
  return { added, modified, deleted: deleted.sort(), conflicts: unique(conflicts) }
}

/**
 * Files of ours, with the line ends that we write: a checkout may have made them CRLF. Files of others are none of our
 * business; a file of ours that is edited still is.
 */
export function ownFiles(found: ReadonlyMap<string, Found>, mesh: string): FileTree {
  return new Map(
    [...found].flatMap(([path, there]): [string, string][] =>
      there.kind === 'file' && ownerOf(there.text, mesh, path).kind === 'ours'
        ? [[path, there.text.replaceAll('\r\n', '\n')]]
        : [],
    ),
  )
}

export function isEmpty(change: Change): boolean {
  return change.added.length + change.modified.length + change.deleted.length === 0
}

const FOLDER: Found = { kind: 'folder' }

/** What a checkout with CRLF line ends makes of a text is the same file: Git has it with LF. */
function sameText(found: string, wanted: string): boolean {
  return found === wanted || (found.includes('\r') && found.replaceAll('\r\n', '\n') === wanted)
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

function unique(conflicts: readonly { path: string; what: string }[]): { path: string; what: string }[] {
  return [...new Map(conflicts.map((c) => [`${c.path}\0${c.what}`, c])).values()]
}
