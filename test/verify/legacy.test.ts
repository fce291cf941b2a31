import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { legacy, NOW } from '../fixture.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { describe, equal } from '../suite.ts'
import { both, edit, put, remove, type Files, type Mutation } from './mutation.ts'

const { checked } = await gather(memorySources(legacy()), 'mesh.yaml')
if (!checked.ok) throw new Error('the fixture is refused')
const planned = plan({ ...checked.value, now: NOW })
const sample = render(planned, planned.lock)

const c1 = 'clusters/cluster-1'
const c2 = 'clusters/cluster-2'
const bar = `${c1}/services/bar.yaml`
const foo = `${c2}/services/foo.yaml`
const operator = `${c1}/istio/istio-operator.yaml`
const dns = `${c2}/dns/coredns.yaml`
const policies = `${c1}/gateway/policies-foo.yaml`

const GATEWAY = `apiVersion: networking.istio.io/v1alpha3
kind: Gateway
metadata: { name: mine, namespace: istio-system }
spec: { selector: { istio: ingressgateway } }
`

const mutations: readonly Mutation[] = [
  ['objects of a later API', ['MESH-E760'], edit(bar, 'v1alpha3', 'v1')],
  ['policies of a later API', ['MESH-E760'], edit(policies, 'security.istio.io/v1beta1', 'security.istio.io/v1')],
  [
    'visibility by namespace',
    ['MESH-E760'],
    edit(foo, '  subjectAltNames:', '  exportTo:\n    - bar\n  subjectAltNames:'),
  ],
  ['STATIC', ['MESH-E742', 'MESH-E944'], edit(foo, 'resolution: DNS', 'resolution: STATIC')],
  ['an address with a mask', ['MESH-E730'], edit(foo, /(- 240\.\d+\.\d+\.\d+)/, '- 240.0.0.1/32')],
  ['no label', ['MESH-E739', 'MESH-E760'], edit(foo, /( +)labels:\n +cluster: cluster-1\n/, '')],
  ['a label of no cluster', ['MESH-E739', 'MESH-E765'], edit(foo, 'cluster: cluster-1', 'cluster: cluster-9')],
  ['an endpoint with the key of another port', ['MESH-E745'], edit(foo, '        http: 15443', '        http2: 15443')],
  ['another suffix', ['MESH-E738', 'MESH-E943', 'MESH-E944'], edit(foo, 'svc-1.foo.global', 'svc-1.foo.mesh')],
  ['no egress gateway', ['MESH-E944'], edit(bar, /    - address: istio-egressgateway[^]*?cluster: cluster-2\n/, '')],
  ['the egress gateway on another port', ['MESH-E944'], edit(bar, /(?<=egressgateway[^]*)15443/, '443')],
  ['a remote gateway in no network', ['MESH-E944'], edit(bar, '      network: external\n', '')],
  [
    'a network without an egress gateway',
    ['MESH-E944'],
    edit(
      foo,
      '    - address: cluster-1-gw.example.com\n',
      '    - address: cluster-1-gw.example.com\n      network: external\n',
    ),
  ],
  ['a Gateway', ['MESH-E727', 'MESH-E942'], put(`${c1}/gateway/gateway.yaml`, GATEWAY)],
  ['values of the chart', ['MESH-E941'], put(`${c1}/istio/values.yaml`, '{}')],
  [
    'no rewriting',
    ['MESH-E941', 'MESH-E738', 'MESH-E944'],
    edit(operator, 'includeEnvoyFilter: true', 'includeEnvoyFilter: false'),
  ],
  [
    'another suffix in the operator',
    ['MESH-E738', 'MESH-E941', 'MESH-E944'],
    edit(operator, 'globalDomainSuffix: global', 'globalDomainSuffix: mesh'),
  ],
  [
    'mesh expansion',
    ['MESH-E941'],
    edit(operator, '    global:\n', '    global:\n      meshExpansion: { enabled: true }\n'),
  ],
  ['an egress gateway that sees everything', ['MESH-E941'], edit(operator, /    gateways:[^]*/, '')],
  ['no IstioOperator in its file', ['MESH-E738', 'MESH-E941', 'MESH-E944'], put(operator, 'kind: Other\n')],
  ['istio-operator.yaml is missing', [], remove(operator)],
  [
    'an answer in place of a forwarding',
    ['MESH-E943'],
    edit(dns, /(forward \. 10\.97\.0\.53:53)/, 'hosts {\n        }'),
  ],
  ['a name in place of an address', ['MESH-E943'], edit(dns, '10.97.0.53:53', 'istiocoredns')],
  ['a second server', ['MESH-E943'], edit(dns, '10.97.0.53:53', '10.97.0.53:53 10.97.0.54:53')],
  ['no block', ['MESH-E943'], edit(dns, /    # managed[^]*/, '')],
  [
    'a block that nobody needs',
    ['MESH-E943'],
    both(remove(foo), edit(`${c2}/services/kustomization.yaml`, '  - foo.yaml\n', '')),
  ],
]

function errorsOf(files: Files): string[] {
  const { diagnostics } = verifyOutput(files, { now: NOW, lock: planned.lock })
  return [...new Set(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code))].sort()
}

describe('verify, Istio 1.6', (test) => {
  test('the fixture is sound', () => equal(errorsOf(sample), []))
  for (const [title, codes, mutate] of mutations) {
    test(title, () => {
      const found = errorsOf(mutate(sample))
      if (codes.length === 0) equal(found.length > 0, true)
      else equal(found, [...codes].sort())
    })
  }
})
