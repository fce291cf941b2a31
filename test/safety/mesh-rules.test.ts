import fc from 'fast-check'
import { serviceEntry } from '../../src/istio/service-entry.ts'
import { balancingOf } from '../../src/mesh/failover.ts'
import { clusterNamed, type Mesh } from '../../src/mesh/mesh.ts'
import { meshRules } from '../../src/safety/mesh-rules.ts'
import { meshOf } from '../mesh/mesh-of.ts'
import { describe, equal } from '../suite.ts'

const SERVICE = '  - { name: s, namespace: n, clusters: [b], ports: [{ name: http, port: 80, protocol: HTTP }] }\n'

function mesh(of: { a?: string; b?: string; address?: string }): Mesh {
  const network = (said: string | undefined): string => (said === undefined ? '' : `, network: { ${said} }`)
  return meshOf(
    SERVICE,
    '',
    `  - { name: a, gateway: { addresses: [192.0.2.1]${network(of.a)} } }
  - { name: b, gateway: { addresses: ["${of.address ?? '10.0.0.1'}"]${network(of.b)} } }
`,
  )
}
const codes = (of: Parameters<typeof mesh>[0]): string[] => meshRules(mesh(of)).map(({ code }) => code)

describe('rules over a mesh', (test) => {
  test('a private gateway of another network, only where both say theirs and nobody routes them', () => {
    equal(codes({ a: 'name: eu', b: 'name: us' }), ['MESH-W920'])
    equal(codes({}), [])
    equal(codes({ a: 'name: eu' }), [])
    equal(codes({ a: 'name: eu', b: 'name: eu' }), [])
    equal(codes({ a: 'name: eu, peers: [us]', b: 'name: us' }), [])
    equal(codes({ a: 'name: eu', b: 'name: us, peers: [eu]' }), [])
    for (const address of ['203.0.113.7', 'b.example.com', '2001:db8::7']) {
      equal(codes({ a: 'name: eu', b: 'name: us', address }), [], address)
    }
    for (const address of ['172.31.0.1', '192.168.1.1', '100.64.0.1', 'fd00::1', 'fe80::1']) {
      equal(codes({ a: 'name: eu', b: 'name: us', address }), ['MESH-W920'], address)
    }
  })

  test('more objects than kustomize builds quickly', () => {
    const many = (n: number): Mesh => {
      const one = mesh({})
      const [service] = one.services
      if (service === undefined) throw new Error('there is a service')
      return { ...one, services: Array.from({ length: n }, (_, i) => ({ ...service, key: `s-${i}.n` })) }
    }
    equal(meshRules(many(1000)), [])
    equal(
      meshRules(many(1001)).map(({ code }) => code),
      ['MESH-W921'],
    )
  })

  test('TCP without an address of its own cannot be: every host that is rendered has one', () => {
    fc.assert(
      fc.property(fc.constantFrom('HTTP', 'HTTP2', 'GRPC', 'TCP'), (protocol) => {
        const one = meshOf(SERVICE.replace('HTTP', protocol))
        const [service] = one.services
        const into = clusterNamed(one, 'a')
        const cluster = clusterNamed(one, 'b')
        const [provider] = service?.providers ?? []
        if (!service || !into || !cluster || !provider) throw new Error('they are there')
        const sides = {
          into,
          providers: [{ cluster, provider }],
          balancing: balancingOf(service, into),
          consumer: { cluster: 'a' },
        }
        const { spec } = serviceEntry(one, service, '240.16.0.1', sides) as unknown as { spec: { addresses: string[] } }
        equal(spec.addresses, ['240.16.0.1'])
      }),
    )
  })
})
