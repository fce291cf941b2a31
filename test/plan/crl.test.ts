/** Revocation from the first CRL to a new generation; each step is planned, sealed, rendered and read back by `verify`. */
import { CRL_ITEM, crlItemOf, emptyLock, type Lock, type LockedCluster, type SealedItems } from '../../src/lock/lock.ts'
import { readLock } from '../../src/lock/read.ts'
import { lockTree } from '../../src/lock/write.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { consequencesOfLocks } from '../../src/review/from-locks.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, makeRoot, sealCrl } from '../../src/shell/fulfil-trust.ts'
import { memorySources } from '../../src/shell/memory-sources.ts'
import { gather } from '../../src/shell/workspace.ts'
import { readCrls } from '../../src/trust/crl.ts'
import { crlFile } from '../../src/trust/crl-file.ts'
import { formerAfter } from '../../src/trust/former.ts'
import { sha256 } from '../../src/trust/read.ts'
import { nextCrl } from '../../src/trust/revoke.ts'
import { signingKey } from '../../src/trust/signer.ts'
import { certificationAuthority, keyUsage, keyUsageBit } from '../../src/trust/x509.ts'
import { verifyOutput } from '../../src/verify/verify.ts'
import { NOW, twoClusters } from '../fixture.ts'
import { describe, equal, is, ok } from '../suite.ts'
import { later, newIntermediate, newRoot, oddIntermediate, parsed } from '../trust/authority.ts'
import { sealedItemsOf } from './sealed-items.ts'

const files = twoClusters()
const { locked, privateKey } = await makeRoot(
  { mesh: 'shop', organization: 'shop', id: 'r1', state: 'active' },
  { entropy: systemEntropy, now: NOW },
)
const { signer } = signingKey(privateKey)
const start: Lock = { ...emptyLock, roots: new Map([['r1', locked]]) }

interface Said {
  readonly enabled?: boolean
  /** Of cluster-1. */
  readonly generation?: number
  readonly now?: Date
}

async function planOf(lock: Lock, { enabled = true, generation = 1, now = NOW }: Said = {}): Promise<Plan> {
  const text = (files.get('mesh.yaml')?.toString('utf8') ?? '')
    .replace('defaults:', `trust: { crl: { enabled: ${enabled} } }\ndefaults:`)
    .replace(/( {2}- name: cluster-1\n)/, `$1    trust: { generation: ${generation} }\n`)
  const edited = new Map([...files].filter(([path]) => !path.startsWith('mesh.lock/')))
  const { checked } = await gather(memorySources(edited.set('mesh.yaml', Buffer.from(text))), 'mesh.yaml')
  if (!checked.ok) throw new Error(checked.diagnostics.map((d) => d.code).join())
  return plan({ ...checked.value, lock, now })
}

const kinds = ({ tasks }: Plan): string[] =>
  tasks.map(({ kind }) => kind).filter((kind) => ['issue-intermediate', 'seal-crls'].includes(kind))
const codes = ({ diagnostics }: Plan): string[] =>
  diagnostics.map(({ code }) => code).filter((code) => /85\d|871/.test(code))

async function fulfilled({ lock, tasks }: Plan): Promise<Lock> {
  const clusters = new Map(lock.clusters)
  for (const task of tasks) {
    if (task.kind !== 'issue-intermediate') continue
    const issued = await issueAndSeal(task, { root: signer, entropy: systemEntropy, now: NOW })
    if (!issued.ok) throw new Error(issued.diagnostics.map((d) => d.code).join())
    const former = formerAfter(clusters.get(task.cluster), NOW)
    clusters.set(task.cluster, { ...issued.value, ...(former.length > 0 && { former }) })
  }
  const text = crlFile({ ...lock, clusters })
  for (const task of tasks) {
    const cluster = clusters.get('cluster' in task ? task.cluster : '')
    if (task.kind === 'seal-crls' && cluster) clusters.set(task.cluster, sealCrl(task, text, cluster, systemEntropy))
  }
  return { ...lock, clusters }
}

/** The lock after a step, when it is sound and leaves nothing to do; it can be written and read back. */
async function step(lock: Lock, said: Said, tasks: readonly string[], warnings: readonly string[]): Promise<Lock> {
  const planned = await planOf(lock, said)
  equal([kinds(planned), codes(planned)], [tasks, warnings])
  const after = await fulfilled(planned)
  const again = await planOf(after, said)
  equal(kinds(again), [])
  const output = render(again, after)
  equal(
    verifyOutput(output, { now: NOW, lock: after }).diagnostics.map(({ code }) => code),
    [],
  )
  const read = readLock(lockTree(after, 'shop'), 'shop')
  ok(read.ok)
  equal(read.value.clusters, after.clusters)
  return after
}

function cluster(lock: Lock, name = 'cluster-1'): LockedCluster {
  const found = lock.clusters.get(name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found
}

function withRoot(lock: Lock, crl: string): Lock {
  return { ...lock, roots: new Map([['r1', { ...locked, crl }]]) }
}

function revoked(lock: Lock, certificate: string): Lock {
  const crl = nextCrl({ root: locked, signer, revoke: { serial: parsed(certificate).serial, reason: 1 }, now: NOW })
  if (!crl.ok) throw new Error('the key is the right one')
  return withRoot(lock, crl.value)
}

const itemsOf = (lock: Lock, name: string): SealedItems => sealedItemsOf(cluster(lock, name))

const BOTH = ['seal-crls', 'seal-crls']
const plainLock = await step(start, { enabled: false }, ['issue-intermediate', 'issue-intermediate'], [])
const shipping = await step(plainLock, {}, BOTH, ['MESH-W858'])

describe('planned revocation', (test) => {
  test('without it no lock has anything of it', () => {
    is(crlItemOf(cluster(plainLock).sealed), undefined)
    is(cluster(plainLock).former, undefined)
  })

  test('every cluster gets the CRLs of all, and nothing else of its seal changes', () => {
    const items = ['cluster-1', 'cluster-2'].map((name) => itemsOf(shipping, name))
    for (const [i, { [CRL_ITEM]: crl, ...rest }] of items.entries()) {
      equal(rest, itemsOf(plainLock, `cluster-${i + 1}`))
      is(
        crl?.plain,
        sha256(
          Buffer.from([locked, cluster(shipping), cluster(shipping, 'cluster-2')].map((ca) => ca.crl ?? '').join('')),
        ),
      )
    }
  })

  test('a new generation keeps the CRL of the one before it, and changes the file of every cluster', async () => {
    const after = await step(shipping, { generation: 2 }, ['issue-intermediate', ...BOTH], ['MESH-W859'])
    equal(
      cluster(after).former?.map(({ generation, certificate }) => [generation, certificate]),
      [[1, cluster(shipping).certificate]],
    )
    is(itemsOf(after, 'cluster-2')['ca-key.pem'], itemsOf(shipping, 'cluster-2')['ca-key.pem'])
    is(readCrls(crlFile(after))?.length, 4)
    const third = await step(after, { generation: 3 }, ['issue-intermediate', ...BOTH], ['MESH-W859'])
    equal(
      cluster(third).former?.map((f) => f.generation),
      [1, 2],
    )
  })

  test('a compromised intermediate is revoked and replaced in one step, and not one without the other', async () => {
    const lock = revoked(shipping, cluster(shipping).certificate)
    const refused = await planOf(lock)
    equal(codes(refused), ['MESH-E856'])
    const after = await step(lock, { generation: 2 }, ['issue-intermediate', ...BOTH], ['MESH-W859'])
    const told = consequencesOfLocks(shipping, after, []).map(({ kind, subject }) => `${kind} ${subject}`)
    ok(told.includes('certificate-revoked generation 1 of cluster-1'), told.join())
    const back = consequencesOfLocks(after, withRoot(after, locked.crl ?? ''), []).map(({ kind, subject }) => [
      kind,
      subject,
    ])
    equal(back, [['revocation-lost', 'generation 1 of cluster-1']])
  })

  test('a revocation that is not shipped is told, and so is the first shipping', async () => {
    const replaced = await step(plainLock, { enabled: false, generation: 2 }, ['issue-intermediate'], [])
    const lock = revoked(replaced, cluster(plainLock).certificate)
    equal(codes(await planOf(lock, { enabled: false, generation: 2 })), ['MESH-W857'])
    const planned = await planOf(lock, { generation: 2 })
    equal(codes(planned), ['MESH-W858'])
    const told = consequencesOfLocks(replaced, lock, planned.tasks).filter(({ kind }) => kind === 'crl-shipped')
    equal(
      told.flatMap(({ clusters }) => clusters),
      ['cluster-1', 'cluster-2'],
    )
    equal(consequencesOfLocks(shipping, shipping, []), [])
  })

  test('what has ended or is missing is refused, and what ends soon is told', async () => {
    const at = (date: string): Date => new Date(`${date}T12:00:00Z`)
    equal(codes(await planOf(shipping, { now: at('2028-10-01') })), ['MESH-W855'])
    equal(codes(await planOf(shipping, { now: at('2028-12-01') })), ['MESH-E854'])
    equal(codes(await planOf(withRoot(shipping, newRoot().crl))), ['MESH-E851'])
    const odd = { ...cluster(shipping), crl: newIntermediate(newRoot()).crl }
    const mixed = { ...shipping, clusters: new Map([...shipping.clusters, ['cluster-1', odd]]) }
    equal(codes(await planOf(mixed)), ['MESH-E851'])
    // A new intermediate comes with one, and workloads still show the one before it.
    equal(codes(await planOf(mixed, { generation: 2 })), ['MESH-E851', 'MESH-W859'])
  })

  test('an earlier generation without a CRL is refused until it has ended', async () => {
    const { crl: _, ...adopted } = cluster(plainLock)
    const lock = { ...plainLock, clusters: new Map([...plainLock.clusters, ['cluster-1', adopted]]) }
    equal(codes(await planOf(lock, { generation: 2 })), ['MESH-W858', 'MESH-E851'])
    const silent = await step(lock, { enabled: false, generation: 2 }, ['issue-intermediate'], [])
    equal(codes(await planOf(silent, { generation: 2 })), ['MESH-W858', 'MESH-E851'])
    const ended = cluster(silent).former?.map((one) => ({
      ...one,
      certificate: newIntermediate(newRoot({ now: later(-800) }), { now: later(-800) }).certificate,
    }))
    const later2 = { ...cluster(silent), ...(ended && { former: ended }) }
    const free = { ...silent, clusters: new Map([...silent.clusters, ['cluster-1', later2]]) }
    equal(codes(await planOf(free, { generation: 2 })), ['MESH-W858'])
    // One that comes back still has workloads that show what it signed with.
    const removed = { ...lock, clusters: new Map([...lock.clusters, ['cluster-1', { ...adopted, removed: true }]]) }
    equal(codes(await planOf(removed, { generation: 2 })), ['MESH-W858', 'MESH-E851'])
  })

  test('a CA between root and intermediate is refused, in an earlier generation too', async () => {
    const middle = oddIntermediate(
      { ...newRoot(), certificate: locked.certificate, keyPair: signingKey(privateKey) },
      {
        extensions: [certificationAuthority(1), keyUsage(keyUsageBit.keyCertSign, keyUsageBit.cRLSign)],
        notAfter: later(3000),
      },
    )
    const { certificate, crl } = newIntermediate(middle)
    const below = { ...cluster(plainLock), certificate, crl, chain: middle.certificate }
    const lock = { ...plainLock, clusters: new Map([...plainLock.clusters, ['cluster-1', below]]) }
    equal(codes(await planOf(lock)), ['MESH-W858', 'MESH-E871'])
    equal(codes(await planOf(lock, { enabled: false })), [])
    equal(codes(await planOf(lock, { generation: 2 })), ['MESH-W858', 'MESH-E871'])
    const after = { ...cluster(plainLock), generation: 2, former: formerAfter(below, NOW) }
    const renewed = { ...lock, clusters: new Map([...lock.clusters, ['cluster-1', after]]) }
    equal(codes(await planOf(renewed, { generation: 2 })), ['MESH-W858', 'MESH-E871'])
    equal(codes(await planOf(renewed, { generation: 2, now: later(800) })).includes('MESH-E871'), false)
  })

  test('it cannot be taken back', async () => {
    equal(codes(await planOf(shipping, { enabled: false })), ['MESH-E853'])
  })
})
