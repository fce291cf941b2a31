/** The DestinationRule that goes with a ServiceEntry: mutual TLS, with an SNI for each port. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { fieldAt, listOf, shown, textOf, textsOf } from './fields.ts'
import { titleOf, type FoundObject } from './objects.ts'
import type { Ports } from './ports.ts'
import type { ClusterOutput } from './read.ts'

interface Entry {
  readonly object: FoundObject
  readonly host: string
  readonly key: string
  readonly ports: Ports
}

export function judgeDestinationRule(
  { whole, legacy }: ClusterOutput,
  { object: entry, host, key, ports }: Entry,
  rule: FoundObject | undefined,
): { localNames: string[]; diagnostics: Diagnostic[] } {
  // Istio's own SNI names the host, and its installer has a rule for all of them.
  if (rule === undefined && legacy !== undefined) return { localNames: [host], diagnostics: [] }
  if (rule === undefined) {
    const missing = diagnose('MESH-E734', { object: titleOf(entry) }, entry.at('metadata', 'name'))
    return { localNames: [], diagnostics: whole ? [missing] : [] }
  }
  const diagnostics: Diagnostic[] = []
  const differs = (field: string, found: unknown, wanted: unknown): void => {
    const args = { object: titleOf(rule), field, found: shown(found), wanted: shown(wanted) }
    diagnostics.push(diagnose('MESH-E735', args, rule.at('spec', field)))
  }
  const ruleHost = fieldAt(rule.fields, 'spec', 'host')
  if (ruleHost !== host) differs('host', ruleHost, host)
  const [ours, theirs] = [visibility(rule), visibility(entry)]
  if (ours === undefined || ours !== theirs) {
    differs('exportTo', fieldAt(rule.fields, 'spec', 'exportTo'), fieldAt(entry.fields, 'spec', 'exportTo'))
  }
  const localNames = new Set<string>()
  for (const port of ports.numbers) {
    const judged = judgePort({ host, key, settings: settingsOf(rule), version: '', served: ports.served }, port)
    if (typeof judged === 'string') localNames.add(judged)
    else diagnostics.push(judged)
  }
  return { localNames: [...localNames], diagnostics }
}

/** The namespaces that see an object, as one text; everywhere when it says nothing. Undefined when it is no list. */
function visibility({ fields }: FoundObject): string | undefined {
  const exportTo = fieldAt(fields, 'spec', 'exportTo')
  const namespaces = exportTo === undefined ? ['*'] : textsOf(exportTo)
  return namespaces && [...namespaces].sort().join(' ')
}

/** The settings of the ports of a rule, or of one of its subsets. */
interface Settings {
  readonly list: readonly unknown[]
  readonly at: (...path: readonly (string | number)[]) => Span
}

/** @param path of the subset below `spec`; none: of the rule itself */
export function settingsOf(rule: FoundObject, path: readonly (string | number)[] = []): Settings {
  const [, index] = path
  const subset = listOf(fieldAt(rule.fields, 'spec', 'subsets'))[Number(index)]
  const owner = index === undefined ? fieldAt(rule.fields, 'spec') : subset
  const list = listOf(fieldAt(owner, 'trafficPolicy', 'portLevelSettings'))
  return { list, at: (...rest) => rule.at('spec', ...path, 'trafficPolicy', 'portLevelSettings', ...rest) }
}

interface Asked {
  readonly host: string
  readonly key: string
  readonly settings: Settings
  /** The subset that the SNI must have; empty: none. */
  readonly version: string
  /** Port of the provider's Service by what consumers dial; the SNI names the former. */
  readonly served: ReadonlyMap<number, number>
}

/** @returns the name behind the port's SNI: what the provider calls the service */
export function judgePort({ host, key, settings, version, served }: Asked, port: number): string | Diagnostic {
  const index = settings.list.findIndex((setting) => fieldAt(setting, 'port', 'number') === port)
  const count = settings.list.filter((setting) => fieldAt(setting, 'port', 'number') === port).length
  const tls = fieldAt(settings.list[index], 'tls')
  const place = (): Span => settings.at(...(index < 0 ? [] : [index, 'tls']))
  const mode = fieldAt(tls, 'mode')
  if (count !== 1 || mode !== 'ISTIO_MUTUAL') {
    const found = count === 1 ? `mode ${shown(mode)}` : `${count} settings`
    return diagnose('MESH-E736', { host, port, found }, place())
  }
  const sni = textOf(fieldAt(tls, 'sni'))
  const wantedPort = served.get(port) ?? port
  const [, number, subset, localName] = /^outbound_\.([0-9]+)_\.([a-z0-9-]*)_\.([a-z0-9.-]+)$/.exec(sni) ?? []
  const isPort = number === String(wantedPort) && subset === version
  const isName = localName?.startsWith(`${key}.svc.`) === true || localName === host
  if (localName !== undefined && isPort && isName) return localName
  const wanted = `outbound_.${wantedPort}_.${version}_.${key}.svc.<cluster domain>`
  return diagnose('MESH-E737', { host, port, found: shown(sni), wanted }, place())
}
