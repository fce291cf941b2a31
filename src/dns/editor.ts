/**
 * Puts our server block into a Corefile, replaces it and takes it out again. Every byte outside of the block stays, and
 * the result is read again to prove that nothing else is understood differently. Pure: text in, text out.
 */
import { diagnose, type Checked } from '../diagnostics/diagnostic.ts'
import { parseCorefile, type Corefile } from './corefile.ts'
import { markOf } from './marker.ts'
import { findOwn, spanOf, type CorefileFile, type BlockKey, type Found } from './ownership.ts'

export interface OwnBlock extends BlockKey {
  readonly port: string
  /** What is between the braces, indented, without line ends. */
  readonly lines: readonly string[]
}

/** The text with `block` in it, in the place of the one that was there or at the end. */
export function putBlock(file: CorefileFile, block: OwnBlock): Checked<string> {
  const before = parseCorefile(file.text)
  const found = findOwn(file, before, block, block.port)
  if (Array.isArray(found)) return { ok: false, diagnostics: found }
  const eol = lineEndOf(file.text)
  const body = [`${block.zone}:${block.port} {`, ...block.lines, '}'].join(eol)
  const own = [markOf(block), body].join(eol)
  if (found !== 'absent') {
    const text = file.text.slice(0, found.start) + own + file.text.slice(found.end)
    return proven(file, block, found, text, insteadOf(before, found, body))
  }
  const complete = file.text === '' || file.text.endsWith('\n')
  const text = complete ? file.text + own + eol : file.text + eol + own
  const end = { start: file.text.length, end: file.text.length }
  return proven(file, block, end, text, [...meaning(before), ...meaning(parseCorefile(body))])
}

/** The text without our block; a file that has none is returned as it is. The inverse of an insertion, byte by byte. */
export function dropBlock(file: CorefileFile, key: BlockKey): Checked<string> {
  const before = parseCorefile(file.text)
  const found = findOwn(file, before, key, undefined)
  if (Array.isArray(found)) return { ok: false, diagnostics: found }
  if (found === 'absent') return { ok: true, value: file.text, diagnostics: [] }
  // The block's own line ends tell with which one it was inserted.
  const eol = lineEndOf(file.text.slice(found.start, found.end))
  let head = file.text.slice(0, found.start)
  let tail = file.text.slice(found.end)
  if (tail.startsWith(eol)) tail = tail.slice(eol.length)
  else if (tail === '' && head.endsWith(eol)) head = head.slice(0, -eol.length)
  return proven(file, key, found, head + tail, insteadOf(before, found, ''))
}

/** CRLF when most lines end so; CoreDNS does not care, version control does. */
function lineEndOf(text: string): '\n' | '\r\n' {
  const lines = text.split('\n').length - 1
  const crlf = text.split('\r\n').length - 1
  return crlf * 2 > lines ? '\r\n' : '\n'
}

/**
 * All that CoreDNS understands: the nodes as they are written, and the blocks that come out of them. Only both together
 * show that a snippet, put in at the top level, swallows what follows.
 */
function meaning({ source, nodes, blocks }: Pick<Corefile, 'source' | 'nodes' | 'blocks'>): string[] {
  return [
    ...nodes.map((node) => `${node.kind} ${source.slice(node.start, node.end)}`),
    ...blocks.map(({ kind, keys, directives }) => {
      const plugins = directives.map((directive) => directive.tokens.map((token) => token.text))
      return JSON.stringify([kind, keys.map((key) => key.text), plugins])
    }),
  ].sort()
}

/** The meaning with `body` in the place of our block. */
function insteadOf(corefile: Corefile, { block: own }: Found, body: string): string[] {
  const others = {
    source: corefile.source,
    nodes: corefile.nodes.filter((node) => node.start !== own.start),
    blocks: corefile.blocks.filter((block) => block !== own),
  }
  return [...meaning(others), ...meaning(parseCorefile(body))]
}

function proven(
  file: CorefileFile,
  { zone }: BlockKey,
  place: { readonly start: number; readonly end: number },
  text: string,
  expected: readonly string[],
): Checked<string> {
  const after = parseCorefile(text)
  const actual = meaning(after)
  const same = JSON.stringify(actual) === JSON.stringify([...expected].sort())
  if (same && after.problem === undefined) return { ok: true, value: text, diagnostics: [] }
  return { ok: false, diagnostics: [diagnose('MESH-E507', { zone }, spanOf(file, place))] }
}
