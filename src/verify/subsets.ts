/** Parts of a host that its DestinationRule tells apart: clusters by the labels of endpoints, versions by the SNI. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { judgeBalancing } from './balancing.ts'
import { judgePort, settingsOf } from './destination-rules.ts'
import type { Endpoint } from './endpoints.ts'
import { fieldAt, fieldsOf, listOf, shown, textOf } from './fields.ts'
import type { FoundObject } from './objects.ts'
import type { Ports } from './ports.ts'
import { textOfSettings } from './settings.ts'

export interface FoundSubset {
  readonly name: string
  /** What the gateways are asked for; empty: any pod. */
  readonly version: string
  /** Clusters of the endpoints that it selects. */
  readonly providers: readonly string[]
}

interface Host {
  readonly host: string
  readonly key: string
  readonly ports: Ports
  readonly endpoints: readonly Endpoint[]
  readonly entry: FoundObject
  readonly rule: FoundObject
}

export function readSubsets(known: Host): { subsets: FoundSubset[]; localNames: string[]; diagnostics: Diagnostic[] } {
  const { host, key, ports, endpoints, rule } = known
  const subsets: FoundSubset[] = []
  const localNames = new Set<string>()
  const diagnostics: Diagnostic[] = []
  for (const [i, subset] of listOf(fieldAt(rule.fields, 'spec', 'subsets')).entries()) {
    const name = textOf(fieldAt(subset, 'name'))
    const wrong = (detail: string): number =>
      diagnostics.push(diagnose('MESH-E772', { host, subset: shown(name), detail }, rule.at('spec', 'subsets', i)))
    const labels = fieldsOf(fieldAt(subset, 'labels'))
    const chosen = chosenBy(labels)
    if (subsets.some((other) => other.name === name)) wrong('is there twice')
    if (chosen === undefined) wrong(`selects endpoints by ${shown(labels)}`)
    const selected = endpoints.filter((endpoint) => isSelected(endpoint, labels))
    if (selected.length === 0) {
      diagnostics.push(diagnose('MESH-E774', { host, subset: shown(name) }, rule.at('spec', 'subsets', i)))
    }
    const version = chosen?.version ?? ''
    const settings = settingsOf(rule, ['subsets', i])
    for (const port of ports.numbers) {
      const judged = judgePort({ host, key, settings, version, served: ports.served }, port)
      if (typeof judged === 'string') localNames.add(judged)
      else diagnostics.push(judged)
    }
    // What is not repeated for a subset is not inherited from the port either.
    if (textOfSettings(settings.list) !== textOfSettings(settingsOf(rule).list))
      wrong('has other settings than its host')
    if (version !== '' && selected.some(({ own }) => own)) {
      wrong('chooses among its own pods, which are called without regard to it')
    }
    diagnostics.push(...judgeBalancing({ ...known, endpoints: selected, settings, isPart: true }))
    subsets.push({ name, version, providers: [...new Set(selected.map(({ provider }) => provider))] })
  }
  return { subsets, localNames: [...localNames], diagnostics }
}

/** One version, one cluster or both; undefined for anything else. */
function chosenBy(labels: Readonly<Record<string, unknown>>): { readonly version: string } | undefined {
  const versions: string[] = []
  for (const [key, value] of Object.entries(labels)) {
    const version = /^subset\.meshwright\.dev\/(.+)$/.exec(key)?.[1]
    if (version !== undefined && value === 'true') versions.push(version)
    else if (key !== 'meshwright.dev/cluster') return undefined
  }
  return versions.length > 1 || Object.keys(labels).length === 0 ? undefined : { version: versions[0] ?? '' }
}

function isSelected({ labels }: Endpoint, wanted: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value)
}
