/** Make before break: what a Gateway lets in, through the changes that a mesh goes through. */
import { emptyLock, type Lock } from '../../src/lock/lock.ts'
import type { Mesh } from '../../src/mesh/mesh.ts'
import { exposureDiagnostics } from '../../src/plan/exposure-diagnostics.ts'
import { nextHosts } from '../../src/plan/exposures.ts'
import { describeTask, hostTasks } from '../../src/plan/task.ts'
import { describe, equal } from '../suite.ts'
import { meshOf } from '../mesh/mesh-of.ts'

const CLUSTERS = ['a', 'b', 'c']
  .map((name, i) => `  - { name: ${name}, locality: r${i}, gateway: { addresses: [192.0.2.${i + 1}] } }\n`)
  .join('')

function mesh(clusters: string, { ports = [80], consumers = '' } = {}): Mesh {
  const list = ports.map((port) => `{ name: p${port}, port: ${port}, protocol: HTTP }`).join(', ')
  const service = `  - { name: s, namespace: n, clusters: ${clusters}, ports: [${list}]${consumers} }\n`
  return meshOf(clusters === '' ? '' : service, '', CLUSTERS)
}

interface Step {
  readonly hosts: Lock['hosts']
  /** `a 80`, `a 80 retiring` */
  readonly exposures: readonly string[]
  readonly codes: readonly string[]
  readonly tasks: readonly string[]
}

function step(before: Lock['hosts'], now: Mesh, release = false): Step {
  const addresses = new Map(now.services.map(({ key }) => [key, '240.16.0.20']))
  const hosts = nextHosts(now, { ...emptyLock, hosts: before }, addresses, new Set(release ? ['s.n'] : []))
  return {
    hosts,
    exposures: (hosts.get('s.n')?.exposures ?? []).map(({ cluster, ports, retiring }) => {
      return `${cluster} ${ports.join()}${retiring ? ' retiring' : ''}`
    }),
    codes: exposureDiagnostics(now, before, hosts).map(({ code }) => code),
    tasks: hostTasks(before, hosts).map(describeTask),
  }
}

const start = (clusters: string, more?: Parameters<typeof mesh>[1]): Lock['hosts'] =>
  step(emptyLock.hosts, mesh(clusters, more)).hosts

describe('exposures', (test) => {
  test('whoever runs it exposes it, whatever its state', () => {
    const all = mesh('[{ name: a, state: exposed }, b, { name: c, state: draining }]', {
      consumers: ', consumers: [{ cluster: a }]',
    })
    // Nobody but itself would enter the gateway of a.
    equal(step(emptyLock.hosts, all).exposures, ['b 80', 'c 80'])
  })

  test('a provider that moves without being exposed first is told; both are exposed until it is released', () => {
    const moved = step(start('[a]'), mesh('[b]'))
    equal(moved.exposures, ['a 80 retiring', 'b 80'])
    equal(moved.codes, ['MESH-W801', 'MESH-W820'])
    const released = step(moved.hosts, mesh('[b]'), true)
    equal(released.exposures, ['b 80'])
    equal(released.codes, [])
    equal(released.tasks, ['stop exposing s.n from a'])
  })

  test('a provider that is exposed first leaves no gap', () => {
    const exposed = step(start('[a]'), mesh('[a, { name: b, state: exposed }]'))
    equal([exposed.exposures, exposed.codes], [['a 80', 'b 80'], []])
    const serving = step(exposed.hosts, mesh('[{ name: a, state: draining }, b]'))
    equal([serving.exposures, serving.codes, serving.tasks], [['a 80', 'b 80'], [], []])
    const left = step(serving.hosts, mesh('[b]'))
    equal([left.exposures, left.codes], [['a 80 retiring', 'b 80'], ['MESH-W801']])
  })

  test('nor does one that still retires', () => {
    const left = step(start('[a, b]'), mesh('[a]'))
    const back = step(left.hosts, mesh('[a, b]'))
    equal([back.exposures, back.codes], [['a 80', 'b 80'], []])
    equal(back.tasks, ['expose s.n from b, port 80'])
  })

  test('a port that is changed is exposed beside the new one until it is released', () => {
    const changed = step(start('[a]', { ports: [80, 90] }), mesh('[a]', { ports: [81, 90] }))
    equal(changed.exposures, ['a 81,90', 'a 80 retiring'])
    equal(changed.codes, ['MESH-W801'])
    equal(changed.tasks, ['expose s.n from a, port 81, 90', 'keep port 80 of s.n exposed from a until it is released'])
    const again = step(changed.hosts, mesh('[a]', { ports: [82, 90] }))
    equal(again.exposures, ['a 82,90', 'a 80,81 retiring'])
    const partly = step(changed.hosts, mesh('[a]', { ports: [82, 90] }), true)
    equal(partly.exposures, ['a 82,90', 'a 81 retiring'], 'what is live until now is not released by the same run')
    equal(partly.tasks.at(-1), 'stop exposing port 80 of s.n from a')
    const back = step(changed.hosts, mesh('[a]', { ports: [80, 90] }))
    equal(back.exposures, ['a 80,90', 'a 81 retiring'])
    const released = step(changed.hosts, mesh('[a]', { ports: [81, 90] }), true)
    equal([released.exposures, released.codes], [['a 81,90'], []])
  })

  test('a host with a port that retires leaves as a whole, and its cluster only after it', () => {
    const changed = step(start('[a]'), mesh('[a]', { ports: [81] }))
    const removed = step(changed.hosts, mesh(''))
    equal(removed.exposures, ['a 80,81 retiring'])
    equal(removed.codes, ['MESH-W801'])
    equal(step(removed.hosts, mesh(''), true).exposures, [])
  })

  test('the last consumer that leaves closes no gateway', () => {
    const alone = step(start('[a]'), mesh('[a]', { consumers: ', consumers: []' }))
    equal([alone.exposures, alone.codes], [['a 80 retiring'], ['MESH-W801']])
  })

  test('a new consumer makes the copy of another provider enter', () => {
    const own = start('[a, b]', { consumers: ', consumers: [{ cluster: a }]' })
    const more = step(own, mesh('[a, b]', { consumers: ', consumers: [{ cluster: a }, { cluster: c }]' }))
    equal(more.exposures, ['a 80', 'b 80'])
    // c may sync before the gateway of a does.
    equal(more.codes, ['MESH-W820'])
  })

  test('a host that nobody has called yet has no gap', () => {
    equal(step(emptyLock.hosts, mesh('[a, b]')).codes, [])
  })

  test('a policy lets in by the former ports too, until they are released, and stays with what leaves', () => {
    const guarded = (target: number, port: number, clusters = '[a, b]'): Mesh =>
      meshOf(
        `  - name: s
    namespace: n
    clusters: ${clusters}
    ports: [{ name: p, port: ${port}, protocol: HTTP, targetPort: ${target} }]
    workload: { labels: { app: s } }
    authorization: { from: [{ namespaces: [x] }], local: [] }
    consumers: [{ cluster: a, namespaces: [x] }]
`,
        '',
        CLUSTERS,
      )
    const portsIn = ({ hosts }: Step): string[] =>
      (hosts.get('s.n')?.exposures ?? []).map(({ cluster, policy }) => `${cluster} ${policy?.ports?.join() ?? 'none'}`)

    const first = step(emptyLock.hosts, guarded(8080, 80))
    // Its pods are guarded in a as well, though nobody enters that gateway.
    equal(portsIn(first), ['a 8080', 'b 8080'])
    const changed = step(first.hosts, guarded(9090, 90))
    equal(changed.exposures, ['a 90', 'a 80 retiring', 'b 90', 'b 80 retiring'])
    equal(portsIn(changed), ['a 8080,9090', 'a 8080,9090', 'b 8080,9090', 'b 8080,9090'])
    equal(step(changed.hosts, guarded(9090, 90)).hosts, changed.hosts, 'a second run changes nothing')
    equal(portsIn(step(changed.hosts, guarded(9090, 90), true)), ['a 9090', 'b 9090'])
    const left = step(changed.hosts, mesh(''))
    equal(left.exposures, ['a 80,90 retiring', 'b 80,90 retiring'])
    equal(portsIn(left), ['a 8080,9090', 'b 8080,9090'])
  })
})
