/**
 * Reads a rendered output back as a stranger would, and judges it. Nothing of what wrote it is used or believed: files
 * in, findings out, without intent, lock or key.
 */
import { sortDiagnostics, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Lock } from '../lock/lock.ts'
import { judgeAgainstLock } from './against-lock.ts'
import { judgeChain, judgeChains, readChain, type Chain } from './chain.ts'
import { crlBytes, judgeCrls } from './crl.ts'
import { judgeDns } from './dns.ts'
import { judgeEngines } from './engines.ts'
import { readExportedSubsets } from './exported-subsets.ts'
import { readExports } from './exports.ts'
import { readImports, type Import } from './imports.ts'
import { judgeIndexes } from './kustomization.ts'
import { judgeProtection, judgeTwice, ofKind } from './objects.ts'
import { judgePolicies } from './policies.ts'
import { judgeLegacy } from './legacy.ts'
import { LEGACY_SHAPES } from './legacy-shapes.ts'
import { readOutput } from './read.ts'
import { judgeGateways } from './gateways.ts'
import { judgeGatewayValues } from './gateway-values.ts'
import { judgeManagedGateways } from './managed-gateway.ts'
import { judgeRoutes, type Provider } from './routes.ts'
import { judgeTrustDomains } from './trust-domains.ts'
import { carriersOf, judgeSealed, judgeWideScope } from './sealed.ts'
import { judgeShapes, SHAPES } from './shapes.ts'
import { judgeVirtualServices } from './virtual-services.ts'
import { judgeClearSecrets, judgeSecrets } from './secrets.ts'

export interface VerifyOptions {
  readonly now: Date
  /** Held against the output when there is one. */
  readonly lock?: Lock
}

export interface Verdict {
  /** Sorted; the output is sound when there is no error among them. */
  readonly diagnostics: readonly Diagnostic[]
  /** What was looked at. */
  readonly clusters: readonly string[]
  /** Hosts that at least one cluster imports. */
  readonly hosts: number
  /** Fingerprints (`sha256:<hex>`) of the roots that are trusted: one, but while it is replaced. */
  readonly roots: readonly string[]
}

/** @param files text by path, relative to the folder that holds `clusters/` */
export function verifyOutput(files: ReadonlyMap<string, string>, { now, lock }: VerifyOptions): Verdict {
  const { clusters, diagnostics: unreadable } = readOutput(files)
  // Lists of findings, joined at the end: one can be longer than a call has room for arguments.
  const found: (readonly Diagnostic[])[] = [unreadable, judgeSecrets(files)]
  const chains: Chain[] = []
  const imports: Import[] = []
  const providers = new Map<string, Provider>()
  const trustDomains = new Set(clusters.flatMap(({ settings }) => settings.ownTrustDomains))
  for (const cluster of clusters) {
    const { chain, diagnostics: ofChain } = readChain(cluster)
    if (chain) chains.push(chain)
    const imported = readImports(cluster)
    for (const entry of imported.imports) imports.push(entry)
    const exported = readExports(cluster)
    const { whole, legacy } = cluster
    const exportedSubsets = readExportedSubsets(cluster, exported.hosts)
    const { subsets } = exportedSubsets
    providers.set(cluster.name, { hosts: exported.hosts, subsets, whole, ...(legacy && { suffix: legacy.suffix }) })
    found.push(
      judgeIndexes(cluster),
      judgeTwice(cluster.objects),
      judgeShapes(cluster.objects, cluster.legacy ? LEGACY_SHAPES : SHAPES),
      judgeLegacy(cluster),
      judgeClearSecrets(cluster.objects),
      ofKind(cluster.objects, '', 'Namespace').flatMap(judgeProtection),
      ofChain,
      chain ? judgeChain(chain, now) : [],
      judgeSealed(cluster, chain, crlBytes(cluster)),
      lock === undefined ? judgeWideScope(cluster) : [],
      imported.diagnostics,
      exported.diagnostics,
      exportedSubsets.diagnostics,
      judgeVirtualServices(cluster, imported.imports),
      judgePolicies(cluster, exported.hosts, trustDomains),
      judgeManagedGateways(cluster),
      judgeGatewayValues(cluster),
      judgeDns(cluster, imported.imports),
    )
  }
  const names = clusters.map(({ name }) => name)
  found.push(
    judgeChains(chains, now),
    judgeCrls(clusters, chains, now),
    judgeRoutes(imports, providers),
    judgeGateways(imports),
    judgeTrustDomains(clusters, imports),
    judgeEngines(files, names, carriersOf(clusters)),
  )
  if (lock) found.push(judgeAgainstLock(lock, { clusters, chains, imports }))
  return {
    diagnostics: sortDiagnostics(found.flat()),
    clusters: names,
    hosts: new Set(imports.map(({ host }) => host)).size,
    roots: [...new Set(chains.flatMap(({ bundle }) => bundle.map(({ certificate }) => certificate.fingerprint)))],
  }
}
