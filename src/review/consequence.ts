/** What a reviewer must know of a change, beyond its fields. */

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
  | 'sharing-changed'
  | 'port-changed'
  | 'settings-changed'
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
  | 'visibility-widened'
  | 'identity-widened'
  | 'authorization-loosened'
  | 'authorization-tightened'
  | 'visibility-narrowed'
  | 'identity-narrowed'
  | 'cluster-added'
  | 'address-given'
  | 'certificate-due'
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

interface Kind {
  readonly of: ConsequenceClass
  /** One sentence without an end; `where` names the clusters. */
  readonly say: (consequence: { readonly subject: string; readonly detail: string; readonly where: string }) => string
}

const KINDS: Readonly<Record<ConsequenceKind, Kind>> = {
  'cluster-removed': { of: 'removes', say: ({ subject }) => `cluster ${subject} loses its whole output` },
  'cluster-left': {
    of: 'removes',
    say: ({ subject, detail }) =>
      `what was applied to ${subject} stays live in it, its key too, and its intermediate is trusted until ${detail}; trust crl revoke ${subject} ends that`,
  },
  'host-removed': {
    of: 'removes',
    say: ({ subject, detail }) => `${subject} is no host of the mesh any more; its address ${detail} stays reserved`,
  },
  'import-removed': { of: 'removes', say: ({ subject, where }) => `${subject} can no longer be called from ${where}` },
  'exposure-removed': {
    of: 'removes',
    say: ({ subject, where }) => `the gateway of ${where} no longer lets ${subject} in`,
  },
  'port-removed': {
    of: 'removes',
    say: ({ subject, where, detail }) => `${subject} can no longer be called on ${detail} from ${where}`,
  },
  'engine-removed': {
    of: 'removes',
    say: ({ subject }) => `${subject} goes: what it applies stays in the clusters, and nothing new reaches them by it`,
  },
  'address-released': {
    of: 'moves',
    say: ({ subject, detail }) => `the address ${detail} of ${subject} is free for another host`,
  },
  'address-moved': {
    of: 'moves',
    say: ({ subject, detail }) => `the address of ${subject} moves (${detail}): whoever holds the old one is cut off`,
  },
  'root-dropped': {
    of: 'moves',
    say: ({ subject, where }) => `root ${subject} is no longer trusted by ${where}: what it signed is refused there`,
  },
  'root-changed': { of: 'moves', say: ({ subject, detail }) => `root ${subject}: ${detail}` },
  'gateway-replaced': {
    of: 'moves',
    say: ({ subject }) =>
      `the gateway of ${subject} becomes another workload: others that dial the former one are cut off when it goes`,
  },
  'gateway-moved': {
    of: 'moves',
    say: ({ subject, where, detail }) => `${where} reaches the gateway of ${subject} elsewhere: ${detail}`,
  },
  'destination-moved': {
    of: 'moves',
    say: ({ subject, detail }) => `Argo CD applies the folder of ${subject} to another cluster: ${detail}`,
  },
  'certificate-issued': {
    of: 'moves',
    say: ({ subject, detail }) => `${subject} gets a new intermediate: ${detail}`,
  },
  'sharing-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} go to other shares: from ${detail}`,
  },
  'port-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `${where} calls ${subject} otherwise: ${detail}`,
  },
  'settings-changed': {
    of: 'moves',
    say: ({ subject, where, detail }) => `connections from ${where} to ${subject} have other settings: ${detail}`,
  },
  gap: {
    of: 'gaps',
    say: ({ subject, where, detail }) =>
      `calls of ${subject} from ${where} that go to ${detail} are refused until its gateway has synced`,
  },
  'gap-at-the-end': {
    of: 'gaps',
    say: ({ subject, where, detail }) =>
      `calls of ${subject} from ${where} that still go to ${detail} are refused when its gateway syncs first`,
  },
  'provider-joined': {
    of: 'widens',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} may go to ${detail}`,
  },
  'provider-left': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `calls of ${subject} from ${where} no longer go to ${detail}`,
  },
  'exposure-added': { of: 'widens', say: ({ subject, where }) => `the gateway of ${where} lets ${subject} in` },
  'gateway-opened': {
    of: 'widens',
    say: ({ subject }) =>
      `the gateway of ${subject} is that of Istio 1.6 or 1.7: it lets in every service of the cluster, whatever is listed`,
  },
  'gateway-closed': {
    of: 'moves',
    say: ({ subject }) =>
      `the gateway of ${subject} is no longer that of Istio 1.6 or 1.7: calls under the suffix end when the new one is there, and callers must have synced by then`,
  },
  'import-added': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called from ${where}, ${detail}`,
  },
  'port-added': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called on ${detail} from ${where}`,
  },
  'root-trusted': {
    of: 'widens',
    say: ({ subject, where }) => `whatever root ${subject} signs is trusted by ${where} too`,
  },
  'visibility-widened': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${subject} can be called from more namespaces of ${where}: ${detail}`,
  },
  'identity-widened': {
    of: 'widens',
    say: ({ subject, where, detail }) => `${where}: more identities may answer for ${subject}: ${detail}`,
  },
  'authorization-loosened': { of: 'widens', say: ({ subject, where, detail }) => `${subject} in ${where}: ${detail}` },
  'authorization-tightened': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${subject} in ${where}: ${detail}`,
  },
  'visibility-narrowed': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${subject} can no longer be called from namespaces of ${where}: ${detail}`,
  },
  'identity-narrowed': {
    of: 'narrows',
    say: ({ subject, where, detail }) => `${where}: identities may no longer answer for ${subject}: ${detail}`,
  },
  'cluster-added': { of: 'adds', say: ({ subject }) => `cluster ${subject} is new` },
  'address-given': { of: 'adds', say: ({ subject, detail }) => `${subject} gets the address ${detail}` },
  'certificate-due': {
    of: 'asks',
    say: ({ subject, detail }) => `${subject} needs a new intermediate (${detail}): generate needs the root key`,
  },
  'certificate-awaited': {
    of: 'asks',
    say: ({ subject, detail }) => `${subject} waits for the certificate of ${detail}, which somebody else signs`,
  },
  'trust-adopted': {
    of: 'adds',
    say: ({ subject, detail }) =>
      `${subject} goes on with the CA that it has, from now on from here (${detail}): its README says what is to be done once`,
  },
  'values-changed': {
    of: 'asks',
    say: ({ where }) => `istio/values.yaml changes: upgrade the istiod of ${where} with it`,
  },
  'gateway-values-changed': {
    of: 'asks',
    say: ({ where }) => `istio/gateway-values.yaml changes: upgrade the gateway of ${where} with it`,
  },
  'operator-changed': {
    of: 'asks',
    say: ({ where }) => `istio/istio-operator.yaml changes: install Istio in ${where} with it again`,
  },
}

export function classOf({ kind }: Consequence): ConsequenceClass {
  return KINDS[kind].of
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
  return KINDS[kind].say({ subject: quote(subject), detail: detail === '' ? '' : quote(detail), where })
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
