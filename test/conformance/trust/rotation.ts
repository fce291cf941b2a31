/**
 * A root of three clusters is replaced, stage by stage, by commits that are published. After each stage a leaf of every
 * cluster is shown to every other, by those that have synced and by those that have not: openssl opens the keys, makes the
 * leaves and judges them.
 */
import { strictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { BRANCH } from '../../cli/repository.ts'
import { NAMES, rotation, STAGES, type Rotation } from '../../cli/rotation.ts'
import { openWithKubeseal, unpacked, verifyLikeIstiod } from '../cacerts.ts'
import { check, mustRefuse, present, type Check } from '../check.ts'
import { makeLeaf, verifyChain } from '../openssl.ts'
import type { Workbench } from '../workbench.ts'

export const rotationChecks: readonly Check[] = [
  check('a root of three clusters is replaced in Git, and nobody loses anybody', ['kubeseal', 'openssl', 'go'], played),
]

/** What one cluster has in one state of the mesh. */
interface Applied {
  readonly cluster: string
  /** With the files of `cacerts`. */
  readonly folder: string
  /** A leaf that its intermediate signed. */
  readonly leaf: string
}

async function played(bench: Workbench): Promise<void> {
  const box = await rotation()
  try {
    box.must('publish')
    const states = [published(bench, box)]
    for (const { name, make } of STAGES) {
      make(box)
      box.must('publish')
      const [before, after] = [present(states.at(-1), 'state'), published(bench, box)]
      const pairs = meet(bench, [...before, ...after])
      strictEqual(pairs, (2 * NAMES.length) ** 2)
      process.stdout.write(`       ${name}: ${String(pairs)} meetings of old and new\n`)
      states.push(after)
    }
    await planted(bench, states)
  } finally {
    box.done()
  }
}

/** What the output branch has now, opened as each cluster's controller opens it, and taken as istiod takes it. */
function published(bench: Workbench, box: Rotation): Applied[] {
  return NAMES.map((cluster) => {
    const sealed = box.run('--git-dir', box.remote, 'show', `${BRANCH}:clusters/${cluster}/trust/cacerts.yaml`)
    const folder = unpacked(bench, openWithKubeseal(bench, `${sealed}\n`, box.controllerKey(cluster)))
    verifyLikeIstiod(bench, folder, new Date())
    const authority = { certificate: join(folder, 'ca-cert.pem'), key: join(folder, 'ca-key.pem') }
    return { cluster, folder, leaf: makeLeaf(bench, authority, `spiffe://cluster.local/ns/foo/sa/${cluster}`) }
  })
}

/** Whoever has whichever state shows its leaf to everybody: so every mixture of the states is whole. */
function meet(bench: Workbench, all: readonly Applied[]): number {
  let count = 0
  for (const { folder, leaf } of all) {
    for (const peer of all) {
      const anchors = ['-CAfile', join(peer.folder, 'root-cert.pem'), '-untrusted', join(folder, 'cert-chain.pem')]
      verifyChain(bench, ['-x509_strict', ...anchors, leaf])
      count += 1
    }
  }
  return count
}

/** Without the stage between them, two states would part the clusters: the checks above can fail. */
async function planted(bench: Workbench, states: readonly (readonly Applied[])[]): Promise<void> {
  const [begin = [], both = [], , signed = [], done = []] = states
  for (const [what, one, other] of [
    ['a mesh that signs before all trust', begin, signed],
    ['a mesh that drops before all are signed', both, done],
    ['a root that is swapped', begin, done],
  ] as const) {
    await mustRefuse(what, /verification failed|unable to get/, () => meet(bench, [...one, ...other]))
  }
}
