import {
  endpointsOf,
  fields,
  hostOf,
  list,
  pairsOf,
  settingsOf,
  type Fields,
  type Mutation,
  type Pair,
} from './mutation.ts'

/** Settings of the choice among several clusters, one for each port; none where there is one cluster. */
function balancersOf(pair: Pair): Fields[] {
  return settingsOf(pair).flatMap(({ loadBalancer }) => {
    const setting = loadBalancer === undefined ? undefined : fields(loadBalancer)['localityLbSetting']
    return setting === undefined ? [] : [fields(setting)]
  })
}

function tiersOf(pair: Pair): string[] {
  return (balancersOf(pair)[0]?.['failoverPriority'] ?? []) as string[]
}

function weightsOf(pair: Pair): Fields[] {
  return balancersOf(pair).flatMap(({ distribute }) => list(distribute ?? []).map(({ to }) => fields(to)))
}

function labelsOf(pair: Pair): Fields[] {
  return endpointsOf(pair).map((endpoint) => fields(endpoint['labels']))
}

function tierOf(labels: Fields): string[] {
  return Object.keys(labels).filter((key) => key.startsWith('meshwright.dev/first-'))
}

/** Changes all imports of one host that this applies to; a host that has such an import is picked at random. */
function everyWhere(applies: (pair: Pair) => boolean, name: string, change: (pair: Pair) => void): Mutation {
  return {
    name: `${name}, everywhere`,
    apply: (world) => {
      const pairs = pairsOf(world).filter(applies)
      if (pairs.length === 0) return false
      const host = hostOf(world.random.pick(pairs))
      for (const pair of pairs) if (hostOf(pair) === host) change(pair)
      return true
    },
  }
}

/** Changes one import that this applies to. */
function oneWhere(applies: (pair: Pair) => boolean, name: string, change: (pair: Pair) => void): Mutation {
  return {
    name,
    apply: (world) => {
      const pairs = pairsOf(world).filter(applies)
      if (pairs.length > 0) change(world.random.pick(pairs))
      return pairs.length > 0
    },
  }
}

const several = (pair: Pair): boolean => balancersOf(pair).length > 0
const detected = (pair: Pair): boolean => settingsOf(pair).some((setting) => 'outlierDetection' in setting)
const tiered = (pair: Pair): boolean => tiersOf(pair).length > 0
const weighted = (pair: Pair): boolean => weightsOf(pair).length > 0
const resolvedTiers = (pair: Pair): boolean => tiered(pair) && pair.entry.spec['resolution'] === 'DNS'
const nearest = (pair: Pair): boolean => detected(pair) && !tiered(pair) && !weighted(pair)
const isOwn = ({ address }: Fields): boolean => String(address).includes('.svc.')
const atHome = (pair: Pair): boolean => endpointsOf(pair).some(isOwn)

/** Which of several clusters is called. */
export const BALANCING: readonly Mutation[] = [
  oneWhere(several, 'no choice at one port', (pair) => void delete settingsOf(pair)[0]?.['loadBalancer']),
  everyWhere(several, 'no choice', (pair) => {
    for (const setting of settingsOf(pair)) delete setting['loadBalancer']
  }),
  everyWhere(detected, 'failover switched off', (pair) => {
    for (const balancer of balancersOf(pair)) balancer['enabled'] = false
  }),
  oneWhere(detected, 'no outlier detection at one port', (pair) => {
    delete settingsOf(pair)[0]?.['outlierDetection']
  }),
  everyWhere(detected, 'a tenth is ejected at most', (pair) => {
    for (const { outlierDetection } of settingsOf(pair)) fields(outlierDetection)['maxEjectionPercent'] = 10
  }),
  everyWhere(nearest, 'failover from region to region', (pair) => {
    for (const balancer of balancersOf(pair)) balancer['failover'] = [{ from: 'us-east-1', to: 'eu-west-1' }]
  }),
  everyWhere(nearest, 'no locality at one endpoint of the nearest', (pair) => {
    delete endpointsOf(pair)[0]?.['locality']
  }),
  everyWhere(
    (pair) => tiersOf(pair).length > 1,
    'tiers from left to right',
    (pair) => {
      for (const balancer of balancersOf(pair)) list(balancer['failoverPriority']).reverse()
    },
  ),
  everyWhere(tiered, 'a tier less in the rule', (pair) => {
    for (const balancer of balancersOf(pair)) list(balancer['failoverPriority']).shift()
  }),
  everyWhere(tiered, 'everybody in the first tier', (pair) => {
    for (const labels of labelsOf(pair)) for (const term of tiersOf(pair)) labels[term.replace('=true', '')] = 'true'
  }),
  everyWhere(tiered, 'nobody in the first tier', (pair) => {
    for (const labels of labelsOf(pair)) delete labels['meshwright.dev/first-1']
  }),
  everyWhere(tiered, 'a tier of another value', (pair) => {
    for (const labels of labelsOf(pair))
      if ('meshwright.dev/first-1' in labels) labels['meshwright.dev/first-1'] = 'yes'
  }),
  everyWhere(tiered, 'first and last change places', (pair) => {
    const firsts = labelsOf(pair).filter((labels) => 'meshwright.dev/first-1' in labels)
    const lasts = labelsOf(pair).filter((labels) => tierOf(labels).length === 0)
    for (const labels of firsts) for (const term of tierOf(labels)) delete labels[term]
    for (const labels of lasts) for (const term of tiersOf(pair)) labels[term.replace('=true', '')] = 'true'
  }),
  everyWhere(tiered, "tiers by istiod's own label", (pair) => {
    for (const balancer of balancersOf(pair)) balancer['failoverPriority'] = ['topology.istio.io/cluster']
  }),
  everyWhere(tiered, 'tiers and weights', (pair) => {
    for (const balancer of balancersOf(pair)) balancer['distribute'] = [{ from: '*', to: { '*': 100 } }]
  }),
  // What istiod 1.30 and 1.31 do not survive.
  everyWhere(resolvedTiers, 'localities beside tiers, where names are resolved', (pair) => {
    for (const [i, endpoint] of endpointsOf(pair).entries()) endpoint['locality'] = `us-east-1/${i}`
  }),
  everyWhere(weighted, 'weights that add up to more', (pair) => {
    for (const to of weightsOf(pair)) for (const name of Object.keys(to)) to[name] = 60
  }),
  everyWhere(weighted, 'a weight of a cluster that is not there', (pair) => {
    for (const to of weightsOf(pair)) {
      const [name = ''] = Object.keys(to)
      to['elsewhere'] = to[name]
      delete to[name]
    }
  }),
  everyWhere(weighted, 'the localities of the clusters beside weights', (pair) => {
    for (const endpoint of endpointsOf(pair)) endpoint['locality'] = 'us-east-1'
  }),
  everyWhere(weighted, 'weights that are shifted', (pair) => {
    for (const to of weightsOf(pair)) {
      const [from = '', other = ''] = Object.keys(to)
      to[from] = Number(to[from]) - 5
      to[other] = Number(to[other]) + 5
    }
  }),
  everyWhere(weighted, 'weights for callers of one region', (pair) => {
    for (const { distribute } of balancersOf(pair)) for (const each of list(distribute)) each['from'] = 'us-east-1'
  }),
  oneWhere(atHome, 'the own copy by the port of a gateway', (pair) => {
    for (const { ports } of endpointsOf(pair).filter(isOwn))
      for (const name of Object.keys(fields(ports))) fields(ports)[name] = 15_443
  }),
  oneWhere(atHome, 'the own copy of another service', (pair) => {
    for (const own of endpointsOf(pair).filter(isOwn))
      own['address'] = `other.${String(own['address']).split('.').slice(1).join('.')}`
  }),
  oneWhere(atHome, 'no own copy', (pair) => {
    const endpoints = endpointsOf(pair)
    endpoints.splice(endpoints.findIndex(isOwn), 1)
  }),
]
