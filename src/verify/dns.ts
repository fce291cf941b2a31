/** The names that a cluster's DNS answers are the hosts that its sidecars know, with the same addresses. */
import { hiddenPlugins } from '../dns/checks.ts'
import { parseCorefile } from '../dns/corefile.ts'
import { markBefore } from '../dns/marker.ts'
import { recordsOf } from '../dns/records.ts'
import { stubProblem } from '../dns/stub.ts'
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { fieldAt, textOf } from './fields.ts'
import type { Import } from './imports.ts'
import { judgeProtection, ofKind, type FoundObject } from './objects.ts'
import type { ClusterOutput } from './read.ts'

/** @param imports those of this cluster */
export function judgeDns(cluster: ClusterOutput, imports: readonly Import[]): Diagnostic[] {
  const maps = ofKind(cluster.objects, '', 'ConfigMap').filter(
    ({ namespace, name }) => namespace === 'kube-system' && name === 'coredns',
  )
  const [map, second] = maps
  if (map === undefined || second) {
    if (map === undefined && !cluster.whole) return []
    return [diagnose('MESH-E748', { count: maps.length }, { file: `${cluster.folder}/dns`, start: 0, end: 0 })]
  }
  const corefile = textOf(fieldAt(map.fields, 'data', 'Corefile'))
  const zones = new Set([...imports.map(({ host }) => zoneOf(host)), ...markedZones(corefile)])
  return [
    ...judgeProtection(map),
    ...[...zones].flatMap((zone) => judgeZone(cluster, { map, corefile, zone }, imports)),
  ]
}

/** `<service>.<namespace>` stand before the suffix. */
function zoneOf(host: string): string {
  return host.split('.').slice(2).join('.')
}

/** Zones of blocks that say they are ours: there is one too many when its cluster imports nothing. */
function markedZones(text: string): string[] {
  const corefile = parseCorefile(text)
  return corefile.blocks.flatMap((block) => markBefore(corefile, block)?.zone ?? [])
}

interface Overlay {
  readonly map: FoundObject
  readonly corefile: string
  readonly zone: string
}

function judgeZone(cluster: ClusterOutput, { map, corefile, zone }: Overlay, imports: readonly Import[]): Diagnostic[] {
  const whole = (): Span => map.at('data', 'Corefile')
  if (cluster.legacy !== undefined) {
    const isUsed = imports.some(({ host }) => zoneOf(host) === zone)
    const detail =
      isUsed || !cluster.whole ? stubProblem(corefile, zone) : 'it is handed on, and nobody calls its hosts'
    const hidden = hiddenPlugins({ path: whole().file, text: corefile }, parseCorefile(corefile), zone)
    const lost = detail === undefined ? [] : [diagnose('MESH-E943', { cluster: cluster.name, zone, detail }, whole())]
    return [...lost, ...hidden.map((d) => ({ ...d, span: whole() }))]
  }
  const records = recordsOf(corefile, zone)
  if (records === undefined) return [diagnose('MESH-E752', { zone }, whole())]
  const wanted = new Map(imports.filter(({ host }) => zoneOf(host) === zone).map((entry) => [entry.host, entry]))
  const place = (host: string): Span => lineOf(cluster, whole(), host)
  const missing = [...wanted.values()].flatMap(({ host, address }) => {
    const found = records.get(host)
    if (address === undefined || found === address) return []
    if (found === undefined) return [diagnose('MESH-E749', { host, address }, whole())]
    return [diagnose('MESH-E750', { host, found, wanted: address }, place(host))]
  })
  // A host whose ServiceEntry could not be read would be told for nothing.
  const surplus = cluster.whole ? [...records.keys()].filter((host) => !wanted.has(host)) : []
  // Its offsets are those of the text inside; here it is told at the whole of it.
  const hidden = hiddenPlugins({ path: whole().file, text: corefile }, parseCorefile(corefile), zone)
  return [
    ...missing,
    ...surplus.map((host) => diagnose('MESH-E751', { host }, place(host))),
    ...hidden.map((d) => ({ ...d, span: whole() })),
  ]
}

/** The host in the text of the Corefile; the whole Corefile when it is written in another way. */
function lineOf({ files }: ClusterOutput, whole: Span, host: string): Span {
  const text = files.get(whole.file)?.slice(whole.start, whole.end) ?? ''
  const match = new RegExp(String.raw`(?<=\s)${host.replaceAll(/[^a-z0-9-]/g, String.raw`\$&`)}(?=\s)`).exec(text)
  if (!match) return whole
  return { file: whole.file, start: whole.start + match.index, end: whole.start + match.index + host.length }
}
