import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIXTURES } from '../fixture.ts'
import { describe, equal, is, match, ok } from '../suite.ts'
import { emptyLock } from '../../src/lock/lock.ts'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import { sidesOf } from '../../src/tree/merge-conflict.ts'

const whole = (path: string): string => readFileSync(join(FIXTURES, 'two-clusters', 'mesh.lock', path), 'utf8')

/** What git leaves where two texts differ: one conflict for each stretch of lines. */
function conflict(ours: string, theirs: string, style: 'merge' | 'diff3' = 'merge'): string {
  const base = style === 'diff3' ? '||||||| 1234567\nbase\n' : ''
  return `<<<<<<< HEAD\n${ours}${base}=======\n${theirs}>>>>>>> side\n`
}

const sides = (path: string, text: string): readonly unknown[] => {
  const { ok: good, diagnostics } = readLock(new Map([[path, text]]), 'shop')
  ok(!good)
  equal(
    diagnostics.map((d) => d.code),
    ['MESH-E608'],
  )
  return diagnostics[0]?.args['sides'] as readonly unknown[]
}

describe('a lock in an unresolved merge', (test) => {
  test('both sides are whole again, in either style and with any line ends', () => {
    for (const style of ['merge', 'diff3'] as const) {
      const text = `a\n${conflict('b\n', 'c\nd\n', style)}e\n${conflict('', 'f\n', style)}`
      for (const variant of [text, text.replaceAll('\n', '\r\n')]) {
        equal(sidesOf(variant), [
          { name: 'HEAD', text: 'a\nb\ne\n' },
          { name: 'side', text: 'a\nc\nd\ne\nf\n' },
        ])
      }
    }
    is(sidesOf('a\n=======\nb\n'), undefined)
    is(sidesOf('a <<<<<<< b\n'), undefined)
  })

  test('a host is told with its addresses and exposures', () => {
    const host = { service: 'svc-3', namespace: 'bar', removed: false }
    const path = 'hosts/bar/svc-3.yaml'
    const text = (address: string, retiring: boolean, ports: readonly number[]): string => {
      const exposures = [{ cluster: 'cluster-1', ports, retiring }]
      const lock = { ...emptyLock, hosts: new Map([['svc-3.bar', { ...host, address, exposures }]]) }
      return lockTree(lock, 'shop').get(path) ?? ''
    }
    equal(sides(path, conflict(text('240.16.0.1', false, [80, 90]), text('240.16.0.2', true, [80]))), [
      'HEAD: address 240.16.0.1, exposed from cluster-1 (80 90)',
      'side: address 240.16.0.2, exposed from cluster-1 (80, retiring)',
    ])
  })

  test('a cluster is told with generation, certificate and seal; a root with its certificate', () => {
    const [one, two] = ['1', '2'].map((n) => whole(`clusters/cluster-${n}.yaml`))
    const [first = '', second = ''] = sides('clusters/cluster-1.yaml', conflict(one ?? '', two ?? '')).map(String)
    const form =
      /^(HEAD|side): generation 1 of root r1, certificate sha256:[0-9a-f]{64} until \d{4}-\d\d-\d\d, sealed for sha256:[0-9a-f]{64}$/
    match(first, form)
    match(second, form)
    ok(first.slice(6) !== second.slice(6))
    const root = whole('roots/r1.yaml')
    for (const side of sides('roots/r1.yaml', conflict(root, root))) {
      match(String(side), /: certificate sha256:[0-9a-f]{64} until/)
    }
  })

  test('a side that the merge has mixed is not told as if it were one, and one that is no lock neither', () => {
    const text = whole('hosts/bar/svc-2.yaml')
    const lines = text.split('\n')
    const digest = lines.findIndex((line) => line.startsWith('digest: '))
    const mixed = [
      ...lines.slice(0, digest).map((line) => (line.startsWith('address: ') ? 'address: 240.16.0.9' : line)),
      ...conflict(`${lines[digest] ?? ''}\n`, `digest: sha256:${'0'.repeat(64)}\n`).split('\n'),
    ]
    for (const side of sides('hosts/bar/svc-2.yaml', mixed.join('\n'))) {
      match(String(side), /address 240\.16\.0\.9.*\(mixed with lines of the other side\)$/)
    }
    match(String(sides('hosts/bar/svc-2.yaml', conflict(text, 'kind: [\n'))[1]), /^side: cannot be read/)
  })
})
