/** Fields that decide how intermediates are made: their change is told, and does nothing. */
import type { Lock } from '../../src/lock/lock.ts'
import { plan } from '../../src/plan/plan.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal } from '../suite.ts'
import { newIntermediate, newRoot } from '../trust/authority.ts'

const files = twoClusters()

async function told(trust: string, generation = 1, change: (lock: Lock) => Lock = (lock) => lock): Promise<unknown[]> {
  const text = (files.get('mesh.yaml')?.toString('utf8') ?? '')
    .replace('defaults:', `trust: ${trust}\ndefaults:`)
    .replace('  - name: cluster-1\n', `  - name: cluster-1\n    trust: { generation: ${generation} }\n`)
  const { checked } = await gather(memorySources(new Map([...files, ['mesh.yaml', Buffer.from(text)]])), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  const planned = plan({ ...checked.value, lock: change(checked.value.lock), now: NOW })
  return planned.diagnostics.filter(({ code }) => code === 'MESH-W415').map(({ args }) => args)
}

describe('made-otherwise', (test) => {
  test('nothing is told of what is as the intent says', async () => {
    equal(await told('{}'), [])
    equal(await told('{ intermediate: { key: P-256, san: none, validity: 90d } }'), [])
  })

  test('a field and the clusters that differ, once', async () => {
    const clusters = ['cluster-1', 'cluster-2']
    const both = { clusters, field: 'key', wanted: 'RSA-4096', found: 'P-256' }
    equal(await told('{ intermediate: { key: RSA-4096 } }'), [both])
    const san = { clusters, field: 'san', wanted: 'spiffe', found: 'none' }
    equal(await told('{ intermediate: { key: RSA-4096, san: spiffe } }'), [both, san])
  })

  test('a cluster that gets a new generation follows', async () => {
    const rest = { clusters: ['cluster-2'], field: 'key', wanted: 'P-384', found: 'P-256' }
    equal(await told('{ intermediate: { key: P-384 } }', 2), [rest])
  })

  test('what was made elsewhere is as it is', async () => {
    const { certificate } = newIntermediate(newRoot({ kind: 'rsa' }))
    const foreign = (lock: Lock): Lock => ({
      ...lock,
      clusters: new Map(
        [...lock.clusters].map(([name, cluster]) => [name, { ...cluster, certificate, generation: 9 }]),
      ),
    })
    equal(await told('{ intermediate: { key: P-384 } }', 9, foreign), [])
  })
})
