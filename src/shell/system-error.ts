/** What the operating system said, by its code. */

/** `ENOENT` and the like; empty for anything that is no error of the system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

/** There is nothing at that path, or one of its parents is no folder. */
export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR'
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'it exists already',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  ENOENT: 'no such file',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}

/** By the code alone: the system's own message repeats the path. */
export function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? (codeOf(error) || 'an unknown error')
}
