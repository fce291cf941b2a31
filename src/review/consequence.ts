/** What a reviewer must know of a change, beyond its fields. */
import { SENTENCES } from './sentences.ts'

/** In the order in which they are told: what goes first, then what may fail on the way, what opens, what is new. */
export const CLASSES = ['removes', 'moves', 'gaps', 'widens', 'narrows', 'adds', 'asks'] as const
export type ConsequenceClass = (typeof CLASSES)[number]

export type ConsequenceKind =
  | 'cluster-removed'
  | 'cluster-left'
  | 'host-removed'
  | 'import-removed'
  | 'exposure-removed'
  | 'port-removed'
  | 'engine-removed'
  | 'address-released'
  | 'address-moved'
  | 'root-dropped'
  | 'root-changed'
  | 'gateway-replaced'
  | 'gateway-moved'
  | 'destination-moved'
  | 'certificate-issued'
  | 'sealing-changed'
  | 'certificate-revoked'
  | 'crl-shipped'
  | 'revocation-lost'
  | 'sharing-changed'
  | 'port-changed'
  | 'settings-changed'
  | 'routing-changed'
  | 'subset-removed'
  | 'subset-changed'
  | 'subset-added'
  | 'gap'
  | 'gap-at-the-end'
  | 'provider-joined'
  | 'provider-left'
  | 'port-added'
  | 'exposure-added'
  | 'gateway-opened'
  | 'gateway-closed'
  | 'import-added'
  | 'root-trusted'
  | 'recipients-added'
  | 'recipients-removed'
  | 'visibility-widened'
  | 'identity-widened'
  | 'authorization-loosened'
  | 'authorization-tightened'
  | 'visibility-narrowed'
  | 'identity-narrowed'
  | 'cluster-added'
  | 'address-given'
  | 'certificate-due'
  | 'rewrap-due'
  | 'certificate-awaited'
  | 'trust-adopted'
  | 'values-changed'
  | 'gateway-values-changed'
  | 'operator-changed'

/** One kind of consequence for one subject, in all the clusters that it concerns. */
export interface Consequence {
  readonly kind: ConsequenceKind
  /** A host, a cluster, an object. */
  readonly subject: string
  /** Sorted; empty where the subject is the whole mesh's. */
  readonly clusters: readonly string[]
  /** Addresses, namespaces, dates: what the sentence needs besides. */
  readonly detail: string
}

export function about(
  kind: ConsequenceKind,
  subject: string,
  detail: string,
  ...clusters: readonly string[]
): Consequence {
  return { kind, subject, detail, clusters }
}

export function classOf({ kind }: Consequence): ConsequenceClass {
  return SENTENCES[kind].of
}

/**
 * @param quote how a name is written
 * @param max how many clusters are named; the others are counted
 */
export function sentenceOf(
  { kind, subject, clusters, detail }: Consequence,
  quote: (name: string) => string = (name) => name,
  max: number = Number.MAX_SAFE_INTEGER,
): string {
  const more = clusters.length > max ? ` and ${clusters.length - max} more` : ''
  const where = `${clusters
    .slice(0, max)
    .map((name) => quote(name))
    .join(', ')}${more}`
  return SENTENCES[kind].say({ subject: quote(subject), detail: detail === '' ? '' : quote(detail), where })
}

/** Consequences that differ in their clusters only become one; sorted by class, then by subject. */
export function gathered(all: readonly Consequence[]): Consequence[] {
  const groups = new Map<string, Consequence>()
  for (const consequence of all) {
    const { kind, subject, detail, clusters } = consequence
    const key = [kind, subject, detail].join('\0')
    const known = groups.get(key)?.clusters ?? []
    groups.set(key, { ...consequence, clusters: [...new Set([...known, ...clusters])].sort() })
  }
  const rank = (c: Consequence): number => CLASSES.indexOf(classOf(c))
  return [...groups.values()].sort(
    (a, b) => rank(a) - rank(b) || compare(a.kind, b.kind) || compare(a.subject, b.subject),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
