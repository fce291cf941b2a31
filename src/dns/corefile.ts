/**
 * The structure of a Corefile: top-level nodes with their places, and the server blocks that come out of them. The
 * rules are those of coredns/caddy, caddyfile/parse.go (v1.1.4). Files that are imported are not seen.
 */
import { lex, onSameLine, startsLine, type Token } from './lexer.ts'

/** UTF-16 offsets, `end` exclusive. */
interface Place {
  readonly start: number
  readonly end: number
}

/** A key or the argument of an import, without the comma after which keys go on. */
export interface Key extends Place {
  readonly text: string
}

/** A plugin's name, its arguments and its `{ … }`, all as tokens; the first token is the name. */
export interface Directive {
  readonly name: string
  readonly tokens: readonly Token[]
}

/** `bare`: keys without braces, so that all that follows is one block. The place is that from first key to last brace. */
export interface ServerBlock extends Place {
  readonly kind: 'block' | 'bare'
  readonly keys: readonly Key[]
  readonly directives: readonly Directive[]
}

export type Node =
  | ServerBlock
  | ({ readonly kind: 'snippet'; readonly name: string } & Place)
  | ({ readonly kind: 'import'; readonly target: Key } & Place)

/** Why a Corefile cannot be read, in words for a message. */
export interface Problem extends Place {
  readonly text: string
}

export interface Corefile {
  readonly source: string
  readonly tokens: readonly Token[]
  /** As written, in the order of the file: snippets and imports are nodes of their own. */
  readonly nodes: readonly Node[]
  /** With the file's own snippets put in where they are imported. */
  readonly blocks: readonly ServerBlock[]
  /** Reading stops at the first problem; nodes before it are there. */
  readonly problem?: Problem
}

export function parseCorefile(source: string): Corefile {
  const { tokens, openQuote } = lex(source)
  const written = parseTokens(tokens, false)
  const expanded = parseTokens(tokens, true)
  const problem =
    openQuote === undefined
      ? (written.problem ?? expanded.problem)
      : { text: 'a quote is opened here and never closed', start: openQuote, end: openQuote + 1 }
  const blocks = expanded.nodes.filter((node): node is ServerBlock => node.kind === 'block' || node.kind === 'bare')
  return { source, tokens, nodes: written.nodes, blocks, ...(problem && { problem }) }
}

/** Upstream's limit against snippets that import each other. */
const EXPANSIONS_MAX = 10_000

/** Ours, since ten thousand expansions of a long snippet are more than memory holds. */
const EXPANDED_TOKENS_MAX = 200_000

/** Leaves the parser at the first problem; never leaves this file. */
class Unreadable extends Error {
  readonly problem: Problem

  constructor(text: string, token: Token | undefined) {
    super(text)
    this.problem = { text, start: token?.start ?? 0, end: token?.end ?? 0 }
  }
}

interface Cursor {
  tokens: Token[]
  at: number
  /** Whether snippets are put in where they are imported. */
  readonly expand: boolean
  readonly snippets: Map<string, readonly Token[]>
  expansions: number
  expandedTokens: number
}

function parseTokens(tokens: readonly Token[], expand: boolean): { nodes: Node[]; problem?: Problem } {
  const cursor: Cursor = { tokens: [...tokens], at: 0, expand, snippets: new Map(), expansions: 0, expandedTokens: 0 }
  const nodes: Node[] = []
  try {
    while (cursor.at < cursor.tokens.length) {
      const node = isImport(cursor) ? importNode(cursor) : blockOrSnippet(cursor)
      if (node) nodes.push(node)
    }
    return { nodes }
  } catch (error) {
    if (error instanceof Unreadable) return { nodes, problem: error.problem }
    throw error
  }
}

function peek(cursor: Cursor): Token | undefined {
  return cursor.tokens[cursor.at]
}

function atLineStart(cursor: Cursor): boolean {
  const token = peek(cursor)
  return token !== undefined && startsLine(cursor.tokens[cursor.at - 1], token)
}

function isImport(cursor: Cursor): boolean {
  return peek(cursor)?.text === 'import' && atLineStart(cursor)
}

/** The cursor is at `import`; afterwards it is at what is imported, or at what follows. */
function importNode(cursor: Cursor): Node | undefined {
  const { at, tokens } = cursor
  const [name, target, extra] = [tokens[at], tokens[at + 1], tokens[at + 2]]
  if (!name || !target || !onSameLine(name, target)) throw new Unreadable('import needs an argument', name)
  if (extra && onSameLine(target, extra)) throw new Unreadable('import takes only one argument', extra)
  if (target.text === '') throw new Unreadable('import needs a file or the name of a snippet', target)
  const snippet = cursor.expand ? cursor.snippets.get(target.text) : undefined
  if (snippet === undefined) {
    cursor.at += 2
    return { kind: 'import', target: keyOf(target), start: name.start, end: target.end }
  }
  cursor.expansions += 1
  cursor.expandedTokens += snippet.length
  if (cursor.expansions > EXPANSIONS_MAX || cursor.expandedTokens > EXPANDED_TOKENS_MAX) {
    throw new Unreadable('snippets import each other without end', target)
  }
  cursor.tokens = [...tokens.slice(0, at), ...snippet, ...tokens.slice(at + 2)]
  return undefined
}

function keyOf(token: Token, length: number = token.text.length): Key {
  const comma = token.text.length - length
  return { text: token.text.slice(0, length), start: token.start, end: token.end - comma }
}

function blockOrSnippet(cursor: Cursor): Node | undefined {
  const first = peek(cursor)
  const { keys, endOfFile } = parseKeys(cursor)
  const [key, ...others] = keys
  const start = first?.start ?? 0
  if (!endOfFile && key && others.length === 0 && key.text.startsWith('(') && key.text.endsWith(')')) {
    return snippetNode(cursor, key)
  }
  const braces = peek(cursor)?.text === '{'
  if (braces) cursor.at += 1
  const { directives, close } = parseDirectives(cursor)
  if (braces && close === undefined) throw new Unreadable('the block that starts here has no closing brace', first)
  const end = close?.end ?? cursor.tokens[cursor.at - 1]?.end ?? start
  return { kind: braces ? 'block' : 'bare', keys, directives, start, end }
}

/** Stops at `{`, at the first token of the next line, or at the end of the file. */
function parseKeys(cursor: Cursor): { keys: Key[]; endOfFile: boolean } {
  const keys: Key[] = []
  let expectsKey = false
  for (let token = peek(cursor); token; token = peek(cursor)) {
    if (isImport(cursor) && keys.length > 0) throw new Unreadable('import in the middle of keys', token)
    if (token.text === '{') {
      if (expectsKey) throw new Unreadable('a comma promises another key, but the block begins', token)
      return { keys, endOfFile: false }
    }
    // A token of two quotes is no key, and leaves a comma before it as it is.
    if (token.text !== '') {
      expectsKey = token.text.endsWith(',')
      keys.push(keyOf(token, token.text.length - (expectsKey ? 1 : 0)))
    }
    cursor.at += 1
    if (!expectsKey && atLineStart(cursor)) return { keys, endOfFile: false }
  }
  if (expectsKey) throw new Unreadable('a comma promises another key, but the file ends', cursor.tokens.at(-1))
  return { keys, endOfFile: true }
}

/** The body stays as it is: braces are counted, nothing else is looked at. */
function snippetNode(cursor: Cursor, key: Key): Node {
  const name = key.text.slice(1, -1)
  const open = peek(cursor)
  if (open?.text !== '{') throw new Unreadable('a snippet needs braces', open)
  if (cursor.snippets.has(name)) throw new Unreadable(`the snippet ${name} is declared twice`, open)
  const body: Token[] = []
  let depth = 1
  for (cursor.at += 1; cursor.at < cursor.tokens.length; cursor.at += 1) {
    const token = peek(cursor)
    if (token?.text === '{') depth += 1
    if (token?.text === '}') depth -= 1
    if (token && depth === 0) {
      cursor.at += 1
      cursor.snippets.set(name, body)
      return { kind: 'snippet', name, start: key.start, end: token.end }
    }
    if (token?.text === name && importsNext(body)) throw new Unreadable(`the snippet ${name} imports itself`, token)
    if (token) body.push(token)
  }
  throw new Unreadable('the snippet that starts here has no closing brace', open)
}

/** Whether the body so far ends with an `import` that awaits its argument. */
function importsNext(body: readonly Token[]): boolean {
  const name = body.at(-1)
  return name?.text === 'import' && startsLine(body.at(-2), name)
}

/** Up to and with a closing brace, or to the end of the file. */
function parseDirectives(cursor: Cursor): { directives: Directive[]; close?: Token } {
  const directives: Directive[] = []
  for (let token = peek(cursor); token; token = peek(cursor)) {
    if (token.text === '}') {
      cursor.at += 1
      return { directives, close: token }
    }
    if (token.text === 'import') {
      const file = importNode(cursor)
      if (file) directives.push({ name: 'import', tokens: cursor.tokens.slice(cursor.at - 2, cursor.at) })
    } else {
      directives.push(parseDirective(cursor, token))
    }
  }
  return { directives }
}

/** A directive ends with its line, or with the line on which its braces are closed. */
function parseDirective(cursor: Cursor, name: Token): Directive {
  const tokens: Token[] = [name]
  let depth = 0
  cursor.at += 1
  for (let token = peek(cursor); token; token = peek(cursor)) {
    if (token.text === '{') depth += 1
    else if (depth === 0 && atLineStart(cursor)) break
    else if (token.text === '}' && depth === 0) throw new Unreadable('a closing brace has no opening one', token)
    else if (token.text === '}') depth -= 1
    else if (isImport(cursor)) {
      const file = importNode(cursor)
      if (file) tokens.push(...cursor.tokens.slice(cursor.at - 2, cursor.at))
      continue
    }
    tokens.push(token)
    cursor.at += 1
  }
  if (depth > 0) throw new Unreadable('the braces that this plugin opens are not closed', name)
  return { name: name.text, tokens }
}
