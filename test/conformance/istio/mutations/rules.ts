import { every, fields, firstSetting, hostOf, one, pairsOf, settingsOf, type Mutation } from './mutation.ts'

function sni(tls: Readonly<Record<string, unknown>>): string {
  return String(tls['sni'])
}

/** DestinationRules. */
export const RULES: readonly Mutation[] = [
  every('no sni', (pair) => void delete firstSetting(pair).tls['sni']),
  every('an empty sni', (pair) => void (firstSetting(pair).tls['sni'] = '')),
  every('sni of another port', (pair) => {
    const { tls } = firstSetting(pair)
    tls['sni'] = sni(tls).replace(/\d+/, (port) => String(Number(port) + 1))
  }),
  one('sni of another host', (pair, world) => {
    const other = pairsOf(world).find((p) => hostOf(p) !== hostOf(pair))
    if (other === undefined) return false
    firstSetting(pair).tls['sni'] = firstSetting(other).tls['sni']
    return true
  }),
  every('sni of a subset', (pair) => {
    const { tls } = firstSetting(pair)
    tls['sni'] = sni(tls).replace('_._.', '_.v2_.')
  }),
  every('sni of another domain', (pair) => {
    for (const setting of settingsOf(pair)) {
      const tls = fields(setting['tls'])
      tls['sni'] = sni(tls).replace(/\.svc\..*/, '.svc.other.example')
    }
  }),
  every('sni in capitals', (pair) => {
    const { tls } = firstSetting(pair)
    tls['sni'] = sni(tls).toUpperCase()
  }),
  every('TLS mode SIMPLE', (pair) => void (firstSetting(pair).tls['mode'] = 'SIMPLE')),
  every('TLS mode DISABLE', (pair) => void (firstSetting(pair).tls['mode'] = 'DISABLE')),
  every('no TLS mode', (pair) => void delete firstSetting(pair).tls['mode']),
  every('no tls', (pair) => void delete firstSetting(pair).setting['tls']),
  every('no setting for a port', (pair) => void settingsOf(pair).shift()),
  every('a setting for another port', (pair) => {
    const { port } = firstSetting(pair)
    port['number'] = Number(port['number']) + 1
  }),
  every('a port twice', (pair) => void settingsOf(pair).push(structuredClone(firstSetting(pair).setting))),
  every('a client certificate beside ISTIO_MUTUAL', (pair) => {
    firstSetting(pair).tls['clientCertificate'] = '/etc/certs/cert.pem'
  }),
  every('names in the rule that nobody has', (pair) => {
    firstSetting(pair).tls['subjectAltNames'] = ['spiffe://cluster.local/ns/none/sa/none']
  }),
  every('plain text for the rest of the rule', (pair) => {
    fields(pair.rule.spec['trafficPolicy'])['tls'] = { mode: 'DISABLE' }
  }),
  every('outlier detection', (pair) => {
    firstSetting(pair).setting['outlierDetection'] = { consecutive5xxErrors: 3 }
  }),
  every('a load balancer that is none', (pair) => {
    firstSetting(pair).setting['loadBalancer'] = { simple: 'FASTEST' }
  }),
  every('a subset without TLS of its own', (pair) => {
    pair.rule.spec['subsets'] = [{ name: 'v2', labels: { 'meshwright.dev/cluster': 'cluster-1' } }]
  }),
  every('a subset in plain text', (pair) => {
    pair.rule.spec['subsets'] = [{ name: 'v2', trafficPolicy: { tls: { mode: 'DISABLE' } } }]
  }),
  every('a rule for the pods of one app', (pair) => {
    pair.rule.spec['workloadSelector'] = { matchLabels: { app: 'other' } }
  }),
  one('a rule for another host', (pair) => void (pair.rule.spec['host'] = `x${hostOf(pair)}`)),
  one('a rule in another namespace', (pair) => void (pair.rule.metadata.namespace = 'elsewhere')),
  one('a rule of another name', (pair) => void (pair.rule.metadata.name = 'renamed')),
  one('a rule that fewer see', (pair) => void (pair.rule.spec['exportTo'] = ['elsewhere'])),
  one('no rule', ({ rule }, { rendering }) => rendering.remove(rule)),
  one('a second rule for the host', ({ rule }, { rendering }) => {
    const second = structuredClone(rule)
    second.metadata.name = 'a-second'
    second.spec['trafficPolicy'] = { tls: { mode: 'DISABLE' } }
    rendering.addBeside(rule, second)
  }),
]
