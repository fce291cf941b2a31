/** Our lines in a hook that is a shell script: between two marks, so that they are found again and the rest is left alone. */
import { commandLine, isCallOf, type Call } from './call.ts'

const BEGIN = '# meshwright hook: `meshwright hook uninstall` takes these lines away'
const END = '# end of meshwright hook'
const SHEBANG = '#!/bin/sh\n'

/** What becomes of a script. */
export type Edit =
  /** It is as it should be. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'write'; readonly text: string }
  /** There is nothing left in it. */
  | { readonly kind: 'remove' }
  /** It is somebody else's. */
  | { readonly kind: 'foreign' }

/**
 * @param script the hook as it is; absent: there is none
 * @param append whether our lines may go below what somebody else has written there
 */
export function withCall(script: string | undefined, call: Call, append: boolean): Edit {
  const line = `${commandLine(call)} || exit $?`
  if (script === undefined) return { kind: 'write', text: `${SHEBANG}${block([line])}` }
  const parts = split(script)
  if (parts === undefined) {
    if (script.split('\n').some((text) => isCallOf(text, call))) return { kind: 'unchanged' }
    if (!append) return { kind: 'foreign' }
    return { kind: 'write', text: `${script}${script === '' || script.endsWith('\n') ? '' : '\n'}${block([line])}` }
  }
  const others = parts.lines.filter((text) => !isCallOf(text, call))
  const text = `${parts.before}${block([...others, line].sort())}${parts.after}`
  return text === script ? { kind: 'unchanged' } : { kind: 'write', text }
}

export function withoutCall(script: string | undefined, call: Call): Edit {
  if (script === undefined) return { kind: 'unchanged' }
  const parts = split(script)
  if (parts === undefined) {
    return script.split('\n').some((text) => isCallOf(text, call)) ? { kind: 'foreign' } : { kind: 'unchanged' }
  }
  const lines = parts.lines.filter((text) => !isCallOf(text, call))
  if (lines.length === parts.lines.length) return { kind: 'unchanged' }
  const text = `${parts.before}${lines.length === 0 ? '' : block(lines)}${parts.after}`
  return text === SHEBANG || text === '' ? { kind: 'remove' } : { kind: 'write', text }
}

function block(lines: readonly string[]): string {
  return `${[BEGIN, ...lines, END].join('\n')}\n`
}

function split(
  script: string,
): { readonly before: string; readonly lines: readonly string[]; readonly after: string } | undefined {
  const start = script.indexOf(`${BEGIN}\n`)
  const end = script.indexOf(`\n${END}\n`, start)
  if (start < 0 || end < 0) return undefined
  const inner = script.slice(start + BEGIN.length + 1, end + 1)
  return {
    before: script.slice(0, start),
    lines: inner.split('\n').filter((line) => line !== ''),
    after: script.slice(end + END.length + 2),
  }
}
