/** The DNS overlay of each cluster: its own Corefile with our block for the hosts that it imports. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { overlay } from '../dns/providers/coredns.ts'
import { stubOverlay } from '../dns/providers/istiocoredns.ts'
import { isLegacy } from '../mesh/capabilities.ts'
import { importsOf, type Mesh } from '../mesh/mesh.ts'

export interface DnsPlan {
  /** Corefile by cluster. */
  readonly corefiles: ReadonlyMap<string, string>
  readonly diagnostics: readonly Diagnostic[]
}

export function planDns(
  mesh: Mesh,
  addresses: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, Uint8Array>,
): DnsPlan {
  const corefiles = new Map<string, string>()
  const diagnostics: Diagnostic[] = []
  for (const cluster of mesh.clusters) {
    const { path, origin } = cluster.dns.corefile
    const bytes = files.get(path)
    if (bytes === undefined) {
      diagnostics.push(diagnose('MESH-E812', { cluster: cluster.name, path }, origin))
      continue
    }
    const records = importsOf(mesh, cluster.name).flatMap((service) => {
      const address = addresses.get(service.key)
      return address === undefined ? [] : [{ host: service.host, address }]
    })
    const text = decode(bytes)
    if (text === undefined) {
      diagnostics.push(diagnose('MESH-E103', { file: path }, { file: path, start: 0, end: 0 }))
      continue
    }
    const input = { corefile: { path, text }, mesh: mesh.name, suffix: mesh.hostSuffix, records }
    const edited = isLegacy(cluster.istio.version) ? stubOverlay(input, cluster.dns.istiocoredns) : overlay(input)
    diagnostics.push(...edited.diagnostics)
    if (edited.ok) corefiles.set(cluster.name, edited.value)
  }
  return { corefiles, diagnostics }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
