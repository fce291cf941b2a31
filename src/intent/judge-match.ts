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
  const judge = (what: string, fault: Fault | undefined, ...path: readonly string[]): void => {
    if (fault !== undefined) complaints.add(diagnose('MESH-E237', { service, what, ...fault }, at(...path)))
  }
  for (const [name, text] of Object.entries(headers)) {
    // Envoy's own names for parts of a request begin with a colon, and there are fields for those.
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) judge(`a header ${JSON.stringify(name)}`, NO_HEADER, 'headers', name)
    judge(`a header ${name}`, faultOf(text), 'headers', name)
  }
  judge('a uri', uri && (faultOf(uri) ?? (isPath(uri) ? undefined : NO_PATH)), 'uri')
  judge('a method', method && faultOf(method), 'method')
}

interface Fault {
  readonly problem: string
  readonly advice: string
}

const NO_HEADER: Fault = { problem: 'is no name of one', advice: 'write it in lower case and without a colon' }
const NO_PATH: Fault = { problem: 'does not begin with a slash', advice: 'write the path from its first slash on' }

function faultOf({ exact, prefix, regex }: TextMatch): Fault | undefined {
  const text = exact ?? prefix ?? regex ?? ''
  if (text === '') return { problem: 'is an empty text', advice: 'write one or more letters, or leave the match out' }
  if (/\p{Cc}/u.test(text)) return { problem: 'has control characters', advice: 'write it without them' }
  return regex === undefined || isRegex(regex) ? undefined : NO_PATTERN
}

const NO_PATTERN: Fault = {
  problem: 'is no pattern',
  advice: 'write a regular expression of RE2: every bracket closed, no lookaround and no backreference',
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
