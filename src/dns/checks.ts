/** What a Corefile that is sound by itself can still do wrong in a cluster. */
import { isWithin } from '../mesh/names.ts'
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { privateKeyIn } from '../tree/private-key.ts'
import type { Corefile } from './corefile.ts'
import { spanOf, type CorefileFile } from './ownership.ts'
import { normalizeZone, readKey } from './zone.ts'

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

/** How many arguments stand before the zones that a plugin answers for. */
const ZONES_BEHIND: Readonly<Record<string, number>> = {
  auto: 0,
  etcd: 0,
  file: 1,
  hosts: 1,
  k8s_external: 0,
  kubernetes: 0,
  secondary: 0,
  template: 2,
}

/**
 * Zones of the user's plugins that lie within ours: they are answered in a block for a shorter zone, which is no longer
 * asked once ours is there. With `kubernetes` that is the whole DNS of the cluster.
 */
export function hiddenPlugins(file: CorefileFile, corefile: Corefile, zone: string): Diagnostic[] {
  const ours = normalizeZone(zone)
  return corefile.blocks.flatMap((block) => {
    const zones = block.keys.flatMap((key) => {
      const reading = readKey(key.text)
      return reading.kind === 'served' ? reading.served.map((s) => s.zone) : []
    })
    // A block that is as specific as ours is not asked less than before.
    if (zones.some((z) => isWithin(z, ours))) return []
    return block.directives.flatMap((directive) => {
      const skipped = ZONES_BEHIND[directive.name]
      if (skipped === undefined) return []
      const hidden = directive.tokens.slice(1 + skipped).find((arg) => isWithin(normalizeZone(arg.text), ours))
      return hidden
        ? [diagnose('MESH-E518', { zone, plugin: directive.name, hidden: hidden.text }, spanOf(file, hidden))]
        : []
    })
  })
}

/** A private key has no business in a Corefile, and would go into Git and to everybody who reads the ConfigMap. */
export function secretsIn(file: CorefileFile): Diagnostic[] {
  const found = privateKeyIn(file.text)
  return found === undefined
    ? []
    : [diagnose('MESH-E519', { file: file.path, found }, { file: file.path, start: 0, end: 0 })]
}

/** Line ends that a checkout changes: two machines would render two overlays. */
export function carriageReturns(file: CorefileFile): Diagnostic[] {
  const start = file.text.indexOf('\r\n')
  if (start < 0) return []
  return [diagnose('MESH-W520', { file: file.path }, { file: file.path, start, end: start })]
}

/** A `reload` in any block reloads the whole file. */
export function missingReload(file: CorefileFile, corefile: Corefile): Diagnostic[] {
  const reloads = corefile.blocks.some((block) => block.directives.some((directive) => directive.name === 'reload'))
  return reloads ? [] : [diagnose('MESH-W513', { file: file.path }, { file: file.path, start: 0, end: 0 })]
}
