/** What a Corefile that is sound by itself can still do wrong in a cluster. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Corefile } from './corefile.ts'
import { spanOf, type CorefileFile } from './ownership.ts'
import { isWithin, normalizeZone, readKey } from './zone.ts'

/**
 * Characters that readers of YAML refuse, or change even inside of quotes: control characters but tab and line ends
 * (YAML 1.2, 5.1), the line ends of YAML 1.1 (NEL, LS, PS), byte order marks, and what is not a character at all.
 */
const UNSAFE = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\p{Surrogate}]/gu

/** One diagnostic per character, at its first place. */
export function unsafeCharacters(file: CorefileFile): Diagnostic[] {
  const found = new Map<string, { start: number; end: number; count: number }>()
  for (const match of file.text.matchAll(UNSAFE)) {
    const [char] = match
    const first = found.get(char)
    if (first) first.count += 1
    else found.set(char, { start: match.index, end: match.index + char.length, count: 1 })
  }
  return [...found].map(([char, place]) => {
    const character = `U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
    return diagnose('MESH-E511', { character, count: place.count }, spanOf(file, place))
  })
}

/**
 * Blocks on the same port whose zone lies below ours: CoreDNS answers from the longest zone that fits, so that hosts in
 * such a zone are never looked up in our block.
 */
export function hidingZones(
  file: CorefileFile,
  corefile: Corefile,
  own: { readonly zone: string; readonly port: string },
  hosts: readonly string[],
): Diagnostic[] {
  const ours = normalizeZone(own.zone)
  return corefile.blocks.flatMap((block) =>
    block.keys.flatMap((key) => {
      const reading = readKey(key.text)
      const served = reading.kind === 'served' ? reading.served : []
      const zones = served
        .filter((s) => s.transport === 'dns' && (s.port === undefined || s.port === own.port))
        .map((s) => s.zone)
        .filter((zone) => zone !== ours && isWithin(zone, ours))
      const hidden = hosts.filter((host) => zones.some((zone) => isWithin(normalizeZone(host), zone)))
      const [host] = hidden
      if (host === undefined) return []
      return [diagnose('MESH-E510', { zone: key.text, host, hosts: hidden.length }, spanOf(file, key))]
    }),
  )
}

/** A `reload` in any block reloads the whole file. */
export function missingReload(file: CorefileFile, corefile: Corefile): Diagnostic[] {
  const reloads = corefile.blocks.some((block) => block.directives.some((directive) => directive.name === 'reload'))
  return reloads ? [] : [diagnose('MESH-W513', { file: file.path }, { file: file.path, start: 0, end: 0 })]
}
