/** What is wrong with versions and routes of an output, as a stranger sees it. */
import { lockTree } from '../../src/lock/write.ts'
import { readLock } from '../../src/lock/read.ts'
import { plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { gather } from '../../src/shell/workspace.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW, versionRouting } from '../fixture.ts'
import { describe, equal, ok } from '../suite.ts'

const { checked } = await gather(memorySources(versionRouting()), 'mesh.yaml')
if (!checked.ok) throw new Error(checked.diagnostics.map(({ code }) => code).join())
const planned = plan({ ...checked.value, now: NOW })
const output = render(planned, planned.lock)
const read = readLock(lockTree(planned.lock, 'shop'), 'shop')
if (!read.ok) throw new Error(read.diagnostics.map(({ code }) => code).join())
const lock = read.value

const WEB = 'clusters/cluster-1/services/web.yaml'
const EXPORTS = 'clusters/cluster-2/gateway/subsets.yaml'

/** Codes of the output after an edit, each once. */
function codesAfter(file: string, from: string | RegExp, to: string, withLock = false): string[] {
  const text = output.get(file) ?? ''
  const edited = text.replace(from, to)
  ok(edited !== text, `${file} has no ${String(from)}`)
  const { diagnostics } = verifyOutput(new Map(output).set(file, edited), { now: NOW, ...(withLock && { lock }) })
  return [...new Set(diagnostics.map(({ code }) => code))].sort()
}

describe('verify subsets and routes', (test) => {
  test('what is rendered is sound, and the lock that was written says the same', () => {
    equal(verifyOutput(output, { now: NOW, lock }).diagnostics, [])
  })

  const FAULTS: readonly (readonly [what: string, code: string, file: string, from: string | RegExp, to: string])[] = [
    ['an SNI of another subset', 'MESH-E737', WEB, '_.v2_.reviews', '_.v1_.reviews'],
    ['a port that a subset says nothing about', 'MESH-E736', WEB, /(name: v2\n[^]*?number:) 9080/, '$1 9081'],
    [
      'endpoints by other labels',
      'MESH-E772',
      WEB,
      /(name: v2\n +labels:\n +)subset\.meshwright\.dev\/v2: "true"/,
      '$1version: v2',
    ],
    ['a subset of nobody', 'MESH-E774', WEB, /(name: at-cluster-3\n +labels:\n.*:) cluster-3/, '$1 cluster-1'],
    ['a subset twice', 'MESH-E772', WEB, 'name: at-cluster-3', 'name: v2'],
    ['a route to another subset', 'MESH-E775', WEB, 'subset: at-cluster-3', 'subset: at-cluster-2'],
    [
      'a route to another host',
      'MESH-E775',
      WEB,
      '- destination:\n            host: orders.web',
      '- destination:\n            host: prices.books',
    ],
    ['routes for another host', 'MESH-E776', WEB, /(VirtualService[^]*?hosts:\n +- )orders/, '$1prices'],
    ['routes that others see', 'MESH-E776', WEB, /(503\n {2}exportTo:\n {4}- )web/, '$1shop'],
    ['routes of nobody', 'MESH-E776', WEB, /(kind: VirtualService\nmetadata:\n {2}name:) orders.web/, '$1 orders.shop'],
    ['weights of a route', 'MESH-E777', WEB, 'weight: 95', 'weight: 90'],
    [
      'requests that no route takes',
      'MESH-E777',
      WEB,
      /http:\n {4}- route/,
      'http:\n    - match:\n        - uri:\n            prefix: /api\n      route',
    ],
    ['a match of nothing', 'MESH-E760', WEB, 'exact: /near', 'exact: ""'],
    ['a field of a route that nobody knows', 'MESH-E760', WEB, 'timeout: 10s', 'mirrorPercent: 10'],
    ['no time at all', 'MESH-E760', WEB, 'timeout: 10s', 'timeout: 0s'],
    [
      'a gateway that does not know a subset',
      'MESH-E773',
      EXPORTS,
      /(orders\.web\.svc[^]*?) +- name: v2\n.*\n.*\n/,
      '$1',
    ],
    ['a rule that callers of the cluster see', 'MESH-E778', EXPORTS, '"."', '"*"'],
    ['a rule in another namespace', 'MESH-E778', EXPORTS, 'namespace: istio-system', 'namespace: web'],
    ['a rule for another service', 'MESH-E778', EXPORTS, 'host: cart.shop', 'host: stock.shop'],
    ['a rule for what is not exposed', 'MESH-E778', EXPORTS, /cart\.shop/g, 'card.shop'],
    ['a subset of any pod', 'MESH-E778', EXPORTS, /labels:\n +track: stable/, 'labels: {}'],
    [
      'TLS of another kind',
      'MESH-E778',
      EXPORTS,
      / {2}subsets:/,
      '  trafficPolicy:\n    portLevelSettings: []\n  subsets:',
    ],
  ]
  for (const [what, code, file, from, to] of FAULTS) {
    test(what, () => {
      const found = codesAfter(file, from, to)
      ok(found.includes(code), `${found.join()} has no ${code}`)
    })
  }

  test('tiers of a subset, where names are resolved', () => {
    const policy =
      /loadBalancer:\n +localityLbSetting:\n +enabled: true\n +failoverPriority:\n.*\n +outlierDetection:\n(?: {10}.*\n){3}/
    const file = 'clusters/cluster-3/services/shop.yaml'
    const [found = ''] = policy.exec(output.get(file) ?? '') ?? []
    const text = (output.get(file) ?? '').replaceAll('subset.meshwright.dev/canary', 'subset.meshwright.dev/stable')
    const shared = text.replace(
      /(sni: .*_\.stable_.*\n)/,
      (_, sni: string) => `${sni}            ${found.replaceAll(/^ {8}/gm, '            ').trimEnd()}\n`,
    )
    const { diagnostics } = verifyOutput(new Map(output).set(file, shared), { now: NOW })
    ok(
      diagnostics.some(({ code, args }) => code === 'MESH-E766' && JSON.stringify(args).includes('subset')),
      '',
    )
  })

  test('labels of a subset that are not those of the lock', () => {
    equal(codesAfter(EXPORTS, 'track: stable', 'track: canary', true), ['MESH-E779'])
    equal(codesAfter(EXPORTS, /^apiVersion[^]*?---\n/m, '', true), ['MESH-E779'])
  })
})
