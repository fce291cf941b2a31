/** What the operating system said, by its code. */

/** `ENOENT` and the like; empty for anything that is no error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** There is nothing at that path, or one of its parents is no folder. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
}
