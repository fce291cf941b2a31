/** Reads back whether a Corefile hands a zone on, for `verify`: by the rules of CoreDNS, knowing nothing of how we write. */
import { parseIpv4 } from '../mesh/cidr.ts'
import { parseCorefile } from './corefile.ts'
import { normalizeZone, readKey } from './zone.ts'

/** What is wrong with the block of a zone that must be forwarded to one DNS server, in words; undefined when nothing is. */
export function stubProblem(text: string, zone: string): string | undefined {
  const { blocks, problem } = parseCorefile(text)
  if (problem) return problem.text
  const portsOf = (keys: readonly { readonly text: string }[], name: string): (string | undefined)[] =>
    keys.flatMap(({ text: key }) => {
      const reading = readKey(key)
      const served = reading.kind === 'served' ? reading.served : []
      return served.filter((s) => s.transport === 'dns' && s.zone === name).map(({ port }) => port)
    })
  const roots = new Set(blocks.flatMap(({ keys }) => portsOf(keys, '.')))
  const owners = blocks.filter(({ keys }) => portsOf(keys, normalizeZone(zone)).some((port) => roots.has(port)))
  const [owner] = owners
  if (owner === undefined || owners.length > 1) return `${owners.length} blocks answer it where pods ask`
  const stranger = owner.directives.find(({ name }) => !KNOWN.has(name))
  if (stranger) return `its block has ${stranger.name}`
  const [forward, second] = owner.directives.filter(({ name }) => name === 'forward' || name === 'proxy')
  if (forward === undefined || second) return `its block has ${second ? 'several' : 'no'} lines that forward`
  const [from, server, more] = forward.tokens.slice(1).map((token) => token.text)
  if (from !== '.' || server === undefined || more !== undefined) return 'not all of it goes to one server'
  return parseIpv4(server.replace(/:53$/, '')) === undefined ? `${server} is no address of a DNS server` : undefined
}

const KNOWN: ReadonlySet<string> = new Set(['bind', 'errors', 'cache', 'forward', 'proxy'])
