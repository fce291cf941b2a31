/** The comment line directly before a server block that says whose it is. */
import type { Corefile, ServerBlock } from './corefile.ts'

export interface Mark {
  readonly mesh: string
  readonly zone: string
}

export function markOf({ mesh, zone }: Mark): string {
  return `# managed by meshwright: ${zone} of mesh ${mesh} (edits are overwritten)`
}

/** The mark of a block, with the offset of its line. */
export function markBefore(corefile: Corefile, block: ServerBlock): (Mark & { readonly start: number }) | undefined {
  const { source, tokens } = corefile
  const lineEnd = source.lastIndexOf('\n', block.start - 1)
  if (lineEnd < 0 || !isBlank(source.slice(lineEnd, block.start))) return undefined
  const start = lineEnd === 0 ? 0 : source.lastIndexOf('\n', lineEnd - 1) + 1
  // What looks like a comment can be inside a quoted token.
  if (tokens.some((token) => token.start < lineEnd && token.end > start)) return undefined
  const line = source.slice(start, lineEnd).replace('\uFEFF', '').trim()
  const match = /^# managed by meshwright: (\S+) of mesh (\S+) \(/.exec(line)
  const [, zone, mesh] = match ?? []
  if (zone === undefined || mesh === undefined) return undefined
  return { zone, mesh, start: source.startsWith('\uFEFF') ? Math.max(1, start) : start }
}

function isBlank(text: string): boolean {
  return text.trim() === ''
}
