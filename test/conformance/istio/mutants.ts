/**
 * Single faults in the committed output, or in the clusters that it is for, each of which must be refused for its own
 * reason; and variations that are as good as the output itself.
 */
import { add, all, edit, editApps, type Change } from './change.ts'

export interface Mutant {
  readonly name: string
  /** Who must refuse it: meshcheck, or `istioctl validate` where the fault is one of form. */
  readonly by: 'meshcheck' | 'istioctl'
  /** What the refusal must say; meshcheck's lines begin with their code. */
  readonly reason: RegExp
  readonly change: Change
}

export interface Variation {
  readonly name: string
  readonly change: Change
  /** Part of the names of paths that the variation changes, before and after. */
  readonly renames?: readonly [from: string, to: string]
}

/** What cluster-1 knows of svc-2 in bar, which cluster-2 runs. */
export const IMPORTS = 'clusters/cluster-1/services/bar.yaml'
const GATEWAY = 'clusters/cluster-2/gateway/gateway.yaml'
const SNI = 'outbound_.8000_._.svc-2.bar.svc.cluster.local'
const HOST = 'svc-2.bar.svc.cluster.local'

function fault(name: string, reason: RegExp, change: Change): Mutant {
  return { name, by: 'meshcheck', reason, change }
}

function malformed(name: string, reason: RegExp, change: Change): Mutant {
  return { name, by: 'istioctl', reason, change }
}

function peerAuthentication(namespace: string, mode: string): string {
  return `apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: { name: added, namespace: ${namespace} }
spec: { mtls: { mode: ${mode} } }
`
}

/** For svc-2 in cluster-2, whose pods listen on port 20000. */
function authorizationPolicy(spec: string): string {
  return `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: { name: added, namespace: bar }
spec: ${spec}
`
}

const TO_CLIENTS = 'from: [{ source: { principals: ["cluster.local/ns/foo/sa/*"] } }]'

function rule(namespace: string, host: string, mode: string): string {
  return `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: added, namespace: ${namespace} }
spec: { host: "${host}", trafficPolicy: { tls: { mode: ${mode} } } }
`
}

export const MUTANTS: readonly Mutant[] = [
  fault(
    'no SNI',
    /^no-filter-chain: .*SNI "outbound_\.8000_\._\.svc-2\.bar\.global"/m,
    edit(IMPORTS, /^ +sni: .*\n/m, ''),
  ),
  fault(
    'an SNI with another port',
    /^no-filter-chain: .*outbound_\.8001_/m,
    edit(IMPORTS, SNI, SNI.replace('8000', '8001')),
  ),
  fault(
    'an SNI for another port',
    /^no-filter-chain: .*svc-2\.bar\.global"/m,
    edit(IMPORTS, /number: 8000(?=\n +tls)/, 'number: 8001'),
  ),
  fault(
    'a host that is not exported',
    /^no-filter-chain: /m,
    edit(GATEWAY, 'svc-2.bar', 'istio-eastwestgateway.istio-system'),
  ),
  fault(
    'another identity',
    /^other-identity: .*\/sa\/svc-2, the client accepts .*\/sa\/other/m,
    edit(IMPORTS, 'sa/svc-2', 'sa/other'),
  ),
  fault('no identity', /^other-names: .* accepts anybody$/m, edit(IMPORTS, /^ +subjectAltNames:\n.*\n/m, '')),
  fault('plain TLS', /^plain-text: /m, edit(IMPORTS, 'ISTIO_MUTUAL', 'SIMPLE')),
  fault(
    'a provider without sidecar',
    /^no-upstream: .*no healthy endpoint with mutual TLS/m,
    editApps('cluster-2', /("app":"svc-2"),"security.istio.io\/tlsMode":"istio"/g, '$1'),
  ),
  fault(
    'another port of the gateway',
    /^no-gateway: .*port 15443: it does not listen/m,
    edit(GATEWAY, '15443', '15444'),
  ),
  fault(
    'a Service with another port',
    /^no-filter-chain: .*outbound_\.8008_/m,
    editApps('cluster-2', '"port":8000', '"port":8008'),
  ),
  fault(
    'no pod is ready',
    /^no-upstream: /m,
    editApps('cluster-2', /("kubernetes.io\/service-name":"svc-2"[^\n]*?"ready":)true/, '$1false'),
  ),
  malformed(
    'a field that is misspelt',
    /unknown field "portLevelSetting"/,
    edit(IMPORTS, 'portLevelSettings', 'portLevelSetting'),
  ),
  fault(
    'a wildcard rule of the client',
    /^no-filter-chain: .*svc-2\.bar\.global"/m,
    add('clusters/cluster-1/services', rule('foo', '*.global', 'ISTIO_MUTUAL')),
  ),
  fault(
    'plain text at the provider',
    /^no-upstream: /m,
    add('clusters/cluster-2/services', rule('bar', HOST, 'DISABLE')),
  ),
  fault(
    'no mutual TLS in the namespace of the provider',
    /^no-upstream: /m,
    add('clusters/cluster-2/services', peerAuthentication('bar', 'DISABLE')),
  ),
  fault(
    'a policy for somebody else',
    /^caller-not-allowed: cluster-1 foo\/client-1 .* do not let spiffe:\/\/cluster\.local\/ns\/foo\/sa\/client in/m,
    add(
      'clusters/cluster-2/services',
      authorizationPolicy('{ rules: [{ from: [{ source: { principals: ["cluster.local/ns/food/sa/*"] } }] }] }'),
    ),
  ),
  fault(
    'a policy for the port of the Service, which is not that of the pods',
    /^caller-not-allowed: /m,
    add(
      'clusters/cluster-2/services',
      authorizationPolicy(`{ rules: [{ ${TO_CLIENTS}, to: [{ operation: { ports: ["8000"] } }] }] }`),
    ),
  ),
  fault(
    'a policy that denies',
    /^caller-not-allowed: /m,
    add('clusters/cluster-2/services', authorizationPolicy(`{ action: DENY, rules: [{ ${TO_CLIENTS} }] }`)),
  ),
  fault(
    'two servers with one host, the other of them for every host',
    /^duplicate-chain: /m,
    edit(
      GATEWAY,
      /$/,
      `    - port: { number: 15443, name: more, protocol: TLS }
      tls: { mode: AUTO_PASSTHROUGH }
      hosts: ["*.bar.svc.cluster.local"]
`,
    ),
  ),
  malformed(
    'a name among STATIC endpoints',
    /must be (a )?valid IP|IP address/i,
    edit(IMPORTS, /- address: .*/, '- address: gw.example.com'),
  ),
  fault(
    'an address where nobody is',
    /^unknown-address: .*203\.0\.113\.8:15443/m,
    edit(IMPORTS, '203.0.113.7', '203.0.113.8'),
  ),
  fault(
    'a namespace that may not see the host',
    /^missing-path: cluster-1 foo\/client-1 /m,
    edit(IMPORTS, '    - foo\n', '    - food\n'),
  ),
  fault(
    'an istiod with another trust domain',
    /^other-identity: .*spiffe:\/\/other\.example\//m,
    edit('clusters/cluster-2/istio/values.yaml', 'trustDomain: cluster.local', 'trustDomain: other.example'),
  ),
  fault(
    'a file that no index names',
    /^missing-path: /m,
    edit('clusters/cluster-1/services/kustomization.yaml', '  - bar.yaml\n', ''),
  ),
]

export const VARIATIONS: readonly Variation[] = [
  { name: 'as it is', change: (written) => written },
  { name: 'DNS for addresses', change: edit(IMPORTS, 'resolution: STATIC', 'resolution: DNS') },
  {
    name: 'a port of the host that is not that of the Service',
    change: all(
      edit(IMPORTS, '- number: 8000', '- number: 80'),
      edit(IMPORTS, /number: 8000(?=\n +tls)/, 'number: 80'),
    ),
    renames: ['svc-2.bar.global:8000', 'svc-2.bar.global:80'],
  },
  { name: 'v1beta1', change: edit(IMPORTS, 'networking.istio.io/v1', 'networking.istio.io/v1beta1') },
  {
    name: 'STRICT in the whole of cluster-2',
    change: add('clusters/cluster-2/services', peerAuthentication('istio-system', 'STRICT')),
  },
  {
    name: 'a policy that lets the callers in on the port of the pods',
    change: add(
      'clusters/cluster-2/services',
      authorizationPolicy(`{ rules: [{ ${TO_CLIENTS}, to: [{ operation: { ports: ["20000"] } }] }] }`),
    ),
  },
  {
    name: 'another cluster domain',
    change: all(
      edit(IMPORTS, '.svc.cluster.local', '.svc.corp.example'),
      edit(GATEWAY, '.svc.cluster.local', '.svc.corp.example'),
      edit('clusters/cluster-2/istio/values.yaml', 'global:\n', 'global:\n  proxy: { clusterDomain: corp.example }\n'),
    ),
  },
]
