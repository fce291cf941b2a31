import { describe, equal, is } from '../suite.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW } from '../trust/authority.ts'
import { append, both, codesOf, edit, put, remove, type Mutation } from './mutation.ts'
import { makeSample } from './sample.ts'

const c1 = 'clusters/cluster-1'
const c2 = 'clusters/cluster-2'
const c3 = 'clusters/cluster-3'
const bar = `${c3}/services/bar.yaml`
const foo = `${c3}/services/foo.yaml`
const dns = `${c3}/dns/coredns.yaml`
const gateway = `${c1}/gateway/gateway.yaml`

/** In ServiceEntry and DestinationRule alike. */
const EXPORT_TO = /exportTo:\n +- .*\n/g

const sample = await makeSample()
const addressOf = (key: string): string => sample.lock.hosts.get(key)?.address ?? ''
const [svc1, svc2, svc3] = [addressOf('svc-1.foo'), addressOf('svc-2.bar'), addressOf('svc-3.foo')]

const services: readonly Mutation[] = [
  [
    'two hosts in one',
    ['MESH-E729', 'MESH-E751'],
    edit(bar, '    - svc-2.bar.global', '    - svc-2.bar.global\n    - b.bar.global'),
  ],
  ['a wildcard host', ['MESH-E729', 'MESH-E751'], edit(bar, '    - svc-2.bar.global', '    - "*.bar.global"')],
  ['no IPv4 address', ['MESH-E730'], edit(bar, svc2, '240.31.3.0/24')],
  ['an IPv6 address', ['MESH-E730'], edit(bar, svc2, 'fd00::1')],
  [
    'a host twice',
    ['MESH-E731', 'MESH-E734'],
    (files) => append(foo, `---\n${files.get(bar)?.split('---')[0]?.replace('name: svc-2.bar', 'name: again')}`)(files),
  ],
  ['a DestinationRule is missing', ['MESH-E734'], edit(bar, /---[^]*/, '')],
  [
    'a DestinationRule in another namespace',
    ['MESH-E734', 'MESH-E746'],
    edit(bar, /(?<=---[^]*)namespace: mesh-imports/, 'namespace: other'),
  ],
  ['a DestinationRule alone', ['MESH-E746', 'MESH-E751'], edit(bar, /apiVersion[^]*?---\n/, '')],
  ['a DestinationRule for another host', ['MESH-E735'], edit(bar, 'host: svc-2.bar.global', 'host: svc-1.foo.global')],
  ['a DestinationRule seen elsewhere', ['MESH-E735'], edit(bar, /(?<=---[^]*)- "\*"/, '- other')],
  ['a port without TLS', ['MESH-E736'], edit(bar, 'ISTIO_MUTUAL', 'SIMPLE')],
  ['a port without a setting', ['MESH-E736'], edit(bar, '          number: 9000', '          number: 9001')],
  ['an SNI of another port', ['MESH-E737'], edit(bar, 'outbound_.9000_', 'outbound_.8000_')],
  [
    'an SNI of another service',
    ['MESH-E737'],
    edit(foo, 'sni: outbound_.8000_._.svc-1.', 'sni: outbound_.8000_._.svc-3.'),
  ],
  ['an SNI with a subset', ['MESH-E737'], edit(bar, 'outbound_.9000_._.', 'outbound_.9000_.v1_.')],
  ['a host that is not exposed', ['MESH-E738'], edit(gateway, '        - svc-1.foo.svc.cluster.local\n', '')],
  [
    'a provider without a Gateway',
    ['MESH-E738'],
    both(
      remove(`${c2}/gateway/gateway.yaml`),
      edit(`${c2}/gateway/kustomization.yaml`, /resources:[^]*/, 'resources: []\n'),
    ),
  ],
  [
    'a provider that is not there',
    ['MESH-E739', 'MESH-E764'],
    edit(bar, 'meshwright.dev/cluster: cluster-2', 'meshwright.dev/cluster: cluster-9'),
  ],
  ['a provider that is not named', ['MESH-E739'], edit(bar, /.*meshwright.dev\/cluster.*\n/, '')],
  [
    'an import of its own',
    ['MESH-E740', 'MESH-E764'],
    edit(bar, 'meshwright.dev/cluster: cluster-2', 'meshwright.dev/cluster: cluster-3'),
  ],
  ['an endpoint in plain text', ['MESH-E741'], edit(bar, 'tlsMode: istio', 'tlsMode: disabled')],
  ['STATIC with a name', ['MESH-E742'], edit(foo, 'resolution: DNS', 'resolution: STATIC')],
  ['another resolution', ['MESH-E742'], edit(bar, 'resolution: STATIC', 'resolution: NONE')],
  ['other identities', ['MESH-E743'], edit(bar, 'sa/svc-2', 'sa/other')],
  ['no identities', ['MESH-E743'], edit(bar, / {2}subjectAltNames:\n.*\n/, '')],
  ['an identity of another namespace', ['MESH-E743', 'MESH-E758'], edit(bar, 'ns/bar/sa/svc-2', 'ns/foo/sa/svc-2')],
  ['no SPIFFE ID', ['MESH-E743', 'MESH-E758'], edit(bar, /spiffe:.*sa\/svc-2/, 'svc-2.bar')],
  ['a host outside of the mesh', ['MESH-E745'], edit(bar, 'MESH_INTERNAL', 'MESH_EXTERNAL')],
  ['an endpoint without a port', ['MESH-E745'], edit(bar, /.*grpc: 15443\n/, '')],
  ['an endpoint with two ports', ['MESH-E745'], edit(bar, 'grpc: 15443', 'grpc: 9000')],
  ['no endpoints', ['MESH-E745'], edit(bar, / {2}endpoints:[^]*?(?= {2}subjectAltNames)/, '')],
  ['a port that is none', ['MESH-E745'], edit(bar, '- number: 9000', '- number: 90000')],
  ['no ports', ['MESH-E745'], edit(bar, / {2}ports:[^]*?(?= {2}endpoints)/, '  ports: []\n')],
  [
    'another name in one cluster',
    ['MESH-E738', 'MESH-E747'],
    edit(foo, '8000_._.svc-1.foo.svc.cluster.local', '8000_._.svc-1.foo.svc.other.local'),
  ],
  [
    'another name in one port',
    ['MESH-E738', 'MESH-E747'],
    edit(bar, '9000_._.svc-2.bar.svc.cluster.local', '9000_._.svc-2.bar.svc.other.local'),
  ],
  // The lock is not there to say which address is right, so the odd one out is told.
  ['an address moved in one cluster', ['MESH-E733', 'MESH-E750'], edit(foo, svc1, '240.20.4.4')],
  [
    'one address for two hosts',
    ['MESH-E732', 'MESH-E750'],
    both(...[c2, c3].map((c) => edit(`${c}/services/foo.yaml`, svc3, svc1))),
  ],
]

const gateways: readonly Mutation[] = [
  ['another port', ['MESH-E744'], edit(gateway, 'number: 15443', 'number: 443')],
  ['another mode', ['MESH-E744'], edit(gateway, 'AUTO_PASSTHROUGH', 'PASSTHROUGH')],
  ['a wildcard', ['MESH-E744'], edit(gateway, 'hosts:\n', 'hosts:\n        - "*.local"\n')],
  ['for every gateway', ['MESH-E744'], edit(gateway, /selector:\n.*\n/, 'selector: {}\n')],
  [
    'two servers',
    ['MESH-E744'],
    (files) =>
      append(
        gateway,
        `    - port: {number: 15443, name: b, protocol: TLS}\n      tls: {mode: AUTO_PASSTHROUGH}\n      hosts: [a.b.svc.cluster.local]\n`,
      )(files),
  ],
  [
    'two Gateways',
    ['MESH-E744'],
    (files) => append(gateway, `---\n${files.get(gateway)?.replace('meshwright-exports', 'more')}`)(files),
  ],
]

/** Istio ignores some of it in silence, and refuses the whole object for some. */
const strangers: readonly Mutation[] = [
  ['another kind of Istio', ['MESH-E759'], append(bar, `---\n${objectOf('networking.istio.io/v1', 'Sidecar')}`)],
  ['a workload', ['MESH-E759'], append(bar, `---\n${objectOf('apps/v1', 'Deployment')}`)],
  ['a version that is none', ['MESH-E760'], edit(bar, 'networking.istio.io/v1', 'networking.istio.io/v2')],
  ['a name that is none', ['MESH-E760'], edit(gateway, 'name: meshwright-exports', 'name: A_b')],
  ['a status', ['MESH-E760'], append(gateway, 'status: {}\n')],
  ['a server without a name', ['MESH-E760'], edit(gateway, / +name: tls\n/, '')],
  ['a target port', ['MESH-E760'], edit(gateway, 'name: tls\n', 'name: tls\n        targetPort: 443\n')],
  ['an unknown protocol', ['MESH-E760'], edit(bar, 'protocol: GRPC', 'protocol: UDP')],
  ['a port name that is none', ['MESH-E745', 'MESH-E760'], edit(bar, '      name: grpc', '      name: A_b')],
  ['pods beside endpoints', ['MESH-E760'], edit(bar, 'spec:\n', 'spec:\n  workloadSelector: {}\n')],
  ['a label value that is none', ['MESH-E760'], edit(bar, 'tlsMode: istio', 'tlsMode: istio\n        app: a b')],
  ['an account of an endpoint', ['MESH-E760'], edit(bar, '- address:', '- serviceAccount: a\n      address:')],
  ['a workloadSelector', ['MESH-E760'], edit(bar, '  host: svc-2', '  workloadSelector: {}\n  host: svc-2')],
  [
    'other names than those of the entry',
    ['MESH-E760'],
    edit(bar, 'mode: ISTIO_MUTUAL', 'mode: ISTIO_MUTUAL\n          subjectAltNames: [a]'),
  ],
  ...['["."]', '["~"]', '["*", foo]', '[foo, foo]', '[A_b]', '[]'].map((exportTo): Mutation => [
    `exportTo ${exportTo}`,
    ['MESH-E760'],
    edit(bar, EXPORT_TO, `exportTo: ${exportTo}\n`),
  ]),
]

const disagreements: readonly Mutation[] = [
  [
    'an endpoint that is no address',
    ['MESH-E742', 'MESH-E763'],
    edit(foo, /address: cluster-1-.*/, 'address: 203.0.113.300'),
  ],
  [
    'an endpoint with its port',
    ['MESH-E742', 'MESH-E763'],
    edit(foo, /address: cluster-1-.*/, 'address: 203.0.113.9:15443'),
  ],
  [
    'an endpoint twice',
    ['MESH-E745', 'MESH-E763'],
    (files) => {
      const endpoint = / {4}- address: cluster-1-[^]*?cluster: cluster-1\n/.exec(files.get(foo) ?? '')?.[0] ?? ''
      return edit(foo, endpoint, endpoint + endpoint)(files)
    },
  ],
  [
    'another trust domain of an identity',
    ['MESH-E743', 'MESH-E761'],
    edit(bar, 'spiffe://shop.example.com', 'spiffe://x'),
  ],
  [
    'another trust domain of a cluster',
    ['MESH-E762'],
    edit(`${c3}/istio/values.yaml`, 'trustDomain: shop.example.com', 'trustDomain: x'),
  ],
  [
    'another cluster domain',
    ['MESH-E744'],
    edit(`${c1}/istio/values.yaml`, 'global:', 'global:\n  proxy: {clusterDomain: x}'),
  ],
  ['another address of a gateway', ['MESH-E763'], edit(bar, 'address: 203.0.113.7', 'address: 198.51.100.9')],
  ["another cluster's gateway", ['MESH-E763', 'MESH-E764'], edit(foo, /address: cluster-1-.*/, 'address: 203.0.113.7')],
]

const names: readonly Mutation[] = [
  ['no ConfigMap', ['MESH-E748', 'MESH-E759'], edit(dns, 'name: coredns', 'name: coredns-custom')],
  ['a host is missing', ['MESH-E749'], edit(dns, / {12}\S+ svc-1.foo.global\n/, '')],
  ['another address', ['MESH-E750'], edit(dns, `${svc1} `, '240.20.4.4 ')],
  ['a second address', ['MESH-E750'], edit(dns, '            no_reverse', '            240.9.9.9 svc-1.foo.global')],
  [
    'a zone of a plugin that is hidden',
    ['MESH-E518'],
    edit(dns, '.:53 {\n', '.:53 {\n        kubernetes k8s.global\n'),
  ],
  ['a name without a route', ['MESH-E751'], edit(dns, '            no_reverse', '            240.9.9.9 x.foo.global')],
  [
    'a left-over block',
    ['MESH-E751'],
    (files) => put('clusters/cluster-4/dns/coredns.yaml', files.get(dns) ?? '')(files),
  ],
  ['no block', ['MESH-E752'], edit(dns, 'global:53 {', 'other:53 {')],
  ['a Corefile that is cut', ['MESH-E752'], edit(dns, /\n {4}\}\n$/, '\n')],
]

function objectOf(apiVersion: string, kind: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata:\n  name: more\n  namespace: bar\n`
}

describe('verify routes', (test) => {
  for (const [group, mutations] of Object.entries({ services, gateways, strangers, disagreements, names })) {
    for (const [title, codes, mutate] of mutations) {
      test(`${group}: ${title}`, () => {
        equal(codesOf(mutate(sample.files)), codes)
      })
    }
  }

  test('findings have places', () => {
    const path = `${c3}/services/bar.yaml`
    const files = edit(path, 'outbound_.9000_', 'outbound_.8000_')(sample.files)
    const [found] = verifyOutput(files, { now: NOW }).diagnostics
    is(found?.span?.file, path)
    is(
      files
        .get(path)
        ?.slice(found?.span?.start)
        .startsWith('mode: ISTIO_MUTUAL\n          sni: outbound_.8000_._.svc-2'),
      true,
    )
    const dnsFiles = edit(dns, '            no_reverse', '            240.9.9.9 x.foo.global')(sample.files)
    const [name] = verifyOutput(dnsFiles, { now: NOW }).diagnostics
    is(dnsFiles.get(dns)?.slice(name?.span?.start, name?.span?.end), 'x.foo.global')
  })

  test('all findings come in one run', () => {
    const titles = ['no IPv4 address', 'an SNI of another service', 'another port', 'a host is missing']
    const broken = [...services, ...gateways, ...names].filter(([title]) => titles.includes(title))
    is(broken.length, titles.length)
    const codes = broken.flatMap(([, found]) => found).sort()
    equal(codesOf(both(...broken.map(([, , mutate]) => mutate))(sample.files)), codes)
  })
})
