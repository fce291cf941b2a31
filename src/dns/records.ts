/** Reads back what a Corefile answers, for `verify`: by the rules of CoreDNS, knowing nothing of how we write. */
import { isWithin } from '../mesh/names.ts'
import { parseCorefile, type Directive, type ServerBlock } from './corefile.ts'
import { parseAddress } from './ip.ts'
import { startsLine, type Token } from './lexer.ts'
import { normalizeZone, readKey, type Served } from './zone.ts'

/**
 * The inline records of the `hosts` plugin in the block that owns `zone` over plain DNS (coredns, plugin/hosts): host
 * without dot at its end to address, in the order of the file. A host with several addresses has them all, divided by
 * a blank, so that it never looks like a host with one. Undefined when no block owns the zone; of several, only the
 * one on a port of the root block, which is where the pods ask.
 */
export function recordsOf(corefile: string, zone: string): ReadonlyMap<string, string> | undefined {
  const { blocks, problem } = parseCorefile(corefile)
  const ports = new Set(blocks.flatMap((block) => portsOf(block, '.')))
  const owners = blocks.filter((block) => portsOf(block, normalizeZone(zone)).length > 0)
  const asked = owners.filter((block) => portsOf(block, normalizeZone(zone)).some((port) => ports.has(port)))
  const [owner, second] = owners.length > 1 ? asked : owners
  if (problem || !owner || second) return undefined
  const records = new Map<string, string>()
  const hosts = owner.directives.filter((directive) => directive.name === 'hosts')
  for (const [host, address] of hosts.flatMap((directive) => hostLines(directive, zonesOf(owner)))) {
    const known = records.get(host)
    records.set(host, known === undefined ? address : `${known} ${address}`)
  }
  return records
}

function servedBy(key: string): readonly Served[] {
  const reading = readKey(key)
  return reading.kind === 'served' ? reading.served : []
}

function portsOf(block: ServerBlock, zone: string): (string | undefined)[] {
  const served = block.keys.flatMap((key) => servedBy(key.text))
  return served.filter((s) => s.transport === 'dns' && s.zone === zone).map((s) => s.port)
}

/** The plugins of a block are shared by all of its keys. */
function zonesOf(block: ServerBlock): string[] {
  return block.keys.flatMap((key) => servedBy(key.text).map((served) => served.zone))
}

/** A line is an address and its names; other lines, and names outside of the plugin's zones, are silently ignored. */
function hostLines(directive: Directive, blockZones: readonly string[]): [string, string][] {
  const { args, lines } = split(directive)
  // `hosts FILE ZONE…`: without zones those of the block.
  const zones =
    args.length > 1 ? args.slice(1).flatMap((arg) => servedBy(arg).map((served) => served.zone)) : blockZones
  return lines.flatMap((line): [string, string][] => {
    const [address, ...names] = line
      .join(' ')
      .replace(/#.*/s, '')
      .split(/[ \t\n\v\f\r]+/)
    if (address === undefined || parseAddress(address.replace(/%.*/s, '')) === undefined) return []
    return names
      .map(normalizeZone)
      .filter((name) => name !== '.' && zones.some((zone) => isWithin(name, zone)))
      .map((name) => [name.slice(0, -1), address])
  })
}

function split(directive: Directive): { args: string[]; lines: string[][] } {
  const open = directive.tokens.findIndex((token) => token.text === '{')
  const head = open < 0 ? directive.tokens : directive.tokens.slice(0, open)
  const lines: string[][] = []
  let previous: Token | undefined
  for (const token of open < 0 ? [] : directive.tokens.slice(open + 1, -1)) {
    if (startsLine(previous, token)) lines.push([])
    lines.at(-1)?.push(token.text)
    previous = token
  }
  return { args: head.slice(1).map((token) => token.text), lines }
}
