import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather, readMesh } from '../../src/shell/workspace.ts'
import { twoClusters } from '../fixture.ts'
import { describe, equal, is } from '../suite.ts'

interface Read {
  readonly service: Mesh['services'][number] | undefined
  readonly codes: readonly Diagnostic['code'][]
}

function read(service: string, { gateway = '192.0.2.1', defaults = '' } = {}): Read {
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
${defaults}clusters:
  - { name: a, locality: r1, gateway: { addresses: [${gateway}] } }
  - { name: b, locality: r2, gateway: { addresses: [192.0.2.2] } }
services:
  - { name: s, namespace: n, clusters: [a], serviceAccounts: [s], ${service} }
`
  const checked = readMesh(Buffer.from(text), 'mesh.yaml', new Map())
  const service_ = checked.ok ? checked.value.services[0] : undefined
  return { service: service_, codes: checked.diagnostics.map(({ code }) => code) }
}

const HTTP = 'ports: [{ name: http, port: 80, protocol: HTTP }]'
const TCP = 'ports: [{ name: tcp, port: 80, protocol: TCP }]'

describe('ports', (test) => {
  test('consumers may dial another number, and one Service port under several', () => {
    const ports =
      '{ name: old, port: 8000, protocol: HTTP }, { name: new, port: 8000, consumerPort: 80, protocol: HTTP }'
    const { service, codes } = read(`ports: [${ports}]`)
    equal(codes, [])
    equal(service?.ports, [
      { name: 'new', port: 8000, consumerPort: 80, protocol: 'HTTP' },
      { name: 'old', port: 8000, protocol: 'HTTP' },
    ])
    equal(read('ports: [{ name: http, port: 80, consumerPort: 80, protocol: HTTP }]').service?.ports, [
      { name: 'http', port: 80, protocol: 'HTTP' },
    ])
    equal(read(`ports: [${ports.replace('consumerPort: 80, ', '')}]`).codes, ['MESH-E204'])
    equal(read(`ports: [${ports.replace('consumerPort: 80', 'targetPort: 1, consumerPort: 80')}]`).codes, ['MESH-E227'])
  })

  test('protocols that cannot cross are refused with their reason, misspelt ones with what was meant', () => {
    const codes = (protocol: string) => read(`ports: [{ name: x, port: 80, protocol: ${protocol} }]`).codes
    for (const protocol of ['GRPC-Web', 'TLS', 'HTTPS', 'MySQL', 'Redis']) equal(codes(protocol), [])
    equal(codes('Mongo'), ['MESH-W232'])
    for (const protocol of ['UDP', 'SCTP', 'QUIC', 'kafka']) equal(codes(protocol), ['MESH-E226'])
    for (const protocol of ['http', 'HTPP', 'mysql', '"80 %"']) equal(codes(protocol), ['MESH-E113'])
  })

  test('a headless service calls itself only where its pods listen on the same number', () => {
    const headless = (port: string) =>
      read(
        `headless: true, consumers: [{ cluster: a }, { cluster: b }], ports: [{ name: x, port: 80, protocol: TCP${port} }]`,
      )
    equal(headless(', targetPort: 80').codes, [])
    is(headless(', targetPort: 80').service?.headless, true)
    equal(headless('').codes, ['MESH-E229'])
    equal(headless(', targetPort: 81').codes, ['MESH-E229'])
    equal(read(`headless: true, ${HTTP}`).codes, [], 'others call it by its gateway')
  })

  test('what would do nothing is told: in a service, and not in defaults that are for others too', () => {
    const http = 'connectionPool: { http: { maxRetries: 3 } }'
    equal(read(`${HTTP}, traffic: { ${http} }`).codes, [])
    equal(read(`${TCP}, traffic: { ${http} }`).codes, ['MESH-E228'])
    equal(read(`${TCP}, traffic: { connectionPool: { tcp: { maxConnections: 1 } } }`).codes, [])
    const random = 'loadBalancer: { simple: RANDOM }'
    equal(read(`${HTTP}, traffic: { ${random} }`).codes, ['MESH-W231'])
    equal(read(`${HTTP}, traffic: { ${random} }`, { gateway: '192.0.2.1, 192.0.2.9' }).codes, [])
    equal(read(`${HTTP}, traffic: { ${random} }`, { gateway: 'a.example.com' }).codes, [], 'a name may be several')
    const hash = 'loadBalancer: { consistentHash: { httpCookie: { name: c } } }'
    const several = { gateway: '192.0.2.1, 192.0.2.9' }
    equal(read(`${TCP}, traffic: { ${hash} }`, several).codes, ['MESH-E228'])
    equal(read(TCP, { defaults: `  service: { traffic: { ${http}, ${hash} } }\n` }).codes, [])
  })

  test('a load balancer is not half of the defaults and half of the service', () => {
    const defaults =
      '  service: { traffic: { loadBalancer: { simple: RANDOM }, connectionPool: { tcp: { maxConnections: 1 } } } }\n'
    const hash = 'loadBalancer: { consistentHash: { httpHeaderName: x } }'
    const { service } = read(`${HTTP}, traffic: { ${hash}, connectionPool: { http: { maxRetries: 3 } } }`, { defaults })
    equal(service?.settings, {
      connectionPool: { tcp: { maxConnections: 1 }, http: { maxRetries: 3 } },
      loadBalancer: { consistentHash: { httpHeaderName: 'x' } },
    })
  })

  test('a headless Service that is discovered is told, until somebody says that it is meant', async () => {
    const manifest = `apiVersion: v1
kind: Service
metadata: { name: s, namespace: n, annotations: { meshwright.dev/export: "true", meshwright.dev/service-accounts: s } }
spec: { clusterIP: None, ports: [{ name: tcp, port: 80 }] }
`
    const found = async (services: string): Promise<readonly unknown[]> => {
      const files = twoClusters()
      const text = String(files.get('mesh.yaml')).replace(
        /services:[^]*/,
        `discover: [{ cluster: cluster-1, manifests: "*.yml" }]\nservices: ${services}\n`,
      )
      files.set('mesh.yaml', Buffer.from(text)).set('s.yml', Buffer.from(manifest))
      const { checked } = await gather(memorySources(files), 'mesh.yaml')
      return [checked.diagnostics.map(({ code }) => code), checked.ok && checked.value.mesh.services[0]?.headless]
    }
    equal(await found('[]'), [['MESH-W230'], true])
    equal(await found('[{ name: s, namespace: n, consumers: [{ cluster: cluster-2 }] }]'), [['MESH-W230'], true])
    equal(await found('[{ name: s, namespace: n, headless: true }]'), [[], true])
    const http = `[{ name: s, namespace: n, headless: true, ${HTTP} }]`
    equal(await found(http), [['MESH-W233'], true], 'the Service says TCP')
    equal(await found(http.replace('protocol: HTTP', 'protocol: Redis')), [[], true])
  })
})
