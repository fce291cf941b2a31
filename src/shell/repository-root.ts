import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The work tree of Git that a folder lies in, found by its `.git`, which is a file in linked work trees. */
export function repositoryRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return undefined
  }
}
