/** Which pods of a service a request goes to: by version, by cluster, for how long and how often. */
import { servingOf, type Provider, type Service } from './mesh.ts'

/** Some of the pods of a service. */
export interface Subset {
  readonly name: string
  /** Of its pods; absent where each provider's own DestinationRule has the subset already. */
  readonly labels?: Readonly<Record<string, string>>
}

/** What is done with requests beside sending them to the service. */
export interface Routing {
  /** In the order in which they are tried; the last one takes what is left. Empty: all go to the service. */
  readonly routes: readonly Route[]
  /** Of a whole request, as Istio writes it: `10s`. */
  readonly timeout?: string
  readonly retries?: Retries
}

export interface Route {
  /** A request that is like one of these takes the route; empty: every request. */
  readonly match: readonly Match[]
  /** Never empty. */
  readonly to: readonly Destination[]
}

export interface Match {
  readonly headers?: Readonly<Record<string, TextMatch>>
  readonly uri?: TextMatch
  readonly method?: TextMatch
}

/** Exactly one of them. */
export type TextMatch = Readonly<Partial<Record<'exact' | 'prefix' | 'regex', string>>>

/** Pods of a service. */
export interface Target {
  /** Absent: all of them. */
  readonly subset?: string
  /** Absent: in all the clusters that serve. */
  readonly cluster?: string
}

export interface Destination extends Target {
  /** Percent; those of a route add up to 100. */
  readonly weight: number
}

export interface Retries {
  /** After the first time; 0: never. */
  readonly attempts: number
  readonly perTryTimeout?: string
  readonly retryOn?: readonly string[]
}

/** Whether a cluster that runs a service has pods of a subset. */
export function hasSubset({ subsets }: Pick<Provider, 'subsets'>, subset: string): boolean {
  return subsets === undefined || subsets.includes(subset)
}

/** The name under which a consumer's DestinationRule has a target; empty: the host itself. */
export function targetName({ subset, cluster }: Target): string {
  return [subset, cluster === undefined ? undefined : `at-${cluster}`].filter((part) => part !== undefined).join('-')
}

/** The serving clusters behind a target. */
export function servingTarget(service: Pick<Service, 'providers'>, { subset, cluster }: Target): Provider[] {
  return servingOf(service).filter(
    (provider) =>
      (subset === undefined || hasSubset(provider, subset)) && (cluster === undefined || provider.cluster === cluster),
  )
}

/** What can be called in parts: each subset, and what routes send to one cluster. Sorted by name. */
export function targetsOf(service: Pick<Service, 'providers' | 'subsets' | 'routing'>): Target[] {
  const { subsets, routing } = service
  const all: Target[] = [
    ...subsets.map(({ name }) => ({ subset: name })),
    ...(routing?.routes ?? []).flatMap(({ to }) => to.filter(({ cluster }) => cluster !== undefined)),
  ]
  const byName = new Map(
    all.map(({ subset, cluster }): [string, Target] => {
      const target = { ...(subset !== undefined && { subset }), ...(cluster !== undefined && { cluster }) }
      return [targetName(target), target]
    }),
  )
  return [...byName]
    .filter(([, target]) => servingTarget(service, target).length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, target]) => target)
}
