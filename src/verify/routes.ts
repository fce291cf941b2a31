/** Consumers against providers: every host leads to a gateway that knows it, and all consumers agree about it. */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { ExportedSubsets } from './exported-subsets.ts'
import { shown } from './fields.ts'
import { groupsOf } from './groups.ts'
import type { Import } from './imports.ts'

export interface Provider {
  readonly hosts: ReadonlySet<string>
  /** Where its gateway takes the hosts themselves and rewrites their suffix. */
  readonly suffix?: string
  readonly subsets: ExportedSubsets
  /** False when part of the provider's output could not be read. */
  readonly whole: boolean
}

/** @param providers every cluster of the output, by name */
export function judgeRoutes(imports: readonly Import[], providers: ReadonlyMap<string, Provider>): Diagnostic[] {
  return [
    ...imports.flatMap((entry) => entry.providers.flatMap((name) => judgeRoute(entry, name, providers.get(name)))),
    ...judgeAddresses(imports),
    ...groupsOf(imports, ({ host }) => host).flatMap(([host, group]) => [
      ...judgeAgreement(host, group),
      ...judgeProviders(
        host,
        group.filter((entry) => namesItsProviders(entry, providers)),
      ),
    ]),
  ]
}

function judgeRoute(
  { cluster, host, localNames, endpoints, subsets, object }: Import,
  name: string,
  provider: Provider | undefined,
): Diagnostic[] {
  if (name === cluster) return judgeOwnCopy({ host, cluster, localNames, endpoints, object })
  const place = (): Span => object.at('spec', 'endpoints')
  if (provider === undefined) return [diagnose('MESH-E739', { host, found: name }, place())]
  if (!provider.whole) return []
  const versions = subsets.filter(({ version, providers }) => version !== '' && providers.includes(name))
  return localNames.flatMap((localName) => {
    if (!knows(provider, host, localName)) {
      return [diagnose('MESH-E738', { host, provider: name, localName }, object.at('spec', 'hosts'))]
    }
    // Where there is none for the gateway, the service has a rule of its own, which the lock tells.
    const known = provider.subsets.get(localName)
    return versions
      .filter(({ version }) => known?.has(version) === false)
      .map(({ version }) =>
        diagnose('MESH-E773', { host, provider: name, subset: version }, object.at('spec', 'endpoints')),
      )
  })
}

function knows({ hosts, suffix }: Provider, host: string, localName: string): boolean {
  if (suffix === undefined) return hosts.has(localName)
  return localName === host && suffix !== '' && host.endsWith(`.${suffix}`)
}

/** At home no gateway is between: the SNI and the endpoint must name the same Service. */
function judgeOwnCopy({
  host,
  cluster,
  localNames,
  endpoints,
  object,
}: Pick<Import, 'host' | 'cluster' | 'localNames' | 'endpoints' | 'object'>): Diagnostic[] {
  return endpoints
    .filter(({ own, address }) => own && localNames.length > 0 && !localNames.includes(address))
    .map(({ address }) =>
      diagnose('MESH-E740', { host, cluster, found: shown(address) }, object.at('spec', 'endpoints')),
    )
}

/** One host has one address in every cluster, and no other host has it. */
function judgeAddresses(imports: readonly Import[]): Diagnostic[] {
  const addressed = imports.filter(({ address }) => address !== undefined)
  const shared = groupsOf(addressed, ({ address }) => address ?? '').flatMap(([address, group]) => {
    const [[first] = [], ...others] = groupsOf(group, ({ host }) => host)
    return others.flatMap(([host, [entry]]) =>
      entry ? [diagnose('MESH-E732', { address, host, other: first ?? '' }, entry.object.at('spec', 'addresses'))] : [],
    )
  })
  const moved = groupsOf(addressed, ({ host }) => host).flatMap(([host, group]) => {
    const [[wanted] = [], ...others] = groupsOf(group, ({ address }) => address ?? '')
    return others.flatMap(([found, odd]) =>
      odd.map(({ object }) =>
        diagnose('MESH-E733', { host, found, others: wanted ?? '' }, object.at('spec', 'addresses')),
      ),
    )
  })
  return [...shared, ...moved]
}

/** What a host's servers must prove, what they are called and what they speak does not depend on who asks. */
function judgeAgreement(host: string, group: readonly Import[]): Diagnostic[] {
  const [, ...otherAccounts] = groupsOf(group, ({ subjectAltNames }) => [...subjectAltNames].sort().join(' '))
  const accounts = otherAccounts.flatMap(([, odd]) =>
    odd.map(({ cluster, object }) => diagnose('MESH-E743', { host, cluster }, object.at('spec', 'subjectAltNames'))),
  )
  const names = group.filter(({ localNames }) => localNames.length > 0)
  const [[wanted] = [], ...otherNames] = groupsOf(names, ({ localNames }) => localNames.join(', '))
  const ambiguous = wanted?.includes(', ') === true ? names : []
  const called = [...otherNames.flatMap(([, odd]) => odd), ...ambiguous].map(({ localNames, object }) => {
    return diagnose('MESH-E747', { host, names: localNames }, object.at('spec', 'hosts'))
  })
  const withPorts = group.filter(({ portsText }) => portsText !== undefined)
  const [[most] = [], ...otherPorts] = groupsOf(withPorts, ({ portsText }) => portsText ?? '')
  const ports = otherPorts.flatMap(([found, odd]) =>
    odd.map(({ object }) => diagnose('MESH-E795', { host, found, others: most ?? '' }, object.at('spec', 'ports'))),
  )
  const settled = group.filter(({ settings }) => settings !== undefined)
  const [, ...otherSettings] = groupsOf(settled, ({ settings }) => settings ?? '')
  const settings = otherSettings.flatMap(([, odd]) =>
    odd.map(({ cluster, object }) => diagnose('MESH-E796', { host, cluster }, object.at('metadata', 'name'))),
  )
  return [...accounts, ...called, ...ports, ...settings]
}

/** What is wrong with the names themselves is told already. */
function namesItsProviders({ cluster, providers, endpoints }: Import, known: ReadonlyMap<string, Provider>): boolean {
  return (
    providers.length > 0 &&
    providers.every((name) => known.has(name) && (name !== cluster || endpoints.some(({ own }) => own)))
  )
}

/** Who serves a host does not depend on who asks: one's own copy is one of them, too. */
function judgeProviders(host: string, group: readonly Import[]): Diagnostic[] {
  const [[most] = [], ...others] = groupsOf(group, ({ providers }) => [...providers].sort().join(', '))
  return others.flatMap(([found, odd]) =>
    odd.map(({ object }) => diagnose('MESH-E767', { host, found, others: most ?? '' }, object.at('spec', 'endpoints'))),
  )
}
