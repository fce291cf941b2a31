import { join } from 'node:path'
import type { WorkloadPolicy } from '../../src/lock/lock.ts'
import { readLock } from '../../src/lock/read.ts'
import { isIntact, lockTree } from '../../src/lock/write.ts'
import { FIXTURES, readTree } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const files = new Map(
  [...readTree(join(FIXTURES, 'two-clusters', 'mesh.lock'))].map(([p, b]) => [p, b.toString('utf8')]),
)

describe('lock', (test) => {
  test('what is written is read, and written again the same', () => {
    const read = readLock(files, 'shop')
    ok(read.ok)
    equal([...lockTree(read.value, 'shop')], [...files])
  })

  test('every flag survives', () => {
    const read = readLock(files, 'shop')
    ok(read.ok)
    const [host] = read.value.hosts.values()
    const [cluster] = read.value.clusters.values()
    ok(host !== undefined && cluster !== undefined)
    const policy = {
      labels: { app: 'svc', empty: '' },
      strict: true,
      principals: ['cluster.local/ns/foo/sa/*', 'cluster.local/ns/foo/sa/a.b'],
      ports: [8080],
    }
    const changed = {
      ...read.value,
      hosts: new Map([
        [
          `${host.service}.${host.namespace}`,
          { ...host, removed: true, exposures: host.exposures.map((e) => ({ ...e, retiring: true, policy })) },
        ],
      ]),
      clusters: new Map([[cluster.name, { ...cluster, removed: true, generation: 7 }]]),
    }
    const again = readLock(lockTree(changed, 'shop'), 'shop')
    ok(again.ok)
    equal(again.value, changed)
  })

  test('a policy that would hold for others, or for nobody, is refused', () => {
    const read = readLock(files, 'shop')
    ok(read.ok)
    const [[key, host] = []] = read.value.hosts
    ok(key !== undefined && host !== undefined)
    const codesOf = (policy: WorkloadPolicy): string[] => {
      const exposures = host.exposures.map((exposure) => ({ ...exposure, policy }))
      const hosts = new Map([[key, { ...host, exposures }]])
      return readLock(lockTree({ ...read.value, hosts }, 'shop'), 'shop').diagnostics.map(({ code }) => code)
    }
    const good: WorkloadPolicy = { labels: { app: 'x' }, strict: false, principals: ['td/ns/a/sa/b'], ports: [80] }
    equal(codesOf(good), [])
    const bad: readonly Partial<WorkloadPolicy>[] = [
      { labels: {} },
      { labels: { 'not a key': 'x' } },
      { principals: [] },
      { principals: ['*'] },
      { principals: ['td/ns/*/sa/b'] },
      { ports: [] },
      { ports: [0] },
    ]
    for (const change of bad) equal(codesOf({ ...good, ...change }), ['MESH-E603'], JSON.stringify(change))
  })

  test('a checkout with CRLF line ends is the same lock', () => {
    const read = readLock(new Map([...files].map(([p, t]) => [p, t.replaceAll('\n', '\r\n')])), 'shop')
    ok(read.ok, JSON.stringify(read.diagnostics))
  })

  test('any change of any byte is found', () => {
    for (const [path, text] of files) {
      if (path.startsWith('.')) continue
      for (const at of [text.indexOf('\n') + 3, Math.floor(text.length / 2), text.length - 3]) {
        const damaged = text.slice(0, at) + (text[at] === 'x' ? 'y' : 'x') + text.slice(at + 1)
        is(readLock(new Map([...files, [path, damaged]]), 'shop').ok, false, `${path} at ${at}`)
      }
      is(readLock(new Map([...files, [path, text.slice(0, -20)]]), 'shop').ok, false, `${path} cut off`)
      is(readLock(new Map([...files, [path, '']]), 'shop').ok, false, `${path} empty`)
      ok(isIntact(text))
    }
  })

  test('no private key and no age identity is in it', () => {
    for (const text of files.values()) ok(!/PRIVATE KEY|AGE-SECRET/.test(text))
  })
})
