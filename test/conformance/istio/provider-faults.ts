/** Faults in the choice among several clusters, each of which must be refused for its own reason. */
import { present, type Check } from '../check.ts'
import { all, edit } from './change.ts'
import type { Meshcheck } from './faults.ts'
import { planted, type Fault } from './planted.ts'

/** ledger is called in an order, by addresses; search at home first, by names; checkout by weight. */
const LEDGER = 'clusters/cluster-1/services/books.yaml'
const SEARCH = 'clusters/cluster-1/services/shop.yaml'
const CHECKOUT = 'clusters/cluster-1/services/web.yaml'
const FIRST = /.*first-1: "true"\n/
const DETECTION = / +outlierDetection:\n( {10}.*\n)+/g

const FAULTS: readonly Fault[] = [
  ['nobody is first', /^other-priorities: .*ledger/m, edit(LEDGER, FIRST, '')],
  ['no outlier detection', /^other-priorities: .*ledger/m, edit(LEDGER, DETECTION, '')],
  [
    'everybody is first',
    /^other-priorities: .*ledger/m,
    edit(LEDGER, /(cluster: cluster-2\n)/g, '$1        meshwright.dev/first-1: "true"\n'),
  ],
  [
    'the own copy anyhow',
    /^other-priorities: .*search/m,
    edit(SEARCH, / +failoverPriority:\n( +- meshwright.*\n)+/g, ''),
  ],
  // istio#61857: ordered failover, names, localities.
  [
    'localities beside tiers, where names are resolved',
    /^panic: .*Istio's code panics: .* in istio\.io\/istio\/.*loadbalancer\./m,
    all(
      edit(SEARCH, /(203\.0\.113\.7\n.*\n.*http: 15443\n)( +labels)/g, '$1      locality: eu-central-1\n$2'),
      edit(SEARCH, /(31443\n)( +labels)/g, '$1      locality: eu-west-1\n$2'),
    ),
  ],
  ['other weights', /^other-weights: .*checkout/m, edit(CHECKOUT, /80\n( +cluster-3:) 20/, '70\n$1 30')],
  [
    'one locality for two weights',
    /^other-(weights|endpoints): .*checkout/m,
    edit(CHECKOUT, 'locality: cluster-3', 'locality: cluster-2'),
  ],
  [
    'the own copy by the port of a gateway',
    /^unknown-address: .*search\.shop\.svc\.cluster\.local:15443/m,
    edit(SEARCH, /(search\.shop\.svc\.cluster\.local\n.*\n.*http:) 8000/, '$1 15443'),
  ],
  [
    'the own copy without its pods',
    /^no-endpoint: .*no pod is ready behind search\.shop/m,
    ({ files, apps }) => {
      const text = present(apps.get('cluster-1'), 'cluster')
      const pods = text.replaceAll(/("app":"search"[^\n]*?"type":"Ready","status":)"True"/g, '$1"False"')
      return { files, apps: new Map(apps).set('cluster-1', pods) }
    },
  ],
]

export function providerFaults(program: Meshcheck): Check[] {
  return FAULTS.map((fault) => planted(program, 'providers', fault))
}
