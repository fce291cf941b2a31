/** What verify finds where several clusters run a service: one thing of a fixture's output broken at a time. */
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { gather } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { NOW, severalProviders } from '../fixture.ts'
import { describe, equal } from '../suite.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { both, edit, type Mutation } from './mutation.ts'

const { checked } = await gather(memorySources(severalProviders()), 'mesh.yaml')
if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
const planned = plan({ ...checked.value, now: NOW })
const files = render(planned, planned.lock)

const file = (cluster: number, namespace: string): string => `clusters/cluster-${cluster}/services/${namespace}.yaml`
/** ledger: tiers of addresses; search: tiers of names, the own copy first; checkout: weights; catalog of 3: the nearest. */
const [ledger, search, checkout, catalog] = [file(1, 'books'), file(1, 'shop'), file(1, 'web'), file(3, 'shop')]
const images = file(2, 'web')
const FIRST = /.*first-1: "true"\n/
const PRIORITY = / +failoverPriority:\n( +- meshwright.*\n)+/

const MUTATIONS: readonly Mutation[] = [
  ['nothing', [], (as) => as],
  ['nobody first', ['MESH-E766'], edit(ledger, FIRST, '')],
  ['a tier that is none', ['MESH-E766'], edit(ledger, 'first-1: "true"', 'first-1: "yes"')],
  ['a tier too far', ['MESH-E766'], edit(ledger, 'first-1: "true"', 'first-2: "true"')],
  ['tiers that the rule does not know', ['MESH-E766'], edit(ledger, PRIORITY, '')],
  ['tiers in another order', ['MESH-E766'], edit(search, /(?<=first-2=true\n +- .*)first-1=true/, 'first-2=true')],
  ['tiers by locality too', ['MESH-E766'], edit(search, 'http: 31443\n', 'http: 31443\n      locality: a/b\n')],
  [
    'a cluster in two tiers',
    ['MESH-E766'],
    edit(ledger, 'cluster: cluster-2\n', 'cluster: cluster-2\n        meshwright.dev/first-1: "true"\n'),
  ],
  ['the own copy not first', ['MESH-E766'], edit(search, /(?<=cluster: cluster-1\n)(.*first-\d.*\n)+/, '')],
  ['the own copy among the nearest', ['MESH-E766'], both(edit(search, PRIORITY, ''), edit(search, FIRST, ''))],
  ['no outlier detection', ['MESH-E766'], edit(ledger, / +outlierDetection:\n( {10}.*\n)+/, '')],
  ['a part of it is kept', ['MESH-E766'], edit(ledger, 'maxEjectionPercent: 100', 'maxEjectionPercent: 50')],
  ['answers that count as failures', ['MESH-E760'], edit(ledger, 'consecutive5xxErrors: 0', 'consecutive5xxErrors: 5')],
  ['no choice', ['MESH-E766'], edit(ledger, / +loadBalancer:\n( {10}.*\n)+/, '')],
  ['switched off', ['MESH-E766'], edit(catalog, 'enabled: true', 'enabled: false')],
  ['a locality less', ['MESH-E766'], edit(catalog, /.*locality: eu-west-1\n/, '')],
  ['weights of 110', ['MESH-E766'], edit(checkout, 'cluster-2: 80', 'cluster-2: 90')],
  [
    'no weight',
    ['MESH-E766'],
    both(edit(checkout, 'cluster-2: 80', 'cluster-2: 100'), edit(checkout, / +cluster-3: 20\n/, '')),
  ],
  ['weights for some', ['MESH-E766'], edit(checkout, 'from: "*"', 'from: eu-west-1')],
  ['a locality beside its weight', ['MESH-E766'], edit(checkout, 'locality: cluster-3', 'locality: cluster-2')],
  [
    'a failover between regions',
    ['MESH-E760'],
    edit(images, 'enabled: false', 'enabled: false\n            failover: []'),
  ],
  [
    'a choice where there is none',
    ['MESH-E766'],
    edit(
      checkout,
      /(?<=mail\.web\.svc\.cluster\.local\n)/,
      '        loadBalancer:\n          localityLbSetting:\n            enabled: true\n',
    ),
  ],
  [
    'the own copy by another port',
    ['MESH-E745'],
    edit(search, 'http: 8000\n        grpc: 9090', 'http: 15443\n        grpc: 15443'),
  ],
  [
    'the own copy of another service',
    ['MESH-E740'],
    edit(search, 'address: catalog.shop.svc.cluster.local', 'address: catalog.shop.svc.other.local'),
  ],
  [
    'a provider less',
    ['MESH-E766', 'MESH-E767'],
    edit(file(3, 'shop'), / {4}- address: 203[^]*?(?= {4}- address: 203)[^]*?(?= {2}subjectAltNames)/, ''),
  ],
]

function codesOf(found: ReadonlyMap<string, string>): string[] {
  const { diagnostics } = verifyOutput(found, { now: NOW, lock: planned.lock })
  return [...new Set(diagnostics.map(({ code }) => code))].sort()
}

describe('verify balancing', (test) => {
  for (const [title, codes, mutate] of MUTATIONS) test(title, () => equal(codesOf(mutate(files)), codes))
})
