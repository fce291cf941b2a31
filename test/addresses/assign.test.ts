import { assignAddresses } from '../../src/addresses/assign.ts'
import { emptyLock, type Lock } from '../../src/lock/lock.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { meshOf } from '../mesh/mesh-of.ts'
import { describe, equal, is } from '../suite.ts'

const host = (key: string, address: string, removed = false): Lock['hosts'] => {
  const [service = '', namespace = ''] = key.split('.')
  return new Map([[key, { service, namespace, address, removed, exposures: [] }]])
}
const locked = (hosts: Lock['hosts']): Lock => ({ ...emptyLock, hosts })
const codes = (mesh: Mesh, lock: Lock): string[] => assignAddresses(mesh, lock).diagnostics.map((d) => d.code)

const services = (n: number, extra = ''): string =>
  Array.from(
    { length: n },
    (_, i) =>
      `  - { name: s${i}, namespace: n, clusters: [a], serviceAccounts: [x], ports: [{ name: http, port: 80, protocol: HTTP }]${extra} }\n`,
  ).join('')

describe('assignAddresses', (test) => {
  test('a host keeps the address of the lock, wherever it would hash to', async () => {
    const mesh = meshOf(services(1))
    is(assignAddresses(mesh, locked(host('s0.n', '240.17.0.7'))).addresses.get('s0.n'), '240.17.0.7')
  })

  test('a removed host keeps its address from others, and gets it back', async () => {
    const mesh = meshOf(services(1))
    const first = assignAddresses(mesh, emptyLock).addresses.get('s0.n') ?? ''
    const next = assignAddresses(mesh, locked(host('gone.n', first, true))).addresses.get('s0.n')
    is(next === first, false)
    is(assignAddresses(mesh, locked(host('s0.n', '240.17.0.7', true))).addresses.get('s0.n'), '240.17.0.7')
  })

  test('the suffix decides no address', async () => {
    const [a, b] = [meshOf(services(50)), meshOf(services(50), 'hostSuffix: mesh.internal\n')]
    equal([...assignAddresses(a, emptyLock).addresses], [...assignAddresses(b, emptyLock).addresses])
  })

  test('a demanded address is given, also from the first sixteen that no hash gives out', async () => {
    const mesh = meshOf(services(1, ', address: 240.16.0.3'))
    is(assignAddresses(mesh, emptyLock).addresses.get('s0.n'), '240.16.0.3')
    equal(codes(mesh, emptyLock), [])
  })

  test('a host that hashed there first does not give way to a demand', async () => {
    const mesh = meshOf(services(1, ', address: 240.17.0.7'))
    equal(codes(mesh, locked(host('other.n', '240.17.0.7'))), ['MESH-E309'])
  })

  test('a full pool is told for each host that got nothing', async () => {
    const mesh = meshOf(services(60), 'addresses: { cidrs: [10.9.0.0/26] }\n')
    const { addresses, diagnostics } = assignAddresses(mesh, emptyLock)
    equal([...new Set(diagnostics.map((d) => d.code))], ['MESH-E312'])
    is(diagnostics.length, 60 - addresses.size)
  })

  test('a pool that is more than half full is told', async () => {
    const mesh = meshOf(services(30), 'addresses: { cidrs: [10.9.0.0/26] }\n')
    equal(codes(mesh, emptyLock), ['MESH-W313'])
  })

  test('an exclusion does not move a live address', async () => {
    const mesh = meshOf(services(1), 'addresses: { exclude: [240.17.0.0/16] }\n')
    equal(codes(mesh, locked(host('s0.n', '240.17.0.7'))), ['MESH-W314'])
    is(assignAddresses(mesh, locked(host('s0.n', '240.17.0.7'))).addresses.get('s0.n'), '240.17.0.7')
  })
})
