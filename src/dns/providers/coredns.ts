/**
 * Plain CoreDNS: our server block in the cluster's whole Corefile, and the ConfigMap that carries it. Blocks and their
 * behaviour were measured with CoreDNS 1.14 and 1.15.
 */
import { diagnose, hasErrors, type Checked, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import { invariant } from '../../diagnostics/failure.ts'
import { labels, protectedAnnotations, type Manifest } from '../../kubernetes/manifest.ts'
import { parseIpv4 } from '../../mesh/cidr.ts'
import { carriageReturns, hiddenPlugins, hidingZones, missingReload, secretsIn, unsafeCharacters } from '../checks.ts'
import { parseCorefile, type Corefile } from '../corefile.ts'
import { dropBlock, putBlock } from '../editor.ts'
import { unreadable, type CorefileFile } from '../ownership.ts'
import { rootOf, type Root } from '../root-block.ts'

export interface OverlayInput {
  /** The base file that the intent names. */
  readonly corefile: CorefileFile
  readonly mesh: string
  /** DNS suffix of the global hosts, without dots at its ends: `global`. */
  readonly suffix: string
  readonly records: readonly HostRecord[]
}

export interface HostRecord {
  /** Lower case, below the suffix, no dot at its end. */
  readonly host: string
  /** IPv4, dotted decimal. */
  readonly address: string
}

/** 1 MiB is what the API server takes; the rest is kept for metadata. */
const CONFIG_MAP_BYTES_MAX = 1024 * 1024 - 2048

/** kubectl's last-applied-configuration holds the whole object, and annotations have this limit together. */
const ANNOTATION_BYTES_MAX = 262_144

/** The Corefile with the records in a block of their own; without records it has no such block. */
export function overlay(input: OverlayInput): Checked<string> {
  return overlayWith(input, ({ root }) => blockLines(root, input.records))
}

/** What the lines of a block are made of. */
interface Surroundings {
  readonly root: Root
  readonly corefile: Corefile
}

/** @param linesOf what stands in our block, where there are records */
export function overlayWith(
  { corefile: file, mesh, suffix, records }: OverlayInput,
  linesOf: (surroundings: Surroundings) => readonly string[],
): Checked<string> {
  for (const { host, address } of records) {
    invariant(
      host.endsWith(`.${suffix}`) && parseIpv4(address) !== undefined,
      `${host} ${address} is no record of ${suffix}`,
    )
  }
  const problems = [...unsafeCharacters(file), ...secretsIn(file), ...carriageReturns(file)]
  const hosts = records.map(({ host }) => host)
  const edited =
    hosts.length === 0 ? dropBlock(file, { mesh, zone: suffix }) : withBlock(file, mesh, suffix, hosts, linesOf)
  problems.push(...edited.diagnostics)
  if (edited.ok) problems.push(...oversize(mesh, file, edited.value))
  if (!edited.ok || hasErrors(problems)) return { ok: false, diagnostics: problems }
  return { ok: true, value: edited.value, diagnostics: problems }
}

function withBlock(
  file: CorefileFile,
  mesh: string,
  suffix: string,
  hosts: readonly string[],
  linesOf: (surroundings: Surroundings) => readonly string[],
): Checked<string> {
  const corefile = parseCorefile(file.text)
  const unread = unreadable(file, corefile)
  if (unread.length > 0) return { ok: false, diagnostics: unread }
  const root = rootOf(file, corefile, suffix)
  if (Array.isArray(root)) return { ok: false, diagnostics: root }
  const hidden = hidingZones(file, corefile, { zone: suffix, port: root.port }, hosts)
  const put = putBlock(file, { mesh, zone: suffix, port: root.port, lines: linesOf({ root, corefile }) })
  const plugins = hiddenPlugins(file, corefile, suffix)
  const diagnostics = [...hidden, ...plugins, ...missingReload(file, corefile), ...put.diagnostics]
  return put.ok ? { ...put, diagnostics } : { ok: false, diagnostics }
}

/**
 * `ttl` because the plugin's own is an hour. `fallthrough` last, since after it nothing else is understood; it hands
 * unknown names to `forward`, as `hosts` alone answers them with SERVFAIL, which stalls musl's resolver. Only plugins
 * that `kubeadm upgrade` accepts.
 */
function blockLines(root: Root, records: readonly HostRecord[]): string[] {
  const sorted = [...records].sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0))
  return [
    ...root.bind,
    '    errors',
    '    cache 30',
    '    hosts {',
    ...sorted.map(({ host, address }) => `        ${address} ${host}`),
    '        ttl 30',
    '        no_reverse',
    '        fallthrough',
    '    }',
    ...root.forward,
  ]
}

function oversize(mesh: string, file: CorefileFile, text: string): Diagnostic[] {
  const span = { file: file.path, start: 0, end: 0 }
  const bytes = Buffer.byteLength(text)
  if (bytes > CONFIG_MAP_BYTES_MAX) return [diagnose('MESH-E512', { bytes, limit: CONFIG_MAP_BYTES_MAX }, span)]
  const annotation = Buffer.byteLength(JSON.stringify(coreDnsConfigMap(mesh, text)))
  if (annotation <= ANNOTATION_BYTES_MAX) return []
  return [diagnose('MESH-W514', { bytes: annotation, limit: ANNOTATION_BYTES_MAX }, span)]
}

/**
 * Only our field of an object that the cluster owns: it is applied on the server side, other keys stay as they are, and
 * nobody may ever prune it, since without it the cluster has no DNS. Flux must not take `{$NAME}` for its own either.
 */
export function coreDnsConfigMap(mesh: string, corefile: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'coredns',
      namespace: 'kube-system',
      labels: labels(mesh, 'dns'),
      annotations: {
        ...protectedAnnotations('dns'),
        'argocd.argoproj.io/sync-options': 'ServerSideApply=true,Prune=false,Delete=false',
        'kustomize.toolkit.fluxcd.io/ssa': 'Merge',
        'kustomize.toolkit.fluxcd.io/substitute': 'disabled',
      },
    },
    data: { Corefile: corefile },
  }
}
