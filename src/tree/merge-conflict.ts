/** A file in which git left a merge for somebody to resolve: what each side says (git-merge(1), HOW CONFLICTS ARE PRESENTED). */

export interface Side {
  /** What git calls it: `HEAD`, a branch, a commit. */
  readonly name: string
  /** The whole text, with what the merge took over from the other side without asking. */
  readonly text: string
}

/** The two sides of a text with conflict markers; undefined for one that has none. */
export function sidesOf(text: string): readonly [ours: Side, theirs: Side] | undefined {
  const names: [string, string] = ['ours', 'theirs']
  const lines: [string[], string[]] = [[], []]
  let place: 'both' | 'ours' | 'base' | 'theirs' = 'both'
  let found = false
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    const [, mark = '', name = ''] = /^(<{7}|\|{7}|={7}|>{7})(?: (.*))?$/.exec(line) ?? []
    if (mark.startsWith('<')) [place, names[0], found] = ['ours', name || names[0], true]
    else if (mark.startsWith('|') && place === 'ours') place = 'base'
    else if (mark.startsWith('=') && place !== 'both') place = 'theirs'
    else if (mark.startsWith('>') && place === 'theirs') [place, names[1]] = ['both', name || names[1]]
    else {
      if (place === 'both' || place === 'ours') lines[0].push(line)
      if (place === 'both' || place === 'theirs') lines[1].push(line)
    }
  }
  if (!found) return undefined
  return [
    { name: names[0], text: lines[0].join('\n') },
    { name: names[1], text: lines[1].join('\n') },
  ]
}
