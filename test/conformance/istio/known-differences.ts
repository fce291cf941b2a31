/**
 * What meshcheck refuses and `verify` cannot: things that only the intent knows, which `verify` does not read. Anything
 * else that the two disagree about is a fault of `verify`. Each entry must be met by the run, so that none outlives
 * its reason.
 */
import type { Mesh } from '../../../src/mesh/mesh.ts'

export interface KnownDifference {
  /** The mutations. */
  readonly what: RegExp
  /** What each problem begins with. */
  readonly problem: RegExp
  readonly reason: string
  /** True when this holds only where no other import of the mesh shows how it should be. */
  readonly alone?: true
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    what: /^another identity, everywhere$/,
    problem: /^(other-identity|missing-path):/,
    reason:
      'which accounts a service runs under is said by the intent; verify sees that all consumers ask for the same',
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
      (known.alone === undefined || isAlone(mesh, what, problems)),
  )
}

/** Whether the hosts that have problems are all that anybody imports from their clusters. */
function isAlone(mesh: Mesh, what: string, problems: readonly string[]): boolean {
  const hosts = new Set(problems.map((problem) => / -> ([^:]+):/.exec(problem)?.[1]))
  const everywhere = what.endsWith(', everywhere')
  return mesh.services
    .filter(({ host }) => hosts.has(host))
    .every(({ provider, consumers }) => {
      const imported = mesh.services.filter((s) => s.provider === provider && s.consumers.length > 0)
      return imported.every(({ host }) => hosts.has(host)) && (everywhere || consumers.length === 1)
    })
}
