/**
 * Patterns for files, with one reading for the work tree and for the paths of a commit.
 *
 * A small language on purpose: `*` and `?` within a name, `**` for any folders, `{a,b}` for alternatives. What it has, it
 * reads as fast-glob does; what it does not have is refused. Names that begin with a dot, and node_modules, never match.
 */

export interface Glob {
  readonly text: string
  /** How many folders above the one that it is relative to it begins. */
  readonly up: number
  /** The folder that holds all that can match: `..` in front, then names; empty for the folder itself. */
  readonly base: string
  /** How many levels below `base` can match: 1 for the files of that folder alone. */
  readonly depth: number
  readonly matches: (path: string) => boolean
}

const LENGTH_MAX = 500
const ALTERNATIVES_MAX = 100

export function parseGlob(text: string): { readonly glob: Glob } | { readonly problem: string } {
  const problem = syntaxProblem(text)
  if (problem !== undefined) return { problem }
  const [, ups = '', rest = ''] = /^(?:\.\/)*((?:\.\.\/)*)(.*)$/s.exec(text) ?? []
  const patterns = alternatives(rest)
  if (patterns === undefined) return { problem: 'has braces that are not {a,b}, or lie within each other' }
  if (patterns.length > ALTERNATIVES_MAX) return { problem: `stands for more than ${ALTERNATIVES_MAX} patterns` }
  const split = patterns.map((pattern) => pattern.split('/'))
  for (const part of split.flat()) {
    const wrong = partProblem(part)
    if (wrong !== undefined) return { problem: wrong }
  }
  // At the end, ** means files in any folder.
  const sequences = split.map((parts) => (parts.at(-1) === '**' ? [...parts, '*'] : parts))
  const names = rest.split('/')
  const magic = names.findIndex((name) => /[*?{]/.test(name))
  const literal = names.slice(0, magic < 0 ? -1 : magic)
  return {
    glob: {
      text,
      up: ups.length / '../'.length,
      base: `${ups}${literal.join('/')}`.replace(/\/$/, ''),
      depth: Math.max(...sequences.map((parts) => (parts.includes('**') ? Infinity : parts.length))) - literal.length,
      matches: (path) => {
        if (!path.startsWith(ups)) return false
        const parts = path.slice(ups.length).split('/')
        return !parts.some(isHidden) && sequences.some((sequence) => matchesPath(sequence, parts))
      },
    },
  }
}

/** Names that are never looked into. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules'
}

/**
 * The one name of a file, however a pattern comes to it: `../../envs/prod/a.yaml` is `a.yaml` in `envs/prod`.
 *
 * @param above names of the folders from the root of the repository to the one that paths are relative to
 */
export function shortest(path: string, above: readonly string[]): string {
  const parts = path.split('/')
  let up = parts.findIndex((part) => part !== '..')
  let names = parts.slice(up)
  while (up > 0 && names.length > 1 && names[0] === above[above.length - up]) {
    names = names.slice(1)
    up -= 1
  }
  return [...Array<string>(up).fill('..'), ...names].join('/')
}

function syntaxProblem(text: string): string | undefined {
  if (text.length > LENGTH_MAX) return `has more than ${LENGTH_MAX} characters`
  if (/^\/|^[A-Za-z]:|\\/.test(text)) return 'is no relative path with forward slashes'
  const unknown = /[[\]()!\u0000-\u001f\u007f]/.exec(text)?.[0]
  return unknown === undefined ? undefined : `has ${JSON.stringify(unknown)}, which patterns do not have here`
}

function partProblem(part: string): string | undefined {
  if (part === '') return 'names a folder, or has an empty name in it'
  if (part === '..') return 'has .. elsewhere than in front'
  if (part.startsWith('.')) return 'looks for names that begin with a dot, which are never read'
  if (part === 'node_modules') return 'looks into node_modules, which is never read'
  return part.includes('**') && part !== '**' ? 'has ** beside other characters: write **/*' : undefined
}

/** The patterns without braces that a pattern stands for. */
function alternatives(text: string): string[] | undefined {
  let patterns = ['']
  for (const piece of text.split(/(\{[^{}]*\})/)) {
    const choices = piece.startsWith('{') ? piece.slice(1, -1).split(',') : [piece]
    const malformed = piece.startsWith('{') ? choices.length < 2 : /[{}]/.test(piece)
    if (malformed) return undefined
    patterns = patterns.flatMap((head) => choices.map((choice) => head + choice))
    // One more than allowed is enough to be refused.
    patterns = patterns.slice(0, ALTERNATIVES_MAX + 1)
  }
  return patterns
}

function matchesPath(pattern: readonly string[], parts: readonly string[]): boolean {
  return matchesSequence(pattern, parts, '**', (name, part) =>
    matchesSequence(name.split(''), part.split(''), '*', (a, b) => a === '?' || a === b),
  )
}

/** Whether items are what a sequence says, where `any` stands for any number of them; takes time in their product. */
function matchesSequence(
  sequence: readonly string[],
  items: readonly string[],
  any: string,
  one: (wanted: string, item: string) => boolean,
): boolean {
  // reached[n]: the sequence so far can end after n items.
  let reached: readonly boolean[] = [true, ...items.map(() => false)]
  for (const wanted of sequence) {
    const next = [wanted === any && reached[0] === true]
    for (const [i, item] of items.entries()) {
      const here =
        wanted === any ? reached[i + 1] === true || next[i] === true : reached[i] === true && one(wanted, item)
      next.push(here)
    }
    reached = next
  }
  return reached.at(-1) === true
}
