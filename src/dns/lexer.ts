/**
 * Corefile tokens with their places in the source. The rules are those of coredns/caddy, caddyfile/lexer.go (v1.1.4),
 * quirks included: what this lexer sees is what CoreDNS will see.
 */

export interface Token {
  /** Without quotes, escapes and dropped carriage returns. */
  readonly text: string
  /** UTF-16 offsets into the source, `end` exclusive; quotes are inside, a glued comment is not. */
  readonly start: number
  readonly end: number
  /** Line on which the token starts, from 1. */
  readonly line: number
  readonly quoted: boolean
}

export interface Lexed {
  readonly tokens: readonly Token[]
  /** Offset of a quote that is never closed: CoreDNS reads on to the end of the file. */
  readonly openQuote?: number
}

/** Go's unicode.IsSpace, which is not JavaScript's `\s`: no U+FEFF, but U+0085. */
const SPACE = new Set(
  '\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000',
)

export function lex(source: string): Lexed {
  const tokens: Token[] = []
  // Only a mark at the very start is dropped; elsewhere it is an ordinary character.
  let at = source.startsWith('\uFEFF') ? 1 : 0
  let line = 1
  while (at < source.length) {
    const char = source.charAt(at)
    if (SPACE.has(char)) {
      if (char === '\n') line += 1
      at += 1
    } else if (char === '#') {
      at = endOfLine(source, at)
    } else if (char === '"') {
      const token = quoted(source, at)
      if (token.closed || token.text !== '')
        tokens.push({ text: token.text, start: at, end: token.end, line, quoted: true })
      if (!token.closed) return { tokens, openQuote: at }
      line += lineBreaksBetween(source, at, token.end)
      at = token.end
    } else {
      const token = bare(source, at)
      tokens.push({ text: token.text, start: at, end: token.end, line, quoted: false })
      at = token.next
    }
  }
  return { tokens }
}

/** Whether `next` stands on the line on which `previous` ends. */
export function onSameLine(previous: Token, next: Token): boolean {
  return lastLineOf(previous) === next.line
}

/** Not the negation of {@link onSameLine}: the tokens of an imported snippet can have smaller line numbers. */
export function startsLine(previous: Token | undefined, next: Token): boolean {
  return previous === undefined || lastLineOf(previous) < next.line
}

function lastLineOf(token: Token): number {
  return token.line + lineBreaksBetween(token.text, 0, token.text.length)
}

function lineBreaksBetween(text: string, start: number, end: number): number {
  let count = 0
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1
  return count
}

function endOfLine(source: string, start: number): number {
  const end = source.indexOf('\n', start)
  return end < 0 ? source.length : end
}

/** Inside quotes only `\"` is an escape; a backslash before anything else stays. */
function quoted(source: string, start: number): { text: string; end: number; closed: boolean } {
  let text = ''
  let at = start + 1
  while (at < source.length) {
    const char = source.charAt(at)
    if (char === '"') return { text, end: at + 1, closed: true }
    if (char === '\\') {
      const next = source.charAt(at + 1)
      if (next !== '') text += next === '"' ? next : char + next
      at += 2
    } else {
      text += char
      at += 1
    }
  }
  return { text, end: source.length, closed: false }
}

/**
 * A carriage return is dropped and does not even separate. A `#` starts a comment also inside a token, but upstream
 * forgets the comment when it hands out the token at the next blank, so the comment's other words become tokens.
 */
function bare(source: string, start: number): { text: string; end: number; next: number } {
  let text = ''
  let end = start
  let comment = false
  let at = start
  for (; at < source.length; at += 1) {
    const char = source.charAt(at)
    if (char === '\r') continue
    if (SPACE.has(char)) break
    if (char === '#') comment = true
    if (comment) continue
    text += char
    end = at + 1
  }
  return { text, end, next: at }
}
