/** What a cluster's sidecars learn of the hosts of other clusters: ServiceEntries, each with its DestinationRule. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { isDnsName } from '../mesh/names.ts'
import { judgeBalancing } from './balancing.ts'
import { PROTOCOLS } from './settings-shapes.ts'
import { judgeSettings, settingsText } from './settings.ts'
import { judgeDestinationRule, settingsOf } from './destination-rules.ts'
import { readEndpoints, type Endpoint } from './endpoints.ts'
import { isExportRule } from './exported-subsets.ts'
import { fieldAt, shown, textsOf } from './fields.ts'
import { groupsOf } from './groups.ts'
import { judgeLegacyEntry } from './legacy-imports.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import { readPorts, type Ports } from './ports.ts'
import type { ClusterOutput } from './read.ts'
import { NETWORKING } from './shapes.ts'
import { readSubsets, type FoundSubset } from './subsets.ts'

/** Istio's form of a SPIFFE ID (istio: pkg/spiffe). */
export const SPIFFE_ID: RegExp = /^spiffe:\/\/(?<trustDomain>[^/]+)\/ns\/(?<namespace>[^/]+)\/sa\/[^/]+$/

/** One host as one cluster knows it. */
export interface Import {
  readonly cluster: string
  readonly host: string
  /** `<service>.<namespace>`, the first two labels of the host. */
  readonly key: string
  /** Undefined when it has none, or not exactly one. */
  readonly address: string | undefined
  /** Of the providers' Services, each once. */
  readonly ports: readonly number[]
  /** What consumers dial, what is spoken there, and the Service's own number where it is another: `80 HTTP 8000`; undefined where they are told of already. */
  readonly portsText: string | undefined
  /** Of its connections, as one text; undefined where its rule is told of already. */
  readonly settings: string | undefined
  readonly endpoints: readonly Endpoint[]
  /** Clusters that its endpoints name. */
  readonly providers: readonly string[]
  /** The host's names inside the providers, as the SNIs of its ports have them. */
  readonly localNames: readonly string[]
  readonly subjectAltNames: readonly string[]
  readonly subsets: readonly FoundSubset[]
  readonly object: FoundObject
}

export function readImports(cluster: ClusterOutput): { imports: Import[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const imported = ofKind(cluster.objects, NETWORKING, 'DestinationRule').filter((rule) => !isExportRule(rule))
  const rules = new Map(imported.map((rule) => [placeOf(rule), rule]))
  const imports = ofKind(cluster.objects, NETWORKING, 'ServiceEntry').flatMap((object): Import[] => {
    const { fields, at } = object
    const rule = rules.get(placeOf(object))
    rules.delete(placeOf(object))
    const hosts = textsOf(fieldAt(fields, 'spec', 'hosts'))
    const [host, second] = hosts ?? []
    if (host === undefined || second !== undefined || !isDnsName(host) || host.split('.').length < 3) {
      const args = { object: titleOf(object), found: shown(fieldAt(fields, 'spec', 'hosts')) }
      diagnostics.push(diagnose('MESH-E729', args, at('spec', 'hosts')))
      return []
    }
    const key = host.split('.').slice(0, 2).join('.')
    const address = addressOf(object)
    if (address === undefined) {
      const found = shown(fieldAt(fields, 'spec', 'addresses'))
      diagnostics.push(diagnose('MESH-E730', { host, found }, at('spec', 'addresses')))
    }
    const { ports, diagnostics: ofPorts } = readPorts(object, host)
    const { endpoints, diagnostics: ofEndpoints } = readEndpoints(object, { cluster, host, key, ports })
    const entry = { object, host, key, ports }
    const { localNames: called, diagnostics: ofRule } = judgeDestinationRule(cluster, entry, rule)
    const subjectAltNames = textsOf(fieldAt(fields, 'spec', 'subjectAltNames')) ?? []
    if (cluster.legacy !== undefined) diagnostics.push(...judgeLegacyEntry(cluster.legacy, object, host))
    const known = { host, key, ports, endpoints, entry: object }
    const isJudged = rule !== undefined && cluster.legacy === undefined
    const ofBalancing = isJudged ? judgeBalancing({ ...known, settings: settingsOf(rule) }) : []
    const parts = isJudged ? readSubsets({ ...known, rule }) : undefined
    const localNames = [...new Set([...called, ...(parts?.localNames ?? [])])]
    diagnostics.push(
      ...ofPorts,
      ...ofEndpoints,
      ...ofRule,
      ...ofBalancing,
      ...(rule === undefined ? [] : judgeSettings({ host, protocols: ports.protocols, rule })),
      ...(parts?.diagnostics ?? []),
      ...judgeNature(object, host, key, subjectAltNames),
    )
    const providers = [...new Set(endpoints.map(({ provider }) => provider).filter((name) => name !== ''))]
    return [
      {
        cluster: cluster.name,
        host,
        key,
        address,
        ports: [...new Set(ports.served.values())],
        settings:
          rule === undefined || cluster.legacy !== undefined || ofRule.length > 0 ? undefined : settingsText(rule),
        portsText: ofPorts.length > 0 ? undefined : textOfPorts(ports),
        endpoints,
        providers,
        localNames,
        subjectAltNames,
        subsets: parts?.subsets ?? [],
        object,
      },
    ]
  })
  // What no ServiceEntry knows is a rule for somebody else's host, or a left-over.
  for (const rule of cluster.whole ? rules.values() : []) {
    diagnostics.push(diagnose('MESH-E746', { object: titleOf(rule) }, rule.at('metadata', 'name')))
  }
  return { imports, diagnostics: [...diagnostics, ...judgeHostsTwice(imports)] }
}

function textOfPorts({ numbers, protocols, served }: Ports): string | undefined {
  if (![...protocols.values()].every((protocol) => PROTOCOLS.includes(protocol))) return undefined
  const texts = numbers.map((number) => {
    const target = served.get(number) ?? number
    return [number, protocols.get(number), ...(target === number ? [] : [target])].join(' ')
  })
  return texts.sort().join(', ')
}

/** That sidecars take the host for one of the mesh, and accept nobody but the service's own accounts. */
function judgeNature(
  { fields, at }: FoundObject,
  host: string,
  key: string,
  subjectAltNames: readonly string[],
): Diagnostic[] {
  const location = fieldAt(fields, 'spec', 'location')
  const namespace = key.slice(key.indexOf('.') + 1)
  const identity = (name: string): Readonly<Record<string, string>> => SPIFFE_ID.exec(name)?.groups ?? {}
  const stranger = subjectAltNames.find((name) => identity(name)['namespace'] !== namespace)
  return [
    ...(location === 'MESH_INTERNAL'
      ? []
      : [diagnose('MESH-E745', { host, detail: `location is ${shown(location)}` }, at('spec', 'location'))]),
    ...(stranger === undefined
      ? []
      : [diagnose('MESH-E758', { host, found: stranger, namespace }, at('spec', 'subjectAltNames'))]),
  ]
}

function placeOf({ namespace, name }: FoundObject): string {
  return `${namespace}/${name}`
}

function judgeHostsTwice(imports: readonly Import[]): Diagnostic[] {
  return groupsOf(imports, ({ host }) => host).flatMap(([host, [first, ...others]]) =>
    others.map(({ object }) => {
      const related = first && [{ span: first.object.at('spec', 'hosts'), note: 'here is the other one' }]
      return diagnose('MESH-E731', { host }, object.at('spec', 'hosts'), related)
    }),
  )
}

function addressOf({ fields }: FoundObject): string | undefined {
  const [address, second] = textsOf(fieldAt(fields, 'spec', 'addresses')) ?? []
  return address !== undefined && second === undefined && parseIpv4(address) !== undefined ? address : undefined
}
