/**
 * Changes of trust, one stage at a time. Clusters take what is published at moments of their own, so a cluster that has
 * the new state meets clusters that still have the old one: whoever signs in either state must be trusted in both,
 * everywhere. Introducing a root, signing with it and dropping the old one are therefore three stages, never fewer.
 */
import type { Lock } from '../lock/lock.ts'

export interface ClusterTrust {
  /** Id of the root above the intermediate. */
  readonly signer: string
  /** Fingerprint, or whatever else changes with it. */
  readonly intermediate: string
  /** Ids of the roots of `root-cert.pem`, in their order. */
  readonly bundle: readonly string[]
}

/** Of the clusters that are in the mesh, by name. */
export type TrustState = ReadonlyMap<string, ClusterTrust>

export function trustState(lock: Lock): TrustState {
  const live = [...lock.clusters.values()].filter(({ removed }) => !removed)
  return new Map(
    live.map(({ name, root, bundle, certificate }) => [name, { signer: root, intermediate: certificate, bundle }]),
  )
}

/**
 * The state that clusters are in by what is published. One that is taken over since is not in it, and yet it lives: it
 * signs and trusts as it did before, each such cluster by itself.
 *
 * @param intermediateOf what stands for a certificate (PEM) in `published`; without it the PEM itself
 */
export function publishedState(
  published: TrustState,
  atHand: Lock,
  intermediateOf: (certificate: string) => string = (certificate) => certificate,
): TrustState {
  const state = new Map(published)
  for (const { name, removed, adopted } of atHand.clusters.values()) {
    if (removed || adopted === undefined || state.has(name)) continue
    const { root: signer, certificate, bundle } = adopted
    state.set(name, { signer, intermediate: intermediateOf(certificate), bundle })
  }
  return state
}

export type StageFault =
  /** Peers with these bundles do not know the root that these clusters will sign under. */
  | { readonly kind: 'untrusted'; readonly clusters: Names; readonly root: string; readonly peers: Names }
  /** These clusters sign under a root that peers will no longer trust. */
  | { readonly kind: 'dropped'; readonly clusters: Names; readonly root: string; readonly peers: Names }
  /** Roots come and go at once: istiod takes no bundle that is neither more nor less than the one it has. */
  | { readonly kind: 'swapped'; readonly clusters: Names; readonly added: Names; readonly dropped: Names }
  /** Bundle and intermediate of these clusters change at once. */
  | { readonly kind: 'two-stages'; readonly clusters: Names }

type Names = readonly string[]

/** What keeps the step between two states from being one stage; nothing: every mixture of the two trusts itself. */
export function judgeStage(before: TrustState, after: TrustState): StageFault[] {
  return [...rootFaults(before, after), ...bundleFaults(before, after)]
}

/** Who signs after the step must have been trusted before it by everybody, and who signed before it must be after it. */
function* rootFaults(before: TrustState, after: TrustState): Generator<StageFault> {
  const was = signersOf(before)
  for (const root of signersOf(after)) {
    const peers = distinct([...without(before, root), ...without(after, root)])
    if (peers.length > 0 && !was.has(root)) yield { kind: 'untrusted', clusters: signing(after, root), root, peers }
  }
  for (const root of was) {
    const peers = distinct(without(after, root))
    if (peers.length > 0) yield { kind: 'dropped', clusters: signing(before, root), root, peers }
  }
}

function* bundleFaults(before: TrustState, after: TrustState): Generator<StageFault> {
  const swapped = new Map<string, { clusters: string[]; added: Names; dropped: Names }>()
  const both: string[] = []
  for (const [cluster, { bundle, intermediate }] of after) {
    const was = before.get(cluster)
    if (was === undefined) continue
    const added = bundle.filter((root) => !was.bundle.includes(root))
    const dropped = was.bundle.filter((root) => !bundle.includes(root))
    if (added.length > 0 && dropped.length > 0) {
      const same = JSON.stringify([added, dropped])
      swapped.set(same, { clusters: [...(swapped.get(same)?.clusters ?? []), cluster], added, dropped })
    } else if (added.length + dropped.length > 0 && was.intermediate !== intermediate) {
      both.push(cluster)
    }
  }
  for (const swap of swapped.values()) yield { kind: 'swapped', ...swap }
  if (both.length > 0) yield { kind: 'two-stages', clusters: both }
}

function signing(state: TrustState, root: string): string[] {
  return distinct([...state].filter(([, { signer }]) => signer === root).map(([name]) => name))
}

function without(state: TrustState, root: string): string[] {
  return [...state].filter(([, { bundle }]) => !bundle.includes(root)).map(([name]) => name)
}

function signersOf(state: TrustState): ReadonlySet<string> {
  return new Set([...state.values()].map(({ signer }) => signer))
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort()
}

/**
 * The bundle of a cluster: what it has stays in its order and keeps its bytes, what is new comes behind it.
 *
 * @param wanted ids of the roots that are trusted, as the intent lists them
 */
export function nextBundle(has: readonly string[] | undefined, wanted: readonly string[]): readonly string[] {
  if (has === undefined) return wanted
  return [...has.filter((root) => wanted.includes(root)), ...wanted.filter((root) => !has.includes(root))]
}
