import { join } from 'node:path'
import { FIXTURES, PROJECT, readTree } from '../fixture.ts'
import { describe, equal } from '../suite.ts'
import { both, codesOf, edit, put, remove, type Files, type Mutate, type Mutation } from './mutation.ts'

const files: Files = new Map(
  [join(PROJECT, 'output'), join(FIXTURES, 'gateway-install', 'expected')]
    .flatMap((folder) => [...readTree(folder)])
    .map(([path, bytes]) => [path, bytes.toString('utf8')]),
)
const managed = 'clusters/cluster-1/gateway/gateway.yaml'
const values = 'clusters/cluster-2/istio/gateway-values.yaml'
const istiod = 'clusters/cluster-2/istio/values.yaml'

/** Another file in the folder of the gateway, and in its index. */
function beside(text: string): Mutate {
  const index = 'clusters/cluster-1/gateway/kustomization.yaml'
  return both(put('clusters/cluster-1/gateway/more.yaml', text), edit(index, /$/, '  - more.yaml\n'))
}

const ISTIO_GATEWAY = `apiVersion: networking.istio.io/v1
kind: Gateway
metadata: { name: more, namespace: istio-system }
spec:
  selector: { istio: eastwestgateway }
  servers:
    - port: { number: 15443, name: tls, protocol: TLS }
      tls: { mode: AUTO_PASSTHROUGH }
      hosts: [svc-1.foo.svc.cluster.local]
`
const MAP = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: more, namespace: istio-system }\ndata: { a: b }\n'

const MANAGED: readonly Mutation[] = [
  ['another class', ['MESH-E760'], edit(managed, 'ClassName: istio', 'ClassName: istio-east-west')],
  ['a listener that ends TLS', ['MESH-E760'], edit(managed, 'mode: Passthrough', 'mode: Terminate')],
  ['a listener that is not passed through by itself', ['MESH-E760'], edit(managed, ': auto-passthrough', ': other')],
  ['a listener on another port', ['MESH-E760'], edit(managed, 'port: 15443', 'port: 443')],
  ['routes from everywhere', ['MESH-E760'], edit(managed, 'from: Same', 'from: All')],
  [
    'an address of its own',
    ['MESH-E760'],
    edit(managed, '  listeners:', '  addresses: [{ value: a.b }]\n  listeners:'),
  ],
  [
    'a network',
    ['MESH-E760'],
    edit(managed, '    istio.io/rev: prod', '    istio.io/rev: prod\n    topology.istio.io/network: a'),
  ],
  [
    'an annotation of Istio on the pods',
    ['MESH-E760'],
    edit(managed, 'meshwright.dev/mesh', 'sidecar.istio.io/proxyImage'),
  ],
  [
    'no annotation at all',
    ['MESH-E760'],
    edit(managed, /(?<=infrastructure:\n(.*\n){2}) {4}annotations:\n( {6}.*\n)+/, ''),
  ],
  ['no protection', ['MESH-E707'], edit(managed, 'Prune=false,Delete=false,Skip', 'Skip')],
  ['a ConfigMap without protection', ['MESH-E707'], edit(managed, 'Delete=false\n', 'Delete=true\n')],
  ['the revision of another istiod', ['MESH-E770'], edit(managed, 'istio.io/rev: prod', 'istio.io/rev: other')],
  ['no revision', ['MESH-E770'], edit(managed, /.*istio\.io\/rev: prod\n/, '')],
  [
    'a ConfigMap that is not there',
    ['MESH-E759', 'MESH-E770'],
    edit(managed, 'name: meshwright-exports', 'name: other'),
  ],
  ['a host twice', ['MESH-E738', 'MESH-E770'], edit(managed, 'svc-1.foo.svc.cluster.local', 'nothing.invalid')],
  ['a listener name twice', ['MESH-E770'], edit(managed, 'name: svc-1.foo\n', 'name: tls\n')],
  ['a wildcard', ['MESH-E738', 'MESH-E770'], edit(managed, 'svc-1.foo.svc.cluster.local', '"*.local"')],
  [
    'a host of another domain',
    ['MESH-E738', 'MESH-E770'],
    edit(managed, 'svc-1.foo.svc.cluster.local', 'svc-1.foo.svc.other.local'),
  ],
  ['a Gateway of Istio beside it', ['MESH-E770'], beside(ISTIO_GATEWAY)],
  ['a ConfigMap that nobody needs', ['MESH-E759'], beside(MAP)],
  ['another container', ['MESH-E770'], edit(managed, '- name: istio-proxy\n', '- name: other\n')],
  [
    'another image',
    ['MESH-E770'],
    edit(managed, '- name: istio-proxy\n', '- name: istio-proxy\n              image: a\n'),
  ],
  [
    'another port of the Service',
    ['MESH-E770'],
    edit(managed, 'externalTrafficPolicy: Local', 'ports: [{ port: 15012 }]'),
  ],
  ['a patch that is no YAML', ['MESH-E770'], edit(managed, 'externalTrafficPolicy: Local', 'a: [')],
  ['a patch of an account', ['MESH-E770'], edit(managed, '  service: |', '  serviceAccount: |')],
  [
    'values for a chart too',
    ['MESH-E771'],
    (all) =>
      put('clusters/cluster-1/istio/gateway-values.yaml', (all.get(values) ?? '').replace('stable', 'prod'))(all),
  ],
]

const VALUES: readonly Mutation[] = [
  ['the ports of istiod', ['MESH-E771'], edit(values, /^(?=labels)/m, 'networkGateway: a\n')],
  [
    'one port more',
    ['MESH-E771'],
    edit(values, '  ports:\n', '  ports:\n    - { name: http2, port: 80, targetPort: 80, protocol: TCP }\n'),
  ],
  ['another port inside', ['MESH-E771'], edit(values, 'targetPort: 15443', 'targetPort: 15012')],
  ['labels that are not selected', ['MESH-E771'], edit(values, 'istio: eastwestgateway', 'istio: other')],
  ['no labels', ['MESH-E771'], edit(values, /labels:\n.*\n/, '')],
  ['every Secret', ['MESH-E771'], edit(values, 'enabled: false', 'enabled: true')],
  ['another revision', ['MESH-E771'], edit(values, 'revision: stable', 'revision: other')],
  ['no revision', ['MESH-E771'], edit(values, 'revision: stable\n', '')],
  ['an istiod of another revision', ['MESH-E771'], edit(istiod, 'revision: stable', 'revision: other')],
  ['an image', ['MESH-E771'], edit(values, /$/, 'additionalContainers: [{ image: a }]\n')],
  ['a variable', ['MESH-E771'], edit(values, /$/, 'env: { A: b }\n')],
  ['nothing', ['MESH-E771'], put(values, '{}\n')],
  ['no YAML', ['MESH-E701'], put(values, 'a: [\n')],
]

const SOUND: readonly (readonly [string, Mutate])[] = [
  ['as it is rendered', (whole) => whole],
  ['without values for the chart', remove(values)],
  [
    'a gateway that takes a port of the nodes',
    edit(
      managed,
      'externalTrafficPolicy: Local',
      'type: NodePort\n      ports:\n        - port: 15443\n          nodePort: 30443',
    ),
  ],
]

describe('verify gateways', (test) => {
  for (const [title, codes, mutate] of [...MANAGED, ...VALUES]) {
    test(title, () => equal(codesOf(mutate(files)), codes))
  }
  for (const [title, mutate] of SOUND) {
    test(`sound: ${title}`, () => equal(codesOf(mutate(files)), []))
  }
})
