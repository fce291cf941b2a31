/** Routes while clusters drain, and what is said of matches that Istio refuses. */
import { textReport } from '../../src/diagnostics/report.ts'
import { noPaint } from '../../src/diagnostics/paint.ts'
import { readMesh } from '../../src/shell/workspace.ts'
import { describe, equal, is, match, ok } from '../suite.ts'

interface Read {
  readonly codes: readonly string[]
  readonly states: readonly string[]
  readonly text: string
}

/** @param draining whole clusters */
function read(clusters: string, routes: string, ...draining: readonly string[]): Read {
  const drains = (name: string): string => (draining.includes(name) ? 'state: draining, ' : '')
  const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: test }
defaults:
  cluster: { trust: { current: none }, gateway: { install: none } }
clusters:
  - { name: a, ${drains('a')}locality: r1, gateway: { addresses: [192.0.2.1] } }
  - { name: b, ${drains('b')}locality: r2, gateway: { addresses: [192.0.2.2] } }
  - { name: c, ${drains('c')}locality: r3, gateway: { addresses: [192.0.2.3] } }
services:
  - name: s
    namespace: n
    ports: [{ name: http, port: 80, protocol: HTTP }]
    serviceAccounts: [s]
    clusters: [${clusters}]
    consumers: [{ cluster: a }]
    subsets: [{ name: v1, labels: { v: v1 } }, { name: v2, labels: { v: v2 } }]
    routes: [${routes}]
`
  const checked = readMesh(Buffer.from(text), 'mesh.yaml', new Map())
  const providers = checked.ok ? (checked.value.services[0]?.providers ?? []) : []
  return {
    codes: checked.diagnostics.map(({ code }) => code),
    states: providers.map(({ cluster, state }) => `${cluster} ${state}`),
    text: textReport(checked.diagnostics, new Map([['mesh.yaml', text]]), noPaint),
  }
}

describe('routes while a whole cluster drains', (test) => {
  const LEFT = ['b serving', 'c serving']

  test('the service is called there still where a route has nobody else, with a warning', () => {
    const named = read('b, c', '{ match: [{ uri: { exact: /c } }], to: [{ cluster: c }] }, { to: [{}] }', 'c')
    equal([named.codes, named.states], [['MESH-W281'], LEFT])
    const version = read('{ name: b, subsets: [v1] }, c', '{ to: [{ subset: v2 }] }', 'c')
    equal([version.codes, version.states], [['MESH-W281'], LEFT])
    const noWeight = read('b, c', '{ to: [{ cluster: b, weight: 0 }, { cluster: c, weight: 100 }] }', 'c')
    equal([noWeight.codes, noWeight.states], [['MESH-W281'], LEFT])
  })

  test('it drains where the route has others', () => {
    const shared = read('b, c', '{ to: [{ cluster: b, weight: 10 }, { cluster: c, weight: 90 }] }', 'c')
    equal([shared.codes, shared.states], [['MESH-W252'], ['b serving', 'c draining']])
    const version = read('b, c', '{ to: [{ subset: v2 }] }', 'c')
    equal([version.codes, version.states], [[], ['b serving', 'c draining']])
  })

  test('a provider that is said to drain does, and its routes must go before', () => {
    const to = '{ to: [{ cluster: b, weight: 0 }, { cluster: c, weight: 100 }] }'
    const said = read('b, { name: c, state: draining }', to)
    equal(said.codes, ['MESH-E251'])
    ok(!said.text.includes('only'), said.text)
    equal(read('b, { name: c, state: draining }', to, 'c').codes, ['MESH-E251'])
  })
})

describe('the help for a match that Istio refuses', (test) => {
  test('is about what is wrong with it', () => {
    const help = (uri: string): string => read('b', `{ match: [{ ${uri} }], to: [{}] }, { to: [{}] }`).text
    const pattern = help('uri: { regex: "a(" }')
    match(pattern, /MESH-E237/)
    match(pattern, /RE2/)
    is(pattern.includes('lower case'), false)
    match(help('headers: { X-Team: { exact: a } }'), /lower case/)
    match(help('uri: { exact: a }'), /slash on/)
  })
})
