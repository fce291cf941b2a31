import {
  endpointsOf,
  every,
  fields,
  hostOf,
  one,
  pairsOf,
  portsOf,
  settingsOf,
  type Mutation,
  type Pair,
} from './mutation.ts'

/** The same visibility for both, so that they agree. */
function showTo(pair: Pair, namespaces: readonly string[] | undefined): void {
  for (const { spec } of [pair.entry, pair.rule]) {
    if (namespaces === undefined) delete spec['exportTo']
    else spec['exportTo'] = namespaces
  }
}

function renumber(pair: Pair, by: number): void {
  for (const port of portsOf(pair)) port['number'] = Number(port['number']) + by
  for (const setting of settingsOf(pair)) {
    const [port, tls] = [fields(setting['port']), fields(setting['tls'])]
    port['number'] = Number(port['number']) + by
    tls['sni'] = String(tls['sni']).replace(/\d+/, String(port['number']))
  }
}

/** ServiceEntries, but for their endpoints. */
export const ENTRIES: readonly Mutation[] = [
  every('another identity', ({ entry }) => rename(entry.spec, (name) => name.replace(/[^/]*$/, 'other'))),
  every('an identity of another namespace', ({ entry }) =>
    rename(entry.spec, (name) => name.replace(/ns\/[^/]*/, 'ns/other')),
  ),
  every('an identity of another trust domain', ({ entry }) =>
    rename(entry.spec, (name) => name.replace(/^spiffe:\/\/[^/]*/, 'spiffe://other.example')),
  ),
  every('an identity that is none', ({ entry }) => rename(entry.spec, (name) => name.replace('spiffe://', ''))),
  every('no identity', ({ entry }) => {
    if (entry.spec['subjectAltNames'] === undefined) return false
    delete entry.spec['subjectAltNames']
    return true
  }),
  one('one identity more', ({ entry }) => {
    if (entry.spec['subjectAltNames'] === undefined) return false
    entry.spec['subjectAltNames'] = [...(entry.spec['subjectAltNames'] as string[]), 'spiffe://a/ns/b/sa/c']
    return true
  }),
  every('another address', ({ entry }) => void (entry.spec['addresses'] = ['240.17.18.19'])),
  every('no address', ({ entry }) => void delete entry.spec['addresses']),
  every('a network for an address', ({ entry }) => void (entry.spec['addresses'] = ['240.17.18.0/24'])),
  one('the address of another host', (pair, world) => {
    const other = pairsOf(world).find((p) => p.cluster === pair.cluster && hostOf(p) !== hostOf(pair))
    if (other === undefined) return false
    pair.entry.spec['addresses'] = other.entry.spec['addresses']
    return true
  }),
  every('outside of the mesh', ({ entry }) => void (entry.spec['location'] = 'MESH_EXTERNAL')),
  every('no location', ({ entry }) => void delete entry.spec['location']),
  every('resolution DNS', ({ entry }) => swap(entry.spec, 'resolution', 'STATIC', 'DNS')),
  every('resolution STATIC', ({ entry }) => swap(entry.spec, 'resolution', 'DNS', 'STATIC')),
  every('resolution NONE', ({ entry }) => void (entry.spec['resolution'] = 'NONE')),
  every('no resolution', ({ entry }) => void delete entry.spec['resolution']),
  every('resolution DNS_ROUND_ROBIN', ({ entry }) => swap(entry.spec, 'resolution', 'DNS', 'DNS_ROUND_ROBIN')),
  one('another port in the entry', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], number: 7 })),
  every('other ports', (pair) => renumber(pair, 1)),
  every('one port less', (pair) => {
    if (portsOf(pair).length < 2) return false
    const [gone] = portsOf(pair).splice(0, 1)
    settingsOf(pair).splice(0, 1)
    for (const endpoint of endpointsOf(pair)) delete fields(endpoint['ports'])[String(gone?.['name'])]
    return true
  }),
  every(
    'another name of a port in the entry',
    (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], name: 'other' }),
  ),
  every('a name of a port that is none', (pair) => renamePort(pair, 'A_b')),
  every('a port without name', (pair) => renamePort(pair, undefined)),
  every('TCP for what it was', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], protocol: 'TCP' })),
  every('HTTP for what it was', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], protocol: 'HTTP' })),
  every('HTTPS for what it was', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], protocol: 'HTTPS' })),
  every('UDP for what it was', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], protocol: 'UDP' })),
  every('a protocol that is none', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], protocol: 'SMOKE' })),
  every('no protocol', (pair) => void delete portsOf(pair)[0]?.['protocol']),
  every('a target port', (pair) => void (portsOf(pair)[0] = { ...portsOf(pair)[0], targetPort: 1234 })),
  every('to be seen elsewhere', (pair) => showTo(pair, ['elsewhere'])),
  every('to be seen by all', (pair) => showTo(pair, undefined)),
  every('to be seen at home', (pair) => showTo(pair, ['.'])),
  every('to be seen by nobody', (pair) => showTo(pair, ['~'])),
  every('to be seen by all and others', (pair) => showTo(pair, ['*', 'foo'])),
  every('to be seen by one twice', (pair) => showTo(pair, ['foo', 'foo'])),
  every('to be seen by what is no namespace', (pair) => showTo(pair, ['A_b'])),
  one('to be seen elsewhere, without its rule', ({ entry }) => void (entry.spec['exportTo'] = ['elsewhere'])),
  every('in another namespace', ({ entry, rule }) => {
    for (const { metadata } of [entry, rule]) metadata.namespace = 'elsewhere'
  }),
  one('in another namespace, without its rule', ({ entry }) => void (entry.metadata.namespace = 'elsewhere')),
  one('under another name, with its rule', ({ entry, rule }) => {
    for (const { metadata } of [entry, rule]) metadata.name = 'renamed'
  }),
  one('another host', ({ entry, rule }) => {
    entry.spec['hosts'] = ['other.bar.global']
    rule.spec['host'] = 'other.bar.global'
  }),
  one('two hosts', ({ entry }) => void (entry.spec['hosts'] as string[]).push('second.bar.global')),
  one('a host in capitals', ({ entry, rule }) => {
    const host = String(rule.spec['host']).toUpperCase()
    entry.spec['hosts'] = [host]
    rule.spec['host'] = host
  }),
  every('an older version', ({ entry, rule }) => {
    for (const object of [entry, rule]) object.apiVersion = 'networking.istio.io/v1beta1'
  }),
  every('a version that is none', ({ entry, rule }) => {
    for (const object of [entry, rule]) object.apiVersion = 'networking.istio.io/v2'
  }),
  one('a kind that is none', ({ entry }) => void (entry.kind = 'ServiceEntries')),
  every('a field that is none', ({ entry }) => void (entry.spec['adresses'] = ['240.1.1.1'])),
  every('a list for a text', ({ entry }) => void (entry.spec['location'] = ['MESH_INTERNAL'])),
  every('pods beside endpoints', ({ entry }) => void (entry.spec['workloadSelector'] = { labels: { app: 'a' } })),
  one('no entry', ({ entry }, { rendering }) => rendering.remove(entry)),
  one('neither entry nor rule', ({ entry, rule }, { rendering }) => {
    rendering.remove(entry)
    rendering.remove(rule)
  }),
  one('twice, under another name', ({ entry, rule }, { rendering }) => {
    for (const object of [entry, rule]) {
      const second = structuredClone(object)
      second.metadata.name = 'a-second'
      rendering.addBeside(object, second)
    }
  }),
]

function rename(spec: Record<string, unknown>, change: (name: string) => string): boolean {
  const names = spec['subjectAltNames'] as string[] | undefined
  if (names === undefined) return false
  spec['subjectAltNames'] = names.map(change)
  return true
}

function swap(spec: Record<string, unknown>, field: string, from: string, to: string): boolean {
  if (spec[field] !== from) return false
  spec[field] = to
  return true
}

function renamePort(pair: Pair, to: string | undefined): void {
  const [port = {}] = portsOf(pair)
  const from = String(port['name'])
  if (to === undefined) delete port['name']
  else port['name'] = to
  for (const endpoint of endpointsOf(pair)) {
    const ports = fields(endpoint['ports'])
    ports[to ?? ''] = ports[from]
    delete ports[from]
  }
}
