import { endpointsOf, every, fields, one, portsOf, type Fields, type Mutation, type Pair } from './mutation.ts'

function labelsOf(pair: Pair): Fields[] {
  return endpointsOf(pair).map((endpoint) => fields(endpoint['labels']))
}

function set(pair: Pair, field: string, value: unknown): void {
  for (const endpoint of endpointsOf(pair)) endpoint[field] = value
}

function dial(pair: Pair, port: number): void {
  for (const endpoint of endpointsOf(pair)) {
    endpoint['ports'] = Object.fromEntries(portsOf(pair).map(({ name }) => [name, port]))
  }
}

/** Where ServiceEntries lead. */
export const ENDPOINTS: readonly Mutation[] = [
  every('no tlsMode', (pair) => {
    for (const labels of labelsOf(pair)) delete labels['security.istio.io/tlsMode']
  }),
  every('tlsMode disabled', (pair) => {
    for (const labels of labelsOf(pair)) labels['security.istio.io/tlsMode'] = 'disabled'
  }),
  one('no tlsMode at one endpoint', (pair) => void delete labelsOf(pair)[0]?.['security.istio.io/tlsMode']),
  every('no name of a cluster', (pair) => {
    for (const labels of labelsOf(pair)) delete labels['meshwright.dev/cluster']
  }),
  one('the name of another cluster', (pair) => {
    for (const labels of labelsOf(pair)) labels['meshwright.dev/cluster'] = pair.cluster
  }),
  every('no labels', (pair) => {
    for (const endpoint of endpointsOf(pair)) delete endpoint['labels']
  }),
  every('a label that is none', (pair) => {
    for (const labels of labelsOf(pair)) labels['a b'] = 'c'
  }),
  every('another address of the gateway', (pair) => set(pair, 'address', '198.51.100.99')),
  one('another address of the gateway at one cluster', (pair) => set(pair, 'address', '198.51.100.99')),
  one('the address of the own gateway', (pair, { mesh }) => {
    const [address] = mesh.clusters.find(({ name }) => name === pair.cluster)?.gateway.addresses ?? []
    if (!/^[\d.]+$/.test(address ?? '')) return false
    set(pair, 'address', address)
    return true
  }),
  every('no address of the gateway', (pair) => {
    for (const endpoint of endpointsOf(pair)) delete endpoint['address']
  }),
  every('an address that is none', (pair) => set(pair, 'address', '203.0.113.300')),
  every('an address with its port', (pair) => set(pair, 'address', '203.0.113.7:15443')),
  every('another port of the gateway', (pair) => dial(pair, 443)),
  every('a port of the gateway that is none', (pair) => dial(pair, 70_000)),
  every('the port of the service', (pair) => {
    for (const endpoint of endpointsOf(pair)) delete endpoint['ports']
  }),
  every('no port for one name', (pair) => {
    const [port] = portsOf(pair)
    for (const endpoint of endpointsOf(pair)) delete fields(endpoint['ports'])[String(port?.['name'])]
  }),
  every('one endpoint less', (pair) => {
    if (endpointsOf(pair).length < 2) return false
    endpointsOf(pair).shift()
    return true
  }),
  every('an endpoint twice', (pair) => void endpointsOf(pair).push(structuredClone(endpointsOf(pair)[0] ?? {}))),
  every('no endpoints', (pair) => void (pair.entry.spec['endpoints'] = [])),
  every('no list of endpoints', (pair) => void delete pair.entry.spec['endpoints']),
  every('another locality', (pair) => set(pair, 'locality', 'mars/north')),
  every('an empty locality', (pair) => set(pair, 'locality', '')),
  every('a weight', (pair) => void (endpointsOf(pair)[0] = { ...endpointsOf(pair)[0], weight: 7 })),
  every('a network', (pair) => set(pair, 'network', 'network-1')),
  every('an account', (pair) => set(pair, 'serviceAccount', 'other')),
  every('a field that is none at an endpoint', (pair) => set(pair, 'adress', '203.0.113.7')),
]
