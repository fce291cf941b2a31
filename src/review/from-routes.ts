/** Where requests go, and which subsets a gateway knows. */
import type { Difference, ObjectChange } from '../tree/difference.ts'
import { isRecord, type TreeObject } from '../tree/objects.ts'
import { about, type Consequence } from './consequence.ts'
import { textsAt } from './spec.ts'

/** What a VirtualService does with requests that it did not do before. */
export function ofRoutes(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  const [was, is] = [before === undefined ? PLAIN : routesOf(before), kind === 'removed' ? PLAIN : routesOf(object)]
  const host = textsAt(object, 'hosts')[0] ?? object.name
  return was === is ? [] : [about('routing-changed', host, is, cluster)]
}

const PLAIN = 'all to the service'

/** `header x-version to v2; all else to v1 90 %, v2 10 %; 10s at most, 3 retries` */
function routesOf(object: TreeObject): string {
  const routes = listOf(specOf(object)['http']).filter(isRecord)
  const texts = routes.map((route) => {
    const matches = listOf(route['match']).filter(isRecord).map(matchText)
    const all = routes.length > 1 ? 'all else' : 'all'
    return `${matches.length === 0 ? all : matches.join(' or ')} to ${destinationsOf(route).map(destinationText).join(', ')}`
  })
  const [first] = routes
  const { timeout, retries } = first ?? {}
  return [
    ...texts,
    ...(typeof timeout === 'string' ? [`${timeout} at most`] : []),
    ...(isRecord(retries) ? [`${String(retries['attempts'])} retries`] : []),
  ].join('; ')
}

function matchText({ headers, uri, method }: Readonly<Record<string, unknown>>): string {
  const value = (match: unknown): string => (isRecord(match) ? String(Object.values(match)[0]) : '')
  return [
    ...(method === undefined ? [] : [value(method)]),
    ...(uri === undefined ? [] : [value(uri)]),
    ...(isRecord(headers) ? Object.entries(headers).map(([name, match]) => `${name}: ${value(match)}`) : []),
  ].join(' with ')
}

interface Destination {
  readonly subset: string
  readonly weight: number | undefined
}

function destinationsOf(route: Readonly<Record<string, unknown>>): Destination[] {
  return listOf(route['route'])
    .filter(isRecord)
    .map(({ destination, weight }) => ({
      subset: isRecord(destination) && typeof destination['subset'] === 'string' ? destination['subset'] : '',
      weight: typeof weight === 'number' ? weight : undefined,
    }))
}

function destinationText({ subset, weight }: Destination): string {
  return `${subset === '' ? 'the service' : subset}${weight === undefined ? '' : ` ${weight} %`}`
}

/** Whether a rule tells a gateway the subsets of a service of its own cluster. */
export function isForGateway({ name }: TreeObject): boolean {
  return name.startsWith('meshwright-exports.')
}

export function ofGatewayRule(cluster: string, { kind, object, before }: ObjectChange): Consequence[] {
  const host = String(specOf(object)['host'])
  const was = before === undefined ? new Map<string, string>() : subsetsOf(before)
  const is = kind === 'removed' ? new Map<string, string>() : subsetsOf(object)
  return [...new Set([...is.keys(), ...was.keys()])].flatMap((name) => {
    const [old, now] = [was.get(name), is.get(name)]
    if (old === now) return []
    if (now === undefined) return [about('subset-removed', host, name, cluster)]
    return old === undefined
      ? [about('subset-added', host, `${name} (${now})`, cluster)]
      : [about('subset-changed', host, `${name}: ${old} becomes ${now}`, cluster)]
  })
}

/** Labels as text by name. */
function subsetsOf(object: TreeObject): Map<string, string> {
  const subsets = listOf(specOf(object)['subsets']).filter(isRecord)
  return new Map(
    subsets.map(({ name, labels }) => {
      const pairs = Object.entries(isRecord(labels) ? labels : {}).map(([key, value]) => `${key}=${String(value)}`)
      return [String(name), pairs.sort().join(',')]
    }),
  )
}

/**
 * A subset that consumers call in a cluster, and its gateway, are told of it by one change: whoever syncs first, some of
 * those requests may be refused.
 */
export function subsetGaps({ clusters, parts }: Pick<Difference, 'clusters' | 'parts'>): Consequence[] {
  const changes = parts.flatMap(({ cluster, objects }) => objects.map((change) => ({ cluster, change })))
  const opened = new Set(
    changes
      .filter(
        ({ change: { object, kind } }) =>
          object.kind === 'DestinationRule' && isForGateway(object) && kind !== 'removed',
      )
      .flatMap(({ cluster, change: { object, before } }) => {
        const known = before === undefined ? new Map<string, string>() : subsetsOf(before)
        const key = object.name.replace('meshwright-exports.', '')
        return [...subsetsOf(object).keys()]
          .filter((name) => !known.has(name))
          .map((name) => `${cluster} ${key} ${name}`)
      }),
  )
  const calling = changes.filter(
    ({ cluster, change }) =>
      change.object.kind === 'ServiceEntry' &&
      change.kind !== 'removed' &&
      !clusters.added.includes(cluster) &&
      change.before !== undefined,
  )
  return calling.flatMap(({ cluster, change: { object, before } }) => {
    const [host = ''] = textsAt(object, 'hosts')
    const key = host.split('.').slice(0, 2).join('.')
    const old = before === undefined ? [] : versionsOf(before)
    const routed = new Set(
      changes
        .filter((other) => other.cluster === cluster && other.change.object.kind === 'VirtualService')
        .filter(({ change }) => change.object.name === object.name && change.kind !== 'removed')
        .flatMap(({ change }) => listOf(specOf(change.object)['http']).filter(isRecord).flatMap(destinationsOf))
        .filter(({ weight }) => weight !== 0)
        .map(({ subset }) => subset),
    )
    const versions = versionsOf(object)
    const isRouted = ({ provider, version }: Version): boolean => {
      // The name of what a route sends to one cluster, unless a version itself is called that.
      const there = `${version}-at-${provider}`
      return routed.has(version) || (routed.has(there) && !versions.some((other) => other.version === there))
    }
    // A version that was there already may be in use.
    return versions
      .filter((one) => isRouted(one) || old.some(({ version }) => version === one.version))
      .filter(({ provider, version }) => opened.has(`${provider} ${key} ${version}`))
      .map(({ provider, version }) => about('gap', `subset ${version} of ${host}`, provider, cluster))
  })
}

interface Version {
  readonly provider: string
  readonly version: string
}

function versionsOf(entry: TreeObject): Version[] {
  const labels = listOf(specOf(entry)['endpoints']).flatMap((endpoint) => {
    return isRecord(endpoint) && isRecord(endpoint['labels']) ? [endpoint['labels']] : []
  })
  const pairs = labels.flatMap((own) =>
    Object.keys(own)
      .filter((label) => label.startsWith('subset.meshwright.dev/'))
      .map((label) => [String(own['meshwright.dev/cluster']), label.slice(label.indexOf('/') + 1)] as const),
  )
  const distinct = new Map(pairs.map(([provider, version]) => [`${provider} ${version}`, { provider, version }]))
  return [...distinct.values()]
}

function specOf({ fields }: TreeObject): Readonly<Record<string, unknown>> {
  return isRecord(fields['spec']) ? fields['spec'] : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
