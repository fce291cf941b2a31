import { gather } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { twoClusters } from '../fixture.ts'
import { describe, equal, match, ok } from '../suite.ts'

interface Options {
  readonly cluster?: string
  /** Replaces in mesh.yaml. */
  readonly mesh?: readonly (readonly [from: string, to: string])[]
}

/** Codes, and places where the text is named. */
async function told(text: string, { cluster = 'cluster-1', mesh = [] }: Options = {}): Promise<string[]> {
  const files = twoClusters()
  let intent = (files.get('mesh.yaml') ?? '').toString()
  for (const [from, to] of mesh) {
    ok(intent.includes(from), from)
    intent = intent.replace(from, to)
  }
  files.set('mesh.yaml', Buffer.from(intent))
  const given = new Map([[cluster, new Map([['x.yaml', Buffer.from(text)]])]])
  const { checked } = await gather(memorySources(files), 'mesh.yaml', given)
  return checked.diagnostics
    .map(({ code }) => code)
    .filter((code) => code.startsWith('MESH-E9') || code.startsWith('MESH-W9'))
}

function object(kind: string, namespace: string, spec: string, group = 'networking.istio.io/v1'): string {
  return `apiVersion: ${group}\nkind: ${kind}\nmetadata: { name: x, namespace: ${namespace} }\nspec: ${spec}\n---\n`
}
const rule = (namespace: string, spec: string): string => object('DestinationRule', namespace, spec)
const peer = (namespace: string, spec: string): string =>
  object('PeerAuthentication', namespace, spec, 'security.istio.io/v1')
const policy = (namespace: string, spec: string): string =>
  object('AuthorizationPolicy', namespace, spec, 'security.istio.io/v1')

const IN_2: Options = { cluster: 'cluster-2' }
const LABELS: Options = {
  cluster: 'cluster-2',
  mesh: [
    [
      'consumers: [{ cluster: cluster-1, namespaces: [foo] }]',
      'consumers: [{ cluster: cluster-1 }]\n    workload: { labels: { app: svc-2 } }',
    ],
  ],
}

describe("the user's own objects", (test) => {
  test('rules of a calling namespace: certain where it is named, a warning where anybody may call', async () => {
    equal(await told(rule('foo', '{ host: "*" }')), ['MESH-E901'])
    equal(await told(rule('elsewhere', '{ host: "*" }')), [])
    equal(await told(rule('elsewhere', '{ host: "*.global" }'), IN_2), ['MESH-W902'])
    equal(await told(rule('foo', '{ host: "*.global", exportTo: ["elsewhere"] }')), [])
    equal(
      await told(rule('foo', '{ host: "*.global", exportTo: ["elsewhere"], workloadSelector: { matchLabels: {} } }')),
      ['MESH-E901'],
    )
    equal(await told(rule('mesh-imports', '{ host: "*.global" }')), [], 'ours is more specific')
    equal(await told(rule('istio-system', '{ host: svc-2.bar.global }')), [], 'ours is found first')
  })

  test('entries, routes and addresses', async () => {
    const entry = '{ hosts: [svc-2.bar.global], exportTo: ["."] }'
    equal(await told(object('ServiceEntry', 'elsewhere', entry)), [], 'no caller sees it')
    equal(await told(object('ServiceEntry', 'foo', entry)), ['MESH-E903'])
    equal(await told(object('ServiceEntry', 'foo', '{ hosts: [a.example.com], addresses: [240.20.0.1] }')), [
      'MESH-W914',
    ])
    equal(await told(object('ServiceEntry', 'foo', '{ hosts: [a.example.com], addresses: [10.0.0.0/8] }')), [])
    equal(await told(object('VirtualService', 'foo', '{ hosts: [svc-2.bar.global] }')), ['MESH-W904'])
    equal(await told(object('VirtualService', 'foo', '{ hosts: [svc-2.bar.global], gateways: [public] }')), [])
  })

  test('Gateways: certain only for the same pods, the same port and overlapping hosts', async () => {
    const gateway = (selector: string, port: string, hosts: string): string =>
      object('Gateway', 'istio-system', `{ selector: ${selector}, servers: [{ port: ${port}, hosts: ${hosts} }] }`)
    const tls = '{ number: 15443, name: tls, protocol: TLS }'
    equal(await told(gateway('{ istio: eastwestgateway }', tls, '["*"]'), IN_2), ['MESH-E905'])
    equal(await told(gateway('{}', tls, '["bar/svc-2.bar.svc.cluster.local"]'), IN_2), ['MESH-E905'])
    equal(await told(gateway('{ istio: eastwestgateway, app: x }', tls, '["*"]'), IN_2), [])
    equal(await told(gateway('{ istio: eastwestgateway }', tls, '["*.example.com"]'), IN_2), [])
    equal(await told(gateway('{ istio: eastwestgateway }', tls.replace('15443', '443'), '["*"]'), IN_2), [])
    const http = '{ number: 15443, name: http, protocol: HTTP }'
    equal(await told(gateway('{ istio: eastwestgateway }', http, '["a.example.com"]'), IN_2), ['MESH-E905'])
  })

  test('Sidecars: for the namespaces that are named as consumers, and by default for all', async () => {
    const sidecar = (namespace: string, spec: string): string => object('Sidecar', namespace, spec)
    const narrow = '{ egress: [{ hosts: ["./*"] }] }'
    equal(await told(sidecar('foo', narrow)), ['MESH-E906'])
    equal(await told(sidecar('foo', '{ egress: [{ hosts: ["./*"] }], workloadSelector: { labels: { app: x } } }')), [])
    equal(await told(sidecar('foo', '{ egress: [{ hosts: ["*/*.global"] }] }')), [])
    equal(await told(sidecar('foo', '{ ingress: [] }')), [])
    equal(await told(sidecar('elsewhere', narrow)), [])
    equal(await told(sidecar('istio-system', narrow) + sidecar('foo', '{ egress: [{ hosts: ["*/*"] }] }')), [])
    equal(await told(sidecar('istio-system', narrow), IN_2), ['MESH-W907'])
  })

  test('discoverySelectors: any one that matches is enough', async () => {
    const config = (selectors: string, name = 'istio'): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name}, namespace: istio-system }\ndata: { mesh: "discoverySelectors: ${selectors}" }\n`
    equal(await told(config('[{ matchLabels: { mesh: on } }]')), ['MESH-E908'])
    equal(await told(config('[{ matchLabels: { mesh: on } }]', 'other')), [])
    equal(
      await told(
        config('[{ matchLabels: { mesh: on } }, { matchLabels: { kubernetes.io/metadata.name: mesh-imports } }]'),
      ),
      [],
    )
    equal(await told(config('[{ matchExpressions: [{ key: mesh, operator: DoesNotExist }] }]')), [])
    equal(await told(config('[]')), [])
    const labelled: Options['mesh'] = [
      [
        'cluster-1-gw.example.com] }',
        'cluster-1-gw.example.com] }\n    importNamespace: { labels: { mesh: on } }'.replace('on', '"on"'),
      ],
    ]
    equal(await told(config('[{ matchLabels: { mesh: on } }]'.replace('on', "'on'")), { mesh: labelled }), [])
  })

  test('mutual TLS of the pods: the most specific policy counts', async () => {
    const off = '{ mtls: { mode: DISABLE } }'
    equal(await told(peer('bar', off), IN_2), ['MESH-E909'])
    equal(await told(peer('istio-system', off), IN_2), ['MESH-E909'])
    equal(await told(peer('istio-system', off) + peer('bar', '{ mtls: { mode: PERMISSIVE } }'), IN_2), [])
    equal(await told(peer('bar', '{ mtls: { mode: UNSET } }') + peer('istio-system', off), IN_2), ['MESH-E909'])
    const own = '{ selector: { matchLabels: { app: svc-2 } }, mtls: { mode: DISABLE } }'
    equal(await told(peer('bar', own), IN_2), [], 'nobody says which pods it has')
    equal(await told(peer('bar', own), LABELS), ['MESH-E909'])
    equal(await told(peer('bar', own.replace('svc-2', 'other')), LABELS), [])
    equal(await told(peer('foo', off), IN_2), [], 'of another namespace')
  })

  test('subsets that a rule of the owners is said to have, and rules beside the one with ours', async () => {
    const said = (subset: string): Options => ({
      cluster: 'cluster-2',
      mesh: [['serviceAccounts: [svc-2]', `serviceAccounts: [svc-2]\n    subsets: [{ name: v1, ${subset} }]`]],
    })
    const theirs = '{ host: svc-2.bar.svc.cluster.local, subsets: [{ name: v1, labels: { version: v1 } }] }'
    equal(await told(rule('bar', theirs), said('existing: true')), [])
    equal(await told(rule('bar', theirs.replace('name: v1', 'name: v2')), said('existing: true')), ['MESH-E922'])
    equal(await told(rule('bar', theirs), said('labels: { version: v1 }')), [])
    equal(await told(rule('istio-system', theirs), said('labels: { version: v1 }')), ['MESH-E923'])
  })

  test('rules at a provider: the first place that has one, and of it the most specific, port by port', async () => {
    const plain = 'trafficPolicy: { tls: { mode: DISABLE } }'
    equal(await told(rule('bar', `{ host: svc-2.bar.svc.cluster.local, ${plain} }`), IN_2), ['MESH-E910'])
    equal(await told(rule('bar', `{ host: svc-2, ${plain}, exportTo: ["."] }`), IN_2), [])
    equal(await told(rule('istio-system', `{ host: "*.local", ${plain} }`), IN_2), ['MESH-E910'])
    equal(await told(rule('bar', '{ host: svc-2 }') + rule('istio-system', `{ host: "*.local", ${plain} }`), IN_2), [])
    equal(await told(rule('bar', `{ host: "*.local", ${plain} }`) + rule('bar', '{ host: svc-2 }'), IN_2), [])
    const ports = '{ port: { number: 8000 }, tls: { mode: ISTIO_MUTUAL } }'
    equal(
      await told(
        rule('bar', `{ host: svc-2, trafficPolicy: { tls: { mode: DISABLE }, portLevelSettings: [${ports}] } }`),
        IN_2,
      ),
      [],
    )
  })

  test('policies that let nobody in, and the Service itself', async () => {
    equal(await told(policy('bar', '{}'), IN_2), ['MESH-W911'])
    equal(await told(policy('bar', '{}') + policy('bar', '{ rules: [{}] }'), IN_2), [])
    equal(await told(policy('bar', '{ action: DENY }'), IN_2), [])
    const service = (spec: string): string => object('Service', 'bar', spec, 'v1').replace('name: x', 'name: svc-2')
    equal(await told(service('{ selector: { app: x }, ports: [{ port: 8000 }] }'), IN_2), [])
    equal(await told(service('{ ports: [{ port: 8000 }] }'), IN_2), ['MESH-W913'])
    equal(await told(service('{ type: ExternalName, externalName: a.example.com }'), IN_2), ['MESH-E912'])
  })

  test('what cannot be judged is told, and what is ours is passed over', async () => {
    equal(await told('{{ if .Values.x }}\na: [\n'), ['MESH-W900'])
    equal(await told(rule('foo', '{ host: "*" }').replace(', namespace: foo', '')), ['MESH-W900'])
    const ours = ', labels: { app.kubernetes.io/managed-by: meshwright } }'
    equal(await told(rule('foo', '{ host: "*" }').replace('foo }', `foo${ours}`)), [])
    equal(
      await told(
        `apiVersion: v1\nkind: List\nitems:\n  - ${JSON.stringify(JSON.parse('{"apiVersion":"networking.istio.io/v1","kind":"DestinationRule","metadata":{"name":"x","namespace":"foo"},"spec":{"host":"*"}}'))}\n`,
      ),
      ['MESH-E901'],
    )
    equal(await told('just text\n---\n- a\n---\nkind: [1]\n'), [])
  })

  test('a cluster that is not of the mesh is refused', async () => {
    const error = await told('', { cluster: 'cluster-9' }).catch((e: unknown) => e)
    match(String(error), /no cluster cluster-9/)
  })
})
