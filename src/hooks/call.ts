/** The line that a hook consists of. */

export interface Call {
  /** How meshwright is started, as a shell takes it. */
  readonly command: string
  /** Options of `hook run` that say which mesh is meant; two calls with the same ones are the same call. */
  readonly options: readonly string[]
}

/** Git's own hooks in which a commit can still be changed or stopped; a merge that needs nobody has one of its own. */
export const HOOKS = ['pre-commit', 'pre-merge-commit'] as const
export type Hook = (typeof HOOKS)[number]

/** The same call as it is made in one of the hooks. */
export function callIn(hook: Hook, { command, options }: Call): Call {
  return { command, options: hook === 'pre-merge-commit' ? [...options, '--merge'] : options }
}

export function commandLine({ command, options }: Call): string {
  return [command, 'hook run', ...options.map(quoted)].join(' ')
}

/** Whether a line of somebody's script or settings makes this call, however it starts meshwright. */
export function isCallOf(line: string, { options }: Call): boolean {
  const said = line.trim().replace(/\s*\|\| exit\b.*$/, '')
  const tail = ['hook run', ...options.map(quoted)].join(' ')
  return (
    !said.startsWith('#') && said.endsWith(tail) && /(?:meshwright|main\.js)['"]?\s+$/.test(said.slice(0, -tail.length))
  )
}

/** For POSIX shells; what needs no quotes bears none. */
export function quoted(word: string): string {
  return /^[\w./@:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
