/**
 * How the clusters of one host share its calls: what the endpoints of a ServiceEntry say, and the settings of each port of
 * its DestinationRule, must give the same picture.
 */
import { diagnose, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import type { Endpoint } from './endpoints.ts'
import { fieldAt, fieldsOf, isMap, listOf, shown, textsOf } from './fields.ts'
import type { FoundObject } from './objects.ts'

interface Balanced {
  readonly host: string
  readonly endpoints: readonly Endpoint[]
  readonly entry: FoundObject
  readonly settings: { readonly list: readonly unknown[]; readonly at: () => Span }
  /** Whether these are some of the endpoints of the host only. */
  readonly isPart?: boolean
}

export function judgeBalancing({ host, endpoints, entry, settings, isPart = false }: Balanced): Diagnostic[] {
  const isDns = fieldAt(entry.fields, 'spec', 'resolution') === 'DNS'
  const found = new Set(settings.list.flatMap((setting) => [...problemsOf(setting, endpoints, isDns, isPart)]))
  return [...found].map((detail) => diagnose('MESH-E766', { host, detail }, settings.at()))
}

function* problemsOf(
  setting: unknown,
  endpoints: readonly Endpoint[],
  isDns: boolean,
  isPart: boolean,
): Generator<string> {
  const providers = new Set(endpoints.map(({ provider }) => provider))
  const balancer = fieldAt(setting, 'loadBalancer', 'localityLbSetting')
  const detection = fieldAt(setting, 'outlierDetection')
  const priority = fieldAt(balancer, 'failoverPriority')
  const distribute = fieldAt(balancer, 'distribute')
  if (
    priority === undefined &&
    (providers.size > 1 || !isPart) &&
    endpoints.some(({ labels }) => tierCounts(labels).length > 0)
  ) {
    yield 'its endpoints are in tiers, of which a port knows nothing'
  }
  if (providers.size < 2) {
    if (balancer !== undefined || detection !== undefined) yield 'it has one cluster, and a choice among several'
    return
  }
  if (!isMap(balancer)) {
    yield 'it has several clusters, and a port that says nothing about their choice'
    return
  }
  if (balancer['enabled'] === false) {
    if (detection !== undefined || priority !== undefined || distribute !== undefined) {
      yield 'a port has failover that is switched off'
    }
    return
  }
  // Istio makes no priorities without it, and its default would leave part of the endpoints of a cluster in use.
  if (fieldAt(detection, 'maxEjectionPercent') !== 100) yield 'a port never gives up a cluster that fails'
  if (priority !== undefined && distribute !== undefined) yield 'a port has both tiers and weights'
  else if (priority !== undefined) yield* judgeTiers(priority, endpoints, isDns, isPart)
  else if (distribute !== undefined) yield* judgeWeights(distribute, endpoints, providers)
  else yield* judgeNearest(endpoints)
}

function* judgeNearest(endpoints: readonly Endpoint[]): Generator<string> {
  if (endpoints.some(({ locality }) => locality === ''))
    yield 'it is called where it is nearest, and an endpoint has no locality'
  if (endpoints.some(({ own }) => own)) yield 'its own pods in another zone are no nearer than another cluster'
}

const TIER_LABEL = /^meshwright\.dev\/first-([1-9]\d*)$/

/** The counts of the labels that say an endpoint is among so many tiers, ascending. */
function tierCounts(labels: Readonly<Record<string, unknown>>): number[] {
  return Object.keys(labels)
    .flatMap((key) => TIER_LABEL.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}

/** Labels are compared from left to right, and the first that differs decides: each must imply those before it. */
function* judgeTiers(
  priority: unknown,
  endpoints: readonly Endpoint[],
  isDns: boolean,
  isPart: boolean,
): Generator<string> {
  if (isDns && isPart)
    yield 'a subset is called in tiers, which Istio makes for the whole host only where names are resolved'
  const terms = textsOf(priority) ?? []
  const last = terms.length
  const wanted = Array.from({ length: last }, (_, i) => `meshwright.dev/first-${last - i}=true`)
  if (last === 0 || terms.join() !== wanted.join()) {
    yield `a port has the tiers ${shown(priority)}`
    return
  }
  if (isDns && endpoints.some(({ locality }) => locality !== '')) {
    yield 'an endpoint has a locality beside tiers, where names are resolved: istiod ends in a panic when there are two'
  }
  const tiers = new Map<number, Set<string>>()
  const ofProvider = new Map<string, number>()
  for (const { labels, provider, own } of endpoints) {
    const counts = tierCounts(labels)
    const tier = last - counts.length
    if (counts.some((count, i) => count !== tier + 1 + i || labels[`meshwright.dev/first-${count}`] !== 'true')) {
      yield 'the labels of an endpoint say no tier'
    }
    if ((ofProvider.get(provider) ?? tier) !== tier) yield `${shown(provider)} is in two tiers`
    ofProvider.set(provider, tier)
    tiers.set(tier, (tiers.get(tier) ?? new Set()).add(provider))
    if (own && tier !== 0) yield 'its own pods do not come first'
  }
  for (let tier = 0; tier <= last; tier++)
    if (!isPart && !tiers.has(tier)) yield `nobody is in tier ${tier + 1} of ${last + 1}`
  if (endpoints.some(({ own }) => own) && (tiers.get(0)?.size ?? 0) > 1) yield 'its own pods share the first tier'
}

function* judgeWeights(
  distribute: unknown,
  endpoints: readonly Endpoint[],
  providers: ReadonlySet<string>,
): Generator<string> {
  const [first, second] = listOf(distribute)
  const weights = fieldsOf(fieldAt(first, 'to'))
  if (second !== undefined || fieldAt(first, 'from') !== '*') yield 'the weights of a port are not those of all callers'
  const names = Object.keys(weights).sort()
  if (names.join() !== [...providers].sort().join()) yield `a port has weights for ${names.join(', ') || 'nobody'}`
  const values = Object.values(weights)
  const isPercent = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 1
  const sum = values.reduce<number>((total, value) => total + (isPercent(value) ? value : 0), 0)
  if (!values.every(isPercent) || sum !== 100) yield `the weights of a port are ${shown(weights)}`
  const stray = endpoints.find(({ locality, provider }) => locality !== provider)
  if (stray !== undefined) yield `an endpoint of ${shown(stray.provider)} has another locality than its weight`
}
