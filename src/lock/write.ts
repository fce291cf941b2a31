/** Lock to files: canonical text, each file closed by a digest of what stands before it. */
import { createHash } from 'node:crypto'
import { emitYaml } from '../kubernetes/emit.ts'
import { sorted } from '../kubernetes/manifest.ts'
import { header } from '../tree/ownership.ts'
import type { FileTree } from '../tree/file-tree.ts'
import type {
  Lock,
  LockedCluster,
  LockedHost,
  LockedRoot,
  LockedSubset,
  PendingCluster,
  WorkloadPolicy,
} from './lock.ts'
import { sealedFields } from './sealed.ts'

export const LOCK_VERSION = 1

/** The lock as a tree, paths relative to the lock folder. */
export function lockTree(lock: Lock, mesh: string): FileTree {
  const files = new Map<string, string>()
  const put = (path: string, content: object): void => {
    files.set(path, seal(header(mesh, path) + emitYaml({ version: LOCK_VERSION, ...content })))
  }
  for (const root of lock.roots.values()) put(`roots/${root.id}.yaml`, rootFile(root))
  for (const cluster of lock.clusters.values()) put(`clusters/${cluster.name}.yaml`, clusterFile(cluster))
  for (const pending of lock.pending?.values() ?? []) put(`pending/${pending.name}.yaml`, pendingFile(pending))
  for (const host of lock.hosts.values()) put(`hosts/${host.namespace}/${host.service}.yaml`, hostFile(host))
  // A checkout with other line ends would look like an edit of every file.
  if (files.size > 0) files.set('.gitattributes', `${header(mesh, '.gitattributes')}* text eol=lf\n`)
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function rootFile(root: LockedRoot): object {
  const { id, state, certificate, crl } = root
  return { kind: 'Root', id, state, certificate, ...(crl !== undefined && { crl }) }
}

function pendingFile({ name, generation, key, request, crls, sealed }: PendingCluster): object {
  const { key: item, ...rest } = sealed
  return { kind: 'Pending', name, generation, key, request, crls: [...crls], sealed: { ...rest, key: { ...item } } }
}

function clusterFile(cluster: LockedCluster): object {
  return {
    kind: 'Cluster',
    name: cluster.name,
    ...(cluster.removed && { removed: true }),
    generation: cluster.generation,
    root: cluster.root,
    // One root that signs and is trusted is the usual case, and needs no list.
    ...(cluster.bundle.join() !== cluster.root && { bundle: [...cluster.bundle] }),
    certificate: cluster.certificate,
    chain: cluster.chain,
    crl: cluster.crl,
    ...(cluster.texts && { texts: { ...cluster.texts } }),
    ...(cluster.adopted && { adopted: { ...cluster.adopted, bundle: [...cluster.adopted.bundle] } }),
    ...(cluster.former && { former: cluster.former.map((former) => ({ ...former })) }),
    sealed: sealedFields(cluster.sealed),
  }
}

function hostFile(host: LockedHost): object {
  return {
    kind: 'Host',
    service: host.service,
    namespace: host.namespace,
    ...(host.removed && { removed: true }),
    address: host.address,
    exposures: host.exposures.map(({ cluster, ports, retiring, subsets, policy }) => ({
      cluster,
      ports: [...ports],
      ...(retiring && { retiring: true }),
      ...(subsets && { subsets: subsets.map(subsetFields) }),
      ...(policy && { policy: policyFields(policy) }),
    })),
  }
}

function subsetFields({ name, labels, retiring }: LockedSubset): object {
  return { name, ...(labels && { labels: sorted(labels) }), ...(retiring && { retiring: true }) }
}

function policyFields({ labels, strict, principals, ports }: WorkloadPolicy): object {
  return {
    labels: sorted(labels),
    ...(strict && { strict: true }),
    ...(principals && { principals: [...principals] }),
    ...(ports && { ports: [...ports] }),
  }
}

const DIGEST_LINE = /^digest: sha256:[0-9a-f]{64}\n$/

function seal(text: string): string {
  return `${text}digest: sha256:${digestOf(text)}\n`
}

/**
 * Whether the text still ends with the digest of what stands before it. This finds the slip of an editor and the mixed
 * merge; it is no protection against somebody who means to deceive: that is what reviews are for.
 */
export function isIntact(text: string): boolean {
  const start = text.lastIndexOf('digest: sha256:')
  return (
    start > 0 && DIGEST_LINE.test(text.slice(start)) && text.slice(start) === seal(text.slice(0, start)).slice(start)
  )
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
