/** What a cluster's sidecars learn of the hosts of other clusters: ServiceEntries, each with its DestinationRule. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { parseIpv4 } from '../mesh/cidr.ts'
import { isDnsName } from '../mesh/names.ts'
import { judgeDestinationRule } from './destination-rules.ts'
import { readEndpoints } from './endpoints.ts'
import { fieldAt, shown, textsOf } from './fields.ts'
import { groupsOf } from './groups.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import { readPorts } from './ports.ts'
import type { ClusterOutput } from './read.ts'

export const NETWORKING = 'networking.istio.io'

/** One host as one cluster knows it. */
export interface Import {
  readonly cluster: string
  readonly host: string
  /** `<service>.<namespace>`, the first two labels of the host. */
  readonly key: string
  /** Undefined when it has none, or not exactly one. */
  readonly address: string | undefined
  /** Clusters that its endpoints name. */
  readonly providers: readonly string[]
  /** The host's names inside the providers, as the SNIs of its ports have them. */
  readonly localNames: readonly string[]
  readonly subjectAltNames: readonly string[]
  readonly object: FoundObject
}

export function readImports(cluster: ClusterOutput): { imports: Import[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const rules = new Map(ofKind(cluster.objects, NETWORKING, 'DestinationRule').map((rule) => [placeOf(rule), rule]))
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
    const { providers, diagnostics: ofEndpoints } = readEndpoints(object, host, ports)
    const { localNames, diagnostics: ofRule } = judgeDestinationRule(cluster, { object, host, key, ports }, rule)
    diagnostics.push(...ofPorts, ...ofEndpoints, ...ofRule)
    const subjectAltNames = textsOf(fieldAt(fields, 'spec', 'subjectAltNames')) ?? []
    return [{ cluster: cluster.name, host, key, address, providers, localNames, subjectAltNames, object }]
  })
  // What no ServiceEntry knows is a rule for somebody else's host, or a left-over.
  for (const rule of cluster.whole ? rules.values() : []) {
    diagnostics.push(diagnose('MESH-E746', { object: titleOf(rule) }, rule.at('metadata', 'name')))
  }
  return { imports, diagnostics: [...diagnostics, ...judgeHostsTwice(imports)] }
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
