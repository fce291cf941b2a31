/**
 * What meshcheck refuses and `verify` cannot: things that only the intent knows, which `verify` does not read. Anything
 * else that the two disagree about is a fault of `verify`. Each entry must be met by the run, so that none outlives
 * its reason.
 */
import { isProvidedBy, type Mesh } from '../../../src/mesh/mesh.ts'

export interface KnownDifference {
  /** The mutations. */
  readonly what: RegExp
  /** What each problem begins with. */
  readonly problem: RegExp
  readonly reason: string
  /** True when this holds only where no other import of the mesh shows how it should be. */
  readonly alone?: true
  /** True when this holds everywhere at once, or for hosts that one cluster calls. */
  readonly unopposed?: true
  /** True when this holds only for hosts that nobody calls from another cluster. */
  readonly atHome?: true
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: /^(TCP|HTTP|HTTPS) for what it was|^chaos: from elsewhere ServiceEntry\.spec\.ports\[\]\.protocol$/,
    problem: /^(other-way|other-settings|missing-path):/,
    reason: 'what is spoken on a port is said by the intent, and by the Service; verify sees that all consumers agree',
    unopposed: true,
  },
  {
    what: /^another identity, everywhere$|^chaos: from elsewhere ServiceEntry\.spec\.subjectAltNames/,
    problem: /^(other-identity|missing-path):/,
    reason:
      'which accounts a service runs under is said by the intent; verify sees that all consumers ask for the same',
  },
  {
    what: /^one port less, everywhere$/,
    problem: /^missing-path:/,
    reason: 'where nobody else calls a host, its cluster exposes no port, and the lock knows of none',
    atHome: true,
  },
  {
    what: /^first and last change places, everywhere$/,
    problem: /^other-priorities:/,
    reason: 'in which order clusters are called is said by the intent, and where the callers are by their cluster',
  },
  {
    what: /^weights that are shifted, everywhere$/,
    problem: /^other-weights:/,
    reason: 'how calls are shared is said by the intent; verify sees that it is all of them',
  },
  {
    what: /^no identity, everywhere$|^chaos: less ServiceEntry\.spec\.subjectAltNames/,
    problem: /^(other-names|other-identity|missing-path):/,
    reason: 'a service of which the intent names no account, or one less, looks the same; plan warns about it',
  },
  {
    what: /^to be seen (elsewhere|by all), everywhere$/,
    problem: /^(missing|unpromised)-path:/,
    reason: 'which namespaces call a host is said by the intent',
  },
  {
    what: /^another (address|port) of the gateway|^the address of the own gateway$|endpoints\[\]\.address$/,
    problem: /^(unknown-address|no-gateway|no-filter-chain|other-endpoints|missing-path):/,
    reason: 'where the gateway of a cluster is reached is said by the intent; other imports from that cluster show it',
    alone: true,
  },
  {
    what: /^one endpoint less, everywhere$|^chaos: less ServiceEntry\.spec\.endpoints\[\]$/,
    problem: /^other-endpoints:/,
    reason: 'how many addresses a gateway has is said by the intent; other imports from that cluster show it',
    alone: true,
  },
  {
    what: /^Gateway: another selector$/,
    problem: /^(no-gateway|missing-path):/,
    reason: 'which pods are the gateway is said by the intent, and by the cluster',
  },
]

export function knownDifference(mesh: Mesh, what: string, problems: readonly string[]): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find(
    (known) =>
      known.what.test(what) &&
      problems.every((problem) => known.problem.test(problem)) &&
      (known.alone === undefined || isAlone(mesh, what, problems)) &&
      (known.unopposed === undefined || isUnopposed(mesh, what, problems)) &&
      (known.atHome === undefined || isAtHome(mesh, problems)),
  )
}

function isUnopposed(mesh: Mesh, what: string, problems: readonly string[]): boolean {
  const hosts = hostsIn(problems)
  const called = mesh.services.filter(({ host }) => hosts.has(host))
  return what.endsWith(', everywhere') || called.every(({ consumers }) => consumers.length === 1)
}

function isAtHome(mesh: Mesh, problems: readonly string[]): boolean {
  const hosts = hostsIn(problems)
  return mesh.services
    .filter(({ host }) => hosts.has(host))
    .every((service) =>
      service.consumers.every(({ cluster }) => service.providers.every((provider) => provider.cluster === cluster)),
    )
}

function hostsIn(problems: readonly string[]): ReadonlySet<string | undefined> {
  return new Set(problems.map((problem) => / -> ([^:]+):/.exec(problem)?.[1]))
}

/** Whether the hosts that have problems are all that anybody imports from their clusters. */
function isAlone(mesh: Mesh, what: string, problems: readonly string[]): boolean {
  const hosts = hostsIn(problems)
  const everywhere = what.endsWith(', everywhere')
  return mesh.services
    .filter(({ host }) => hosts.has(host))
    .every(({ providers, consumers }) => {
      const imported = mesh.services.filter(
        (s) => s.consumers.length > 0 && providers.some(({ cluster }) => isProvidedBy(s, cluster)),
      )
      return imported.every(({ host }) => hosts.has(host)) && (everywhere || consumers.length === 1)
    })
}
