/** The state of trust as an output shows it, without intent or lock: what the clusters of a branch apply. */
import { parsePem } from './pem.ts'
import { sha256 } from './read.ts'
import type { TrustState } from './stages.ts'

/**
 * @param tree files of an output, `clusters/<name>/trust/chain.pem` among them
 * @param roots ids by fingerprint of the DER (`sha256:<hex>`); a root that has none is called by its fingerprint
 */
export function shownTrust(tree: ReadonlyMap<string, string>, roots: ReadonlyMap<string, string>): TrustState {
  const state: [string, { signer: string; intermediate: string; bundle: string[] }][] = []
  for (const [path, text] of tree) {
    const [, cluster] = /^clusters\/([^/]+)\/trust\/chain\.pem$/.exec(path) ?? []
    if (cluster === undefined) continue
    const chain = fingerprints(text)
    const [intermediate, last] = [chain.at(0), chain.at(-1)]
    if (intermediate === undefined || last === undefined) continue
    const named = (fingerprint: string): string => roots.get(fingerprint) ?? fingerprint
    const bundle = tree.get(`clusters/${cluster}/trust/root-cert.pem`)
    // Where one root signs and is trusted, the chain ends with it, and it has no file of its own.
    const trusted = bundle === undefined ? [last] : fingerprints(bundle)
    state.push([cluster, { signer: named(last), intermediate, bundle: trusted.map(named) }])
  }
  return new Map(state)
}

/** Of a PEM text; none where it is damaged. */
export function fingerprints(pem: string): string[] {
  return (parsePem(pem) ?? []).map(({ der }) => sha256(der))
}
