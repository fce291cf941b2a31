import { noPaint } from '../../src/diagnostics/paint.ts'
import { textReport } from '../../src/diagnostics/report.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { principalsFor } from '../../src/mesh/principals.ts'
import { readMesh } from '../../src/shell/workspace.ts'
import { describe, equal, ok } from '../suite.ts'

interface Said {
  readonly mesh: Mesh
  /** Codes and arguments of the warnings, without those about service accounts. */
  readonly warnings: readonly (readonly [code: string, args: unknown])[]
}

const PORTS = '    ports: [{ name: http, port: 80, protocol: HTTP }]\n'

/** Clusters a, b and c; svc.ns runs in a. @param service what else it says @param more further services */
function said(service: string, more = ''): Said {
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
  - { name: a, gateway: { addresses: [192.0.2.1] } }
  - { name: b, gateway: { addresses: [192.0.2.2] } }
  - { name: c, gateway: { addresses: [192.0.2.3] } }
services:
  - name: svc
    namespace: ns
    clusters: [a]
    workload: { labels: { app: svc } }
${service.includes('    ports: ') ? '' : PORTS}${service}${more}`
  const texts = new Map<string, string>()
  const checked = readMesh(Buffer.from(text), 'mesh.yaml', texts)
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint))
  const warnings = checked.diagnostics.filter(({ code }) => code !== 'MESH-W214')
  return { mesh: checked.value, warnings: warnings.map(({ code, args }) => [code, args]) }
}

const consumers = '    consumers: [{ cluster: b, namespaces: [shop, web] }, { cluster: c, namespaces: [web] }]\n'
const rule = (from: string, local = '[]'): string => `    authorization: { from: ${from}, local: ${local} }\n`

function principals(service: string): string[] {
  const { mesh } = said(consumers + service)
  const authorization = mesh.services[0]?.authorization
  ok(authorization !== undefined)
  return principalsFor(mesh, authorization, 'a')
}

describe('authorization', (test) => {
  test('callers become principals: namespaces, accounts in each of them, each once and in order', () => {
    equal(principals(rule('[{ namespaces: [web, shop] }]')), [
      'cluster.local/ns/shop/sa/*',
      'cluster.local/ns/web/sa/*',
    ])
    const accounts = '[{ namespaces: [web, shop], serviceAccounts: [y, x] }, { cluster: b, namespaces: [web] }]'
    equal(principals(rule(accounts, '[{ namespaces: [ns] }]')), [
      'cluster.local/ns/ns/sa/*',
      'cluster.local/ns/shop/sa/x',
      'cluster.local/ns/shop/sa/y',
      'cluster.local/ns/web/sa/*',
      'cluster.local/ns/web/sa/x',
      'cluster.local/ns/web/sa/y',
    ])
  })

  test('a rule for one cluster says that it holds for all of the trust domain; one without does not', () => {
    const all = '{ namespaces: [shop, web] }'
    equal(said(consumers + rule(`[${all}]`)).warnings, [])
    const args = { service: 'svc.ns', cluster: 'b', namespaces: ['shop'], trustDomain: 'cluster.local' }
    equal(said(consumers + rule(`[${all}, { cluster: b, namespaces: [shop] }]`)).warnings, [['MESH-W264', args]])
  })

  test('consumers that see a host and may not call it are told, by cluster', () => {
    const told = (service: string): unknown =>
      said(service).warnings.map(([code, args]) => [code, Object(args).consumers])
    equal(told(consumers + rule('[{ namespaces: [shop] }]')), [['MESH-W265', ['b: web', 'c: web']]])
    equal(told(consumers + rule('[{ namespaces: [shop] }]', '[{ namespaces: [web] }]')), [])
    equal(told(rule('[{ namespaces: [shop] }]')), [
      ['MESH-W265', ['b: all namespaces but shop', 'c: all namespaces but shop']],
    ])
  })

  test('a service that nobody consumes any more keeps its rules', () => {
    equal(said(`    consumers: []\n${rule('[{ namespaces: [shop] }]')}`).warnings, [])
  })

  test('a service whose pods the labels select too is told, unless its ports are kept apart', () => {
    const other = (more: string, labels = 'app: svc, tier: x'): string => `  - name: other
    namespace: ns
    clusters: [a]
    consumers: []
    ports: [{ name: http, port: 80, protocol: HTTP }]
    workload: { labels: { ${labels} } }
${more}`
    const open = consumers + rule('[{ namespaces: [shop, web] }]')
    const warned = [['MESH-W266', { service: 'svc.ns', others: ['other.ns'] }]]
    equal(said(open, other('')).warnings, warned)
    equal(said(open, other(rule('[{ namespaces: [x] }]'))).warnings, warned, 'callers of one may call the other')
    const apart = open.replace(
      '    consumers',
      '    ports: [{ name: http, port: 80, targetPort: 8080, protocol: HTTP }]\n    consumers',
    )
    equal(said(apart, other(rule('[{ namespaces: [x] }]'))).warnings, [])
    equal(said(open, other('', 'app: other')).warnings, [])
    equal(said(open, other('').replace('namespace: ns', 'namespace: elsewhere')).warnings, [])
    equal(said(open, other('').replace('clusters: [a]', 'clusters: [b]')).warnings, [])
  })
})
