/** Faults in ports and in the settings of connections, each of which must be refused for its own reason. */
import { present, type Check } from '../check.ts'
import { all, edit } from './change.ts'
import type { Meshcheck } from './faults.ts'
import { planted, type Fault } from './planted.ts'

/** svc-2 has every protocol; both and store are run by both clusters; cluster-1 runs members. */
const BAR = 'clusters/cluster-1/services/bar.yaml'
const SHOP = 'clusters/cluster-1/services/shop.yaml'
const MEMBERS = 'clusters/cluster-2/services/shop.yaml'
const GATEWAY = 'clusters/cluster-1/gateway/gateway.yaml'

const FAULTS: readonly Fault[] = [
  [
    'the number of the consumers as SNI',
    /^no-filter-chain: .*svc-2\.bar\.global:443: .*"outbound_\.443_/m,
    edit(BAR, 'outbound_.8443_', 'outbound_.443_'),
  ],
  [
    'the own copy by the number of the consumers',
    /^unknown-address: .*both\.shop\.svc\.cluster\.local:80/m,
    edit(
      SHOP,
      /(both\.shop\.svc\.cluster\.local\n.*\n.*tcp: 7000\n.*http:) 8080|(both\.shop\.svc\.cluster\.local\n.*\n.*http:) 8080/,
      '$1$2 80',
    ),
  ],
  [
    'a protocol of bytes for requests',
    /^other-way: .*:8000 is by listener/m,
    edit(BAR, /(name: http\n +protocol:) HTTP\b/, '$1 TCP'),
  ],
  [
    'a protocol of requests for bytes',
    /^other-way: .*:9000 is by route/m,
    edit(BAR, /(name: tcp\n +protocol:) TCP/, '$1 HTTP'),
  ],
  [
    'nothing for listeners in the rule',
    /^other-settings: .*:9000 has (?!.*(listener|hash).* not ).* not /m,
    edit(BAR, /(trafficPolicy:\n)( {4}(?!portLevel).*\n|( {6,}).*\n)*?(?= {4}portLevelSettings)/, '$1'),
  ],
  [
    'settings in the rule alone',
    /^other-settings: .*:8000 has hash source, policy RING_HASH, not /m,
    edit(BAR, / {8}connectionPool:\n( {10}.*\n)+/g, ''),
  ],
  [
    'another number of requests for a connection',
    /^other-settings: .*:8000 has .*maxRequestsPerConnection 51/m,
    edit(BAR, 'maxRequestsPerConnection: 50', 'maxRequestsPerConnection: 51'),
  ],
  [
    'an upgrade of what is no HTTP',
    /^other-settings: .*:9000 has .*http2 true/m,
    edit(
      BAR,
      /(number: 9000\n(?: {8}.*\n)*? {8}connectionPool:\n)/,
      '$1          http:\n            h2UpgradePolicy: UPGRADE\n',
    ),
  ],
  [
    'a member of a headless service by its name',
    /^no-filter-chain: .*members-1\.members\.shop\.svc/m,
    all(
      edit(MEMBERS, '_.members.shop.svc', '_.members-1.members.shop.svc'),
      edit(GATEWAY, '- members.shop.svc', '- members-1.members.shop.svc'),
    ),
  ],
  [
    'a headless service whose own pods listen elsewhere',
    /^no-inbound: .*store-1 of cluster-1, port 9042/m,
    ({ files, apps }) => {
      const text = present(apps.get('cluster-1'), 'cluster')
      return { files, apps: new Map(apps).set('cluster-1', text.replaceAll('"targetPort":9042', '"targetPort":7042')) }
    },
  ],
]

export function portFaults(program: Meshcheck): Check[] {
  return FAULTS.map((fault) => planted(program, 'ports', fault))
}
