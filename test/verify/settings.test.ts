/** What verify finds in ports and settings of connections: one thing of a fixture's output broken at a time. */
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { NOW, portsAndProtocols } from '../fixture.ts'
import { describe, equal } from '../suite.ts'
import { both, codesOf, edit, type Mutation } from './mutation.ts'

const { checked } = await gather(memorySources(portsAndProtocols()), 'mesh.yaml')
if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
const planned = plan({ ...checked.value, now: NOW })
const files = render(planned, planned.lock)

/** svc-2 has every protocol; both is run and called by both clusters. */
const [bar, shop] = ['clusters/cluster-1/services/bar.yaml', 'clusters/cluster-1/services/shop.yaml']

const MUTATIONS: readonly Mutation[] = [
  ['nothing', [], (as) => as],
  ['the number of the consumers as SNI', ['MESH-E737'], edit(bar, 'outbound_.8443_', 'outbound_.443_')],
  ['no word about the port of the Service', ['MESH-E737', 'MESH-E765'], edit(bar, /.*targetPort: 8443\n/, '')],
  [
    'a port of the Service that is none',
    ['MESH-E737', 'MESH-E745', 'MESH-E765'],
    edit(bar, 'targetPort: 8443', 'targetPort: 84430'),
  ],
  ['a protocol that is none', ['MESH-E760'], edit(bar, 'protocol: MySQL', 'protocol: UDP')],
  [
    'requests for bytes',
    ['MESH-E794'],
    edit(
      bar,
      'connectionPool:\n      tcp:\n        maxConnectionDuration: 30m',
      'connectionPool:\n      tcp:\n        maxConnectionDuration: 31m',
    ),
  ],
  ['bytes with settings of HTTP', ['MESH-E793'], edit(bar, /(?<=name: http\n +protocol: )HTTP/, 'TCP')],
  [
    'settings that no listener gets',
    ['MESH-E794'],
    edit(bar, / {4}loadBalancer:\n {6}consistentHash:\n {8}useSourceIp: true\n(?= {4}port)/, ''),
  ],
  ['a duration that Istio does not read', ['MESH-E760'], edit(bar, 'connectTimeout: 2s', 'connectTimeout: 2')],
  ['an empty pool', ['MESH-E760'], edit(bar, /(?<=tcpKeepalive:)\n( {14}.*\n)+/, ' {}\n')],
  [
    'TLS of the whole rule',
    ['MESH-E760'],
    edit(bar, 'trafficPolicy:\n', 'trafficPolicy:\n    tls: { mode: ISTIO_MUTUAL }\n'),
  ],
  [
    'two ways to balance',
    ['MESH-E760', 'MESH-E796'],
    edit(shop, 'simple: ROUND_ROBIN\n', 'simple: ROUND_ROBIN\n          consistentHash: { useSourceIp: true }\n'),
  ],
  ['a consumer with another number', ['MESH-E736', 'MESH-E795'], edit(shop, '- number: 80\n', '- number: 81\n')],
  ['a consumer with another protocol', ['MESH-E795'], edit(shop, /(?<=name: http\n +protocol: )HTTP/, 'GRPC')],
  ['a consumer with other settings', ['MESH-E796'], edit(shop, 'maxConnections: 20', 'maxConnections: 21')],
  [
    'the own copy by the number of the consumers',
    ['MESH-E745'],
    edit(shop, /(?<=both\.shop\.svc\.cluster\.local\n +ports:\n(?: +tcp: 7000\n)?) +http: 8080/, '        http: 80'),
  ],
  [
    'an upgrade of what is no HTTP',
    ['MESH-E793'],
    both(
      edit(
        bar,
        /(?<=number: 9000\n(?: {8}.*\n)+? {8}connectionPool:\n)/,
        '          http:\n            h2UpgradePolicy: UPGRADE\n',
      ),
      (as) => as,
    ),
  ],
]

describe('verify ports and settings', (test) => {
  for (const [title, codes, mutate] of MUTATIONS) test(title, () => equal(codesOf(mutate(files), planned.lock), codes))
})
