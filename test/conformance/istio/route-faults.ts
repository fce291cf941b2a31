/** Faults in subsets and routes, each of which must be refused for its own reason, and what must not change by them. */
import { check, type Check } from '../check.ts'
import { add, all, edit, type Change } from './change.ts'
import type { Meshcheck } from './faults.ts'
import { followed, planted, type Fault } from './planted.ts'

/** reviews has routes, and two versions; cart an order among names. */
const WEB = 'clusters/cluster-1/services/web.yaml'
const CART = 'clusters/cluster-3/services/shop.yaml'
const EXPORTS = 'clusters/cluster-2/gateway/subsets.yaml'

const FAULTS: readonly Fault[] = [
  [
    'an SNI of another subset',
    /^other-upstream: .*reviews.* subset v2/m,
    edit(WEB, /_\.v2_\.reviews/g, '_.v1_.reviews'),
  ],
  ['an SNI of no subset', /^no-filter-chain: .*reviews.* subset v2/m, edit(WEB, /_\.v2_\.reviews/g, '_.v3_.reviews')],
  [
    'a provider without the subset',
    /^no-filter-chain: .*reviews.* subset v2: gateway .* of cluster-2/m,
    edit(EXPORTS, /(reviews\.web\.svc[^]*?) +- name: v2\n.*\n.*\n/, '$1'),
  ],
  [
    'a provider whose subset has no pod',
    /^no-upstream: .*reviews.* subset v2/m,
    edit(EXPORTS, /(reviews\.web\.svc[^]*?version:) v2/, '$1 v4'),
  ],
  [
    'a rule that the gateway does not see',
    /^no-filter-chain: .* subset v2/m,
    edit(EXPORTS, /namespace: istio-system/g, 'namespace: web'),
  ],
  [
    'a route to a subset that is not there',
    /^no-cluster: .*reviews.*v9/m,
    edit(WEB, /subset: v2\n( +weight)/, 'subset: v9\n$1'),
  ],
  [
    'a subset that selects no endpoint',
    /^no-endpoint: .*reviews.* subset v2/m,
    edit(WEB, /^( +)subset\.meshwright\.dev\/v2: "true"\n( +trafficPolicy)/gm, '$1version: v2\n$2'),
  ],
  [
    'a subset with the endpoints of all',
    /^(no-filter-chain|other-endpoints): .*reviews.* subset v2/m,
    edit(WEB, /(name: v2\n)( +labels:\n.*\n)( +trafficPolicy:\n(?:.*\n){5}.*reviews)/, '$1$3'),
  ],
  [
    'other weights of a route',
    /^other-routes: .*reviews/m,
    edit(WEB, /weight: 90\n([^]*?)weight: 10/, 'weight: 80\n$1weight: 20'),
  ],
  ['another order of routes', /^other-routes: .*reviews/m, edit(WEB, 'exact: /near', 'exact: /far')],
  ['another timeout', /^other-routes: .*reviews/m, edit(WEB, /timeout: 10s/, 'timeout: 11s')],
  [
    'routes that others see than the host',
    /^other-routes: .*reviews/m,
    edit(WEB, /(503\n {2}exportTo:\n {4}- )web/, '$1shop'),
  ],
  // istio#61857: ordered failover, names, localities.
  [
    'localities beside tiers in a subset, where names are resolved',
    /^panic: .*Istio's code panics: .* in istio\.io\/istio\/.*loadbalancer\./m,
    all(
      edit(CART, /(203\.0\.113\.7\n.*\n.*http: 15443\n)( +labels)/, '$1      locality: eu-central-1\n$2'),
      edit(CART, /(cluster-1-gw\.example\.com\n.*\n.*http: 15443\n)( +labels)/, '$1      locality: eu-west-1\n$2'),
    ),
  ],
]

/** A rule of the owners for the callers in their cluster: it goes on to hold, and the gateway has its own. */
const OWNERS_RULE = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews, namespace: web }
spec:
  host: reviews.web.svc.cluster.local
  trafficPolicy: { tls: { mode: ISTIO_MUTUAL }, connectionPool: { tcp: { maxConnections: 10 } } }
  subsets: [{ name: v9, labels: { version: v9 } }]
`

/** The owners of reviews have its subsets themselves. */
const EXISTING: Change = all(
  edit(EXPORTS, /---\n(?:(?!---\n)[^])*reviews\.web(?:(?!---\n)[^])*/, ''),
  add(
    'clusters/cluster-2/gateway',
    OWNERS_RULE.replace(
      /subsets: .*/,
      'subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }]',
    ),
  ),
)

export function routeFaults(program: Meshcheck): Check[] {
  return [
    ...FAULTS.map((fault) => planted(program, 'routes', fault)),
    check(`${program}: a rule of the service's owners is no matter to the gateway`, [program], (bench) =>
      followed(bench, program, 'routes', add('clusters/cluster-2/gateway', OWNERS_RULE)),
    ),
    check(`${program}: a rule of the service's owners can have the subsets`, [program], (bench) =>
      followed(bench, program, 'routes', EXISTING),
    ),
  ]
}
