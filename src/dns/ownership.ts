/** Which block of a Corefile is ours, and the reasons why we must not touch the file. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Corefile, Key, ServerBlock } from './corefile.ts'
import { markBefore, type Mark } from './marker.ts'
import { normalizeZone, readKey } from './zone.ts'

export interface CorefileFile {
  /** For spans and messages: relative to the folder of the mesh file. */
  readonly path: string
  readonly text: string
}

/** Whose block it is. */
export interface BlockKey {
  readonly mesh: string
  /** Without dots at its ends, lower case: `global`. */
  readonly zone: string
}

/** Our block: from its mark to its closing brace. */
export interface Found {
  readonly block: ServerBlock
  readonly start: number
  readonly end: number
}

/** What keeps the file from being read at all. */
export function unreadable(file: CorefileFile, corefile: Corefile): Diagnostic[] {
  const { problem, tokens } = corefile
  const [first] = tokens
  if (first && /^(apiVersion|kind):$/.test(first.text)) {
    return [diagnose('MESH-E517', { file: file.path }, spanOf(file, first))]
  }
  return problem ? [diagnose('MESH-E501', { problem: problem.text }, spanOf(file, problem))] : []
}

/**
 * Looks for our block. A block that is to be put in has a `port` and needs the zone for itself there; without a port
 * only what carries our mark is looked at.
 */
export function findOwn(
  file: CorefileFile,
  corefile: Corefile,
  key: BlockKey,
  port: string | undefined,
): Found | 'absent' | Diagnostic[] {
  const problems = unreadable(file, corefile)
  if (problems.length > 0) return problems
  if (port !== undefined) problems.push(...closed(file, corefile), ...unknowable(file, corefile))
  const owners = corefile.blocks
    .map((block) => ({ block, key: block.keys.find((k) => serves(k, key.zone)), mark: markBefore(corefile, block) }))
    .filter((owner) => owner.key !== undefined)
  const ours: Found[] = []
  for (const owner of owners) {
    const marked = owner.mark?.zone === key.zone
    const inTheWay = port !== undefined && owner.block.keys.some((k) => serves(k, key.zone, port))
    if (marked && owner.mark?.mesh === key.mesh) {
      ours.push({ block: owner.block, start: owner.mark.start, end: owner.block.end })
      if (owner.block.keys.length > 1) problems.push(shared(file, key, owner.block))
    } else if (inTheWay) {
      problems.push(foreign(file, key, owner.block, marked ? owner.mark : undefined))
    }
  }
  const [own, second] = ours
  if (second) problems.push(diagnose('MESH-E504', { zone: key.zone }, headOf(file, second.block)))
  return problems.length > 0 ? problems : (own ?? 'absent')
}

function foreign(file: CorefileFile, { zone }: BlockKey, block: ServerBlock, mark: Mark | undefined): Diagnostic {
  if (block.keys.length > 1) return shared(file, { zone }, block)
  if (mark) return diagnose('MESH-E515', { zone, mesh: mark.mesh, file: file.path }, headOf(file, block))
  return diagnose('MESH-E505', { zone, file: file.path }, headOf(file, block))
}

function shared(file: CorefileFile, { zone }: { zone: string }, block: ServerBlock): Diagnostic {
  return diagnose('MESH-E503', { zone, keys: keysOf(block) }, headOf(file, block))
}

/** A file without braces takes no second block, nor does one that imports a snippet of plugins at its top level. */
function closed(file: CorefileFile, { nodes, blocks }: Corefile): Diagnostic[] {
  const bare = [...nodes, ...blocks].find((node) => node.kind === 'bare')
  return bare?.kind === 'bare' ? [diagnose('MESH-E502', { keys: keysOf(bare) }, headOf(file, bare))] : []
}

function unknowable(file: CorefileFile, corefile: Corefile): Diagnostic[] {
  return corefile.blocks.flatMap((block) =>
    block.keys.flatMap((key) => {
      const reading = readKey(key.text)
      if (reading.kind === 'environment') return [diagnose('MESH-E506', { key: key.text }, spanOf(file, key))]
      if (reading.kind === 'served') return []
      return [diagnose('MESH-E516', { key: key.text, reason: reading.reason }, spanOf(file, key))]
    }),
  )
}

/** Whether a key stands for the zone over plain DNS; a port that only CoreDNS knows could be any. */
function serves(key: Key, zone: string, port?: string): boolean {
  const reading = readKey(key.text)
  return (
    reading.kind === 'served' &&
    reading.served.some(
      (served) =>
        served.transport === 'dns' &&
        served.zone === normalizeZone(zone) &&
        (port === undefined || served.port === undefined || served.port === port),
    )
  )
}

export function keysOf(block: ServerBlock): string {
  return block.keys.map((key) => key.text).join(' ')
}

export function spanOf(file: CorefileFile, place: { readonly start: number; readonly end: number }): Span {
  return { file: file.path, start: place.start, end: place.end }
}

/** The keys of a block; the whole of it would fill the screen. */
export function headOf(file: CorefileFile, block: ServerBlock): Span {
  return spanOf(file, { start: block.start, end: block.keys.at(-1)?.end ?? block.end })
}
