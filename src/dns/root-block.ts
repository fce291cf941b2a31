/** The block that answers the pods: what of it our block must have as well to be reached and to behave alike. */
import { isWithin } from '../mesh/names.ts'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Corefile, Directive, ServerBlock } from './corefile.ts'
import { startsLine, type Token } from './lexer.ts'
import { headOf, keysOf, spanOf, type CorefileFile } from './ownership.ts'
import { normalizeZone, readKey } from './zone.ts'

export interface Root {
  readonly port: string
  /** The block's `bind` lines, empty when it listens everywhere; a block that binds otherwise is never asked. */
  readonly bind: readonly string[]
  /** Lines that forward what our block does not know. */
  readonly forward: readonly string[]
}

const INDENT = '    '

/** Finds the block for `.` over plain DNS. `zone` is the one that our block answers for: `global`. */
export function rootOf(file: CorefileFile, corefile: Corefile, zone: string): Root | Diagnostic[] {
  const roots = corefile.blocks.flatMap((block) =>
    block.keys.flatMap((key) => {
      const reading = readKey(key.text)
      if (reading.kind !== 'served') return []
      const served = reading.served.find((s) => s.transport === 'dns' && s.zone === '.')
      return served ? [{ block, key, port: served.port }] : []
    }),
  )
  const [root, second] = roots
  if (!root) return [diagnose('MESH-E508', { file: file.path }, { file: file.path, start: 0, end: 0 })]
  if (second) {
    const keys = roots.map((r) => r.key.text).join(', ')
    const related = [{ span: headOf(file, root.block), note: `the first one, ${keysOf(root.block)}` }]
    return [diagnose('MESH-E509', { keys }, spanOf(file, second.key), related)]
  }
  if (root.port === undefined) return [diagnose('MESH-E506', { key: root.key.text }, spanOf(file, root.key))]
  return {
    port: root.port,
    bind: directivesNamed(root.block, 'bind').flatMap((directive) => print(directive, corefile.source)),
    forward: forwards(root.block, zone, corefile.source),
  }
}

function directivesNamed(block: ServerBlock, name: string): Directive[] {
  return block.directives.filter((directive) => directive.name === name)
}

/**
 * The root's own forwarding, options included, so that a name that nobody knows is answered as it would be without our
 * block: where the root names its upstreams, the pod's resolv.conf may be unreachable, lead to other answers or in a
 * circle. Forwarding of zones that have nothing in common with ours is left out.
 */
function forwards(root: ServerBlock, zone: string, source: string): string[] {
  const ours = normalizeZone(zone)
  const lines: string[] = []
  let forwardsAll = false
  for (const directive of directivesNamed(root, 'forward')) {
    const from = readKey(directive.tokens[1]?.text ?? '')
    const zones = from.kind === 'served' ? from.served.map((served) => served.zone) : []
    const above = zones.some((from) => isWithin(ours, from))
    const below = zones.some((from) => isWithin(from, ours))
    if (above || below || from.kind === 'environment') lines.push(...print(directive, source))
    forwardsAll ||= above
  }
  return forwardsAll ? lines : [...lines, `${INDENT}forward . /etc/resolv.conf`]
}

/** A directive in our indentation, token for token the same. */
function print(directive: Directive, source: string): string[] {
  const lines: string[] = []
  let depth = 1
  let previous: Token | undefined
  for (const token of directive.tokens) {
    if (token.text === '}') depth -= 1
    // Quotes are only kept, never made: an unquoted token has nothing that would need them.
    const written = token.quoted ? source.slice(token.start, token.end) : token.text
    const last = lines.length - 1
    if (startsLine(previous, token)) lines.push(INDENT.repeat(depth) + written)
    else lines[last] = `${lines[last]} ${written}`
    if (token.text === '{') depth += 1
    previous = token
  }
  return lines
}
