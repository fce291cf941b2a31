import { discover } from '../../src/intent/discover.ts'
import { portProtocol } from '../../src/intent/port-protocol.ts'
import type { Discovery } from '../../src/intent/schema.gen.ts'
import { describe, equal, is } from '../suite.ts'

function found(text: string, said: Partial<Discovery> = {}) {
  const { services, diagnostics } = discover({
    said: { cluster: 'a', manifests: '*.yaml', ...said },
    at: () => ({ file: 'mesh.yaml', start: 1, end: 2 }),
    files: new Map([['x.yaml', Buffer.from(text)]]),
  })
  return { services: services.map(({ said }) => said), codes: diagnostics.map(({ code }) => code), entries: services }
}

const service = (metadata: string, spec = 'ports: [{ port: 80 }]') =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: s, namespace: n, ${metadata} }\nspec: { ${spec} }\n`
const EXPORTED = 'annotations: { meshwright.dev/export: "true" }'
const portsOf = (spec: string) => {
  const { services, codes } = found(service(EXPORTED, spec))
  return { ports: services[0]?.ports?.map(({ name, port, protocol }) => `${name} ${port} ${protocol}`), codes }
}

describe('discover', (test) => {
  test('without its own word nothing is exported', () => {
    equal(found(service('labels: { a: b }')), { services: [], codes: ['MESH-W134'], entries: [] })
    is(found(service(EXPORTED)).services.length, 1)
    is(found(service('annotations: { meshwright.dev/export: "false" }')).services.length, 0)
  })

  test('labels that the intent names are a word too, and the annotation goes first', () => {
    const selector = { matchLabels: { mesh: 'yes', tier: 'api' } }
    const count = (metadata: string) => found(service(metadata), { selector }).services.length
    is(count('labels: { mesh: "yes", tier: api, more: "1" }'), 1)
    is(count('labels: { mesh: "yes" }'), 0)
    is(count('labels: { mesh: "yes", tier: api }, annotations: { meshwright.dev/export: "false" }'), 0)
    is(count(EXPORTED), 1)
  })

  test('a word that is not understood is no silence', () => {
    const codes = (annotation: string) => found(service(`annotations: { ${annotation} }`)).codes
    equal(codes('meshwright.dev/export: true'), ['MESH-E113'])
    equal(codes('meshwright.dev/export: "yes"'), ['MESH-E113'])
    equal(codes('meshwright.dev/exprot: "true"'), ['MESH-W135'])
  })

  test('the labels of its pods and their ports come along, as far as they are the same for all pods', () => {
    const spec =
      'selector: { app: s, tier: x }, ports: [{ name: http-a, port: 80 }, { name: http-b, port: 81, targetPort: 8081 }, { name: http-c, port: 82, targetPort: web }]'
    const { services, entries } = found(service(EXPORTED, spec))
    equal(services[0]?.workload, { labels: { app: 's', tier: 'x' } })
    equal(
      services[0]?.ports?.map(({ targetPort }) => targetPort),
      [80, 8081, undefined],
    )
    is(entries[0]?.at('workload', 'labels', 'tier').start, service(EXPORTED, spec).indexOf('x }'))
    is(found(service(EXPORTED)).services[0]?.workload, undefined)
    equal(found(service(EXPORTED, 'selector: { app: 1 }, ports: [{ port: 80 }]')).codes, ['MESH-E112'])
  })

  test('only core v1 Services count, in lists too', () => {
    const others = `apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: { name: k, ${EXPORTED} }\n---\n- { op: remove }\n---\nx\n`
    equal(found(others).codes, ['MESH-W134'])
    const list = `apiVersion: v1\nkind: List\nitems:\n  - { apiVersion: v1, kind: Secret }\n  - { apiVersion: v1, kind: Service, metadata: { name: s, namespace: n, ${EXPORTED} }, spec: { ports: [{ port: 80 }] } }\n`
    const { services, entries } = found(list)
    is(services.length, 1)
    is(entries[0]?.at('ports', 0, 'port').start, list.lastIndexOf('80'))
    is(
      found(list.replace('kind: List', 'kind: ServiceList').replace('  - { apiVersion: v1, kind: Secret }\n', ''))
        .services.length,
      1,
    )
  })

  test('the namespace is its own, else that of the entry', () => {
    const bare = service(EXPORTED).replace('namespace: n, ', '')
    equal(found(bare).codes, ['MESH-E131'])
    is(found(bare, { namespace: 'm' }).services[0]?.namespace, 'm')
    is(found(service(EXPORTED), { namespace: 'm' }).services[0]?.namespace, 'n')
  })

  test('service accounts come by an annotation', () => {
    const { services } = found(
      service('annotations: { meshwright.dev/export: "true", meshwright.dev/service-accounts: "x, y" }'),
    )
    equal(services[0]?.serviceAccounts, ['x', 'y'])
  })

  test('ports and their protocols', () => {
    equal(portsOf('ports: [{ name: grpc-api, port: 90 }, { name: web, port: 80, appProtocol: http }]'), {
      ports: ['grpc-api 90 GRPC', 'web 80 HTTP'],
      codes: [],
    })
    equal(portsOf('ports: [{ port: 80, appProtocol: http }]').ports, ['http 80 HTTP'])
    equal(portsOf('ports: [{ name: dns, port: 53, protocol: UDP }, { name: dns-tcp, port: 53 }]'), {
      ports: ['dns-tcp 53 TCP'],
      codes: ['MESH-W133'],
    })
    equal(portsOf('ports: [{ name: x, port: 53, protocol: SCTP }]').codes, ['MESH-E132'])
    equal(portsOf('ports: { port: 80 }').codes, ['MESH-E112'])
    equal(portsOf('ports: [80]').codes, ['MESH-E111'])
    equal(portsOf('ports: [{ name: 1, port: 80 }]').codes, ['MESH-E112'])
    equal(portsOf('ports: []').codes, ['MESH-E132'])
  })

  test('a place in the ports is that of the manifest, also behind one that is left out', () => {
    const text = service(EXPORTED, 'ports: [{ name: a, port: 53, protocol: UDP }, { name: http, port: 80 }]')
    is(found(text).entries[0]?.at('ports', 0, 'port').start, text.lastIndexOf('80'))
  })

  test('what is spoken is read as istiod reads it', () => {
    const cases: readonly [Parameters<typeof portProtocol>[0], string | undefined][] = [
      [{ name: 'http' }, 'HTTP'],
      [{ name: 'http-web' }, 'HTTP'],
      [{ name: 'HTTP2-x' }, 'HTTP2'],
      [{ name: 'httpweb' }, 'TCP'],
      [{ name: 'grpc' }, 'GRPC'],
      [{ name: 'grpc-web-x' }, 'GRPC-Web'],
      [{ name: 'x', appProtocol: 'GRPC-WEB' }, 'GRPC-Web'],
      [{ name: 'https-x' }, 'HTTPS'],
      [{ name: 'tls' }, 'TLS'],
      [{ name: 'mysql' }, 'MySQL'],
      [{ name: 'mongo-x' }, 'Mongo'],
      [{ name: 'tcp-mongo' }, 'TCP'],
      [{ name: 'http', appProtocol: 'redis' }, 'Redis'],
      [{ name: 'udp-x' }, undefined],
      [{ name: 'http', protocol: 'UDP' }, undefined],
      [{ name: 'http', protocol: 'SCTP' }, undefined],
      [{ name: 'http', appProtocol: 'tcp' }, 'TCP'],
      [{ name: 'grpc', appProtocol: 'http' }, 'HTTP'],
      [{ name: 'x', appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
      [{ name: 'x', appProtocol: 'kubernetes.io/ws' }, 'HTTP'],
      [{ name: 'x', appProtocol: 'kubernetes.io/wss' }, 'HTTPS'],
      [{ name: 'http', appProtocol: 'example.com/own' }, 'TCP'],
      [{}, 'TCP'],
    ]
    equal(
      cases.map(([port]) => portProtocol(port)),
      cases.map(([, protocol]) => protocol),
    )
  })
})
