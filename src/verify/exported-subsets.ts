/** What the gateway of a cluster takes for the subsets of a service: a DestinationRule that nobody else sees. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock } from '../lock/lock.ts'
import { fieldAt, fieldsOf, listOf, shown, textOf, textsOf } from './fields.ts'
import { ofKind, titleOf, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'
import { GATEWAY_API, NETWORKING } from './shapes.ts'

const NAME = /^meshwright-exports\.(.+)$/

export function isExportRule({ name }: FoundObject): boolean {
  return NAME.test(name)
}

function rulesOf({ objects }: ClusterOutput): FoundObject[] {
  return ofKind(objects, NETWORKING, 'DestinationRule').filter(isExportRule)
}

/** Names of subsets by the name of the service inside the cluster. */
export type ExportedSubsets = ReadonlyMap<string, ReadonlySet<string>>

/** @param hosts the names that the gateway exposes */
export function readExportedSubsets(
  cluster: ClusterOutput,
  hosts: ReadonlySet<string>,
): { subsets: ExportedSubsets; diagnostics: Diagnostic[] } {
  const subsets = new Map<string, ReadonlySet<string>>()
  const diagnostics: Diagnostic[] = []
  const [gateway = ofKind(cluster.objects, GATEWAY_API, 'Gateway')[0]] = ofKind(cluster.objects, NETWORKING, 'Gateway')
  for (const rule of rulesOf(cluster)) {
    const host = textOf(fieldAt(rule.fields, 'spec', 'host'))
    const names = namesOf(rule)
    subsets.set(host, new Set(names))
    const wrong = (detail: string, ...path: readonly string[]): number =>
      diagnostics.push(diagnose('MESH-E778', { object: titleOf(rule), detail }, rule.at('spec', ...path)))
    const key = NAME.exec(rule.name)?.[1] ?? ''
    if (!host.startsWith(`${key}.svc.`)) wrong(`its host is ${shown(host)}`, 'host')
    else if (cluster.whole && !hosts.has(host)) wrong(`its gateway does not expose ${host}`, 'host')
    if (textsOf(fieldAt(rule.fields, 'spec', 'exportTo'))?.join() !== '.') {
      wrong('it is seen by callers within the cluster, whose own rules it would replace', 'exportTo')
    }
    if (gateway !== undefined && gateway.namespace !== rule.namespace)
      wrong('it is not in the namespace of the gateway')
    if (fieldAt(rule.fields, 'spec', 'trafficPolicy') !== undefined) {
      wrong('it has a trafficPolicy, with which the gateway may find no pod', 'trafficPolicy')
    }
    if (names.length === 0) wrong('it has no subsets')
    if (new Set(names).size < names.length) wrong('it has a subset twice', 'subsets')
    const found = listOf(fieldAt(rule.fields, 'spec', 'subsets'))
    const any = found.findIndex((subset) => Object.keys(fieldsOf(fieldAt(subset, 'labels'))).length === 0)
    if (any >= 0) wrong(`subset ${shown(names[any])} takes any pod`, 'subsets')
    if (found.some((subset) => fieldAt(subset, 'trafficPolicy') !== undefined)) {
      wrong('a subset has a trafficPolicy, with which the gateway may find no pod', 'subsets')
    }
  }
  return { subsets, diagnostics }
}

function namesOf({ fields }: FoundObject): string[] {
  return listOf(fieldAt(fields, 'spec', 'subsets')).map((subset) => textOf(fieldAt(subset, 'name')))
}

/** The subsets that the lock has of a cluster are there, with the same labels, and no others are. */
export function judgeSubsetsAgainstLock(lock: Lock, cluster: ClusterOutput): Diagnostic[] {
  const wanted = new Map<string, string>()
  for (const [key, { exposures }] of lock.hosts) {
    const subsets = exposures.find((e) => e.cluster === cluster.name && e.subsets !== undefined)?.subsets ?? []
    // Those without labels are in a rule of the service's owners.
    if (subsets.length === 0 || subsets.some(({ labels }) => labels === undefined)) continue
    wanted.set(key, subsets.map(({ name, labels = {} }) => textOfSubset(name, labels)).join('; '))
  }
  const found = new Map(rulesOf(cluster).map((rule) => [NAME.exec(rule.name)?.[1] ?? '', rule]))
  const keys = new Set([...found.keys(), ...(cluster.whole ? wanted.keys() : [])])
  return [...keys].flatMap((key) => {
    const rule = found.get(key)
    const subsets = rule === undefined ? [] : listOf(fieldAt(rule.fields, 'spec', 'subsets'))
    const text = subsets
      .map((subset) => textOfSubset(textOf(fieldAt(subset, 'name')), fieldsOf(fieldAt(subset, 'labels'))))
      .join('; ')
    const locked = wanted.get(key) ?? ''
    if (text === locked) return []
    const args = { host: key, cluster: cluster.name, found: text || 'no subset', locked: locked || 'none' }
    return [diagnose('MESH-E779', args, rule?.at('spec') ?? { file: `${cluster.folder}/gateway`, start: 0, end: 0 })]
  })
}

function textOfSubset(name: string, labels: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${shown(value)}`)
  return `${shown(name)} ${pairs.sort().join(',')}`
}
