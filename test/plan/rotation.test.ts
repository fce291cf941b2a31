/** A root is replaced in three stages; each is planned, sealed, rendered and read back by `verify`. */
import type { Lock, SealedSecretsBundle } from '../../src/lock/lock.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, makeRoot, sealBundle, type NewRoot } from '../../src/shell/fulfil-trust.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'

const files = twoClusters()
const root = await makeRoot(
  { mesh: 'shop', organization: 'shop', id: 'r2', state: 'trusted' },
  { entropy: systemEntropy, now: NOW },
)

interface Said {
  readonly r1: 'active' | 'trusted' | 'retired'
  readonly r2: 'active' | 'trusted' | 'retired'
  readonly generation?: number
}

async function planOf({ r1, r2, generation = 1 }: Said, lock: Lock | undefined): Promise<Plan> {
  const roots = `trust: { roots: [{ id: r1, state: ${r1} }, { id: r2, state: ${r2} }] }\n`
  const text = (files.get('mesh.yaml')?.toString('utf8') ?? '')
    .replace('defaults:', `${roots}defaults:`)
    .replaceAll(/( {2}- name: cluster-\d\n)/g, `$1    trust: { generation: ${generation} }\n`)
  const edited = new Map([...files, ['mesh.yaml', Buffer.from(text)]])
  const { checked } = await gather(memorySources(edited), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  const before = lock ?? { ...checked.value.lock, roots: new Map([...checked.value.lock.roots, ['r2', root.locked]]) }
  return plan({ ...checked.value, lock: before, now: NOW })
}

async function fulfilled({ lock, tasks }: Plan, { privateKey }: NewRoot): Promise<Lock> {
  const clusters = new Map(lock.clusters)
  for (const task of tasks) {
    if (task.kind === 'issue-intermediate') {
      const ports = { root: signingKey(privateKey).signer, entropy: systemEntropy, now: NOW }
      const issued = await issueAndSeal(task, ports)
      if (!issued.ok) throw new Error(issued.diagnostics.map((d) => d.code).join())
      clusters.set(task.cluster, issued.value)
    } else if (task.kind === 'seal-bundle') {
      const locked = clusters.get(task.cluster)
      if (locked) clusters.set(task.cluster, sealBundle(task, locked, systemEntropy))
    }
  }
  return { ...lock, clusters }
}

/** What the controller gets of a cluster. */
function itemsOf({ clusters }: Lock, cluster = 'cluster-1'): SealedSecretsBundle['items'] {
  const sealed = clusters.get(cluster)?.sealed
  if (sealed?.backend !== 'sealed-secrets') throw new Error(`${cluster} is sealed`)
  return sealed.items
}

const kinds = ({ tasks }: Plan): string[] => tasks.map(({ kind }) => kind)
const errors = ({ diagnostics }: Plan): string[] =>
  diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)

/** The lock after a stage, when it is sound in the eyes of `verify` and leaves nothing to do. */
async function stage(said: Said, lock: Lock | undefined, expected: readonly string[]): Promise<Lock> {
  const planned = await planOf(said, lock)
  equal(errors(planned), [])
  equal(kinds(planned), expected)
  const after = await fulfilled(planned, root)
  equal(kinds(await planOf(said, after)), [])
  const verdict = verifyOutput(render(planned, after), { now: NOW, lock: after })
  equal(
    verdict.diagnostics.map(({ code }) => code),
    [],
  )
  return after
}

describe('rotation of a root', (test) => {
  test('three stages, and no key but in the second', async () => {
    const sealed = ['seal-bundle', 'seal-bundle']
    const both = await stage({ r1: 'active', r2: 'trusted' }, undefined, sealed)
    const before = itemsOf(both)
    const issued = ['issue-intermediate', 'issue-intermediate', 'root-state', 'root-state']
    const signed = await stage({ r1: 'trusted', r2: 'active', generation: 2 }, both, issued)
    is(signed.clusters.get('cluster-1')?.root, 'r2')
    is(signed.clusters.get('cluster-1')?.sealed.items['root-cert.pem'].plain, before['root-cert.pem'].plain)
    const done = await stage({ r1: 'retired', r2: 'active', generation: 2 }, signed, [...sealed, 'root-state'])
    const items = itemsOf(done)
    equal(items['ca-key.pem'], itemsOf(signed)['ca-key.pem'])
    equal(done.clusters.get('cluster-1')?.bundle, ['r2'])
    equal(
      [...done.roots.values()].map(({ id, state }) => `${id} ${state}`),
      ['r1 retired', 'r2 active'],
    )
  })

  test('the first stage changes one item of the seal, and its bundle is there to be read', async () => {
    const planned = await planOf({ r1: 'active', r2: 'trusted' }, undefined)
    const after = await fulfilled(planned, root)
    const [was, is2] = [itemsOf(planned.lock), itemsOf(after)]
    const changed = Object.entries(is2).filter(([item, { ciphertext }]) => {
      return was[item as keyof typeof was]?.ciphertext !== ciphertext
    })
    equal(
      changed.map(([item]) => item),
      ['root-cert.pem'],
    )
    const tree = render(planned, after)
    const bundle = tree.get('clusters/cluster-1/trust/root-cert.pem') ?? ''
    is(bundle.split('BEGIN CERTIFICATE').length, 3)
    ok(tree.get('clusters/cluster-1/trust/kustomization.yaml')?.includes('root-cert') === false)
  })

  test('a cluster that has not changed over is refused by one that dropped its root', async () => {
    const both = await stage({ r1: 'active', r2: 'trusted' }, undefined, ['seal-bundle', 'seal-bundle'])
    const early = await planOf({ r1: 'retired', r2: 'active' }, both)
    equal(errors(early), ['MESH-E806'])
  })
})
