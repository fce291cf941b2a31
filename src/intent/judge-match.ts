/** What Istio and Envoy refuse in the match of a route (istio: pkg/config/validation/virtualservice.go). */
import { diagnose } from '../diagnostics/diagnostic.ts'
import type { Complaints } from './complaints.ts'
import type { Locate } from './entry.ts'
import type { Match, TextMatch } from './schema.gen.ts'

/** @param at places within the match */
export function judgeMatch(
  { headers = {}, uri, method }: Match,
  service: string,
  at: Locate,
  complaints: Complaints,
): void {
  const wrong = (what: string, problem: string, ...path: readonly string[]): void =>
    complaints.add(diagnose('MESH-E237', { service, what, problem }, at(...path)))
  for (const [name, text] of Object.entries(headers)) {
    // Envoy's own names for parts of a request begin with a colon, and there are fields for those.
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      wrong(`a header ${JSON.stringify(name)}`, 'is no name of one', 'headers', name)
    const problem = problemOf(text)
    if (problem !== undefined) wrong(`a header ${name}`, problem, 'headers', name)
  }
  const problem = uri && (problemOf(uri) ?? (isPath(uri) ? undefined : 'does not begin with a slash'))
  if (problem !== undefined) wrong('a uri', problem, 'uri')
  const ofMethod = method && problemOf(method)
  if (ofMethod !== undefined) wrong('a method', ofMethod, 'method')
}

function problemOf({ exact, prefix, regex }: TextMatch): string | undefined {
  const text = exact ?? prefix ?? regex ?? ''
  if (text === '') return 'is an empty text'
  if (/\p{Cc}/u.test(text)) return 'has control characters'
  return regex === undefined || isRegex(regex) ? undefined : 'is no pattern'
}

function isPath({ exact, prefix }: TextMatch): boolean {
  return (exact ?? prefix ?? '/').startsWith('/')
}

/**
 * RE2 has no lookaround and no backreferences; for the rest, what no engine takes is none there. What RE2 alone knows,
 * flags in the pattern and Python's way to name a group, is written as here first.
 */
function isRegex(text: string): boolean {
  if (/\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</.test(text)) return false
  const here = text
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?[imsU-]+\)/g, '')
    .replaceAll(/\(\?[imsU-]+:/g, '(?:')
  try {
    return new RegExp(here) instanceof RegExp
  } catch {
    return false
  }
}
