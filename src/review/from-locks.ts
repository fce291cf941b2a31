/** Consequences that the locks show, and the tasks that a run still has to do. */
import { CRL_ITEM, crlItemOf, type Lock, type LockedCluster, type LockedRoot } from '../lock/lock.ts'
import type { Task } from '../plan/task.ts'
import { readCrl } from '../trust/crl.ts'
import { day } from '../trust/days.ts'
import { readCertificate } from '../trust/read.ts'
import type { Consequence } from './consequence.ts'
import { consequencesOfSealing } from './from-sealing.ts'

export function consequencesOfLocks(before: Lock, after: Lock, tasks: readonly Task[]): Consequence[] {
  return [
    ...ofRoots(before, after),
    ...ofClusters(before, after),
    ...consequencesOfSealing(before, after, tasks),
    ...ofCrls(before, after, tasks),
    ...ofPending(before, after),
    ...ofHosts(before, after),
    ...tasks.flatMap(ofTask),
  ]
}

function about(kind: Consequence['kind'], subject: string, detail: string): Consequence {
  return { kind, subject, detail, clusters: [] }
}

function ofRoots(before: Lock, after: Lock): Consequence[] {
  return [...new Set([...after.roots.keys(), ...before.roots.keys()])].flatMap((id) => {
    const [was, is] = [before.roots.get(id), after.roots.get(id)]
    if (was?.certificate === is?.certificate) return []
    if (is === undefined) return [about('root-changed', id, 'is gone')]
    return [
      about('root-changed', id, was === undefined ? `is new, ${certified(is.certificate)}` : 'has another certificate'),
    ]
  })
}

function ofClusters(before: Lock, after: Lock): Consequence[] {
  return [...after.clusters.values()].flatMap((cluster) => {
    const was = before.clusters.get(cluster.name)
    const added = cluster.bundle.filter((root) => was?.bundle.includes(root) === false)
    const dropped = was?.bundle.filter((root) => !cluster.bundle.includes(root)) ?? []
    return [
      ...(cluster.removed && was?.removed === false ? [about('cluster-left', cluster.name, lastDay(cluster))] : []),
      ...(was?.certificate === cluster.certificate
        ? []
        : [about(certificateKind(cluster), cluster.name, issued(cluster))]),
      ...added.map((root) => ({ ...about('root-trusted', root, ''), clusters: [cluster.name] })),
      ...dropped.map((root) => ({ ...about('root-dropped', root, ''), clusters: [cluster.name] })),
    ]
  })
}

function lastDay({ certificate }: LockedCluster): string {
  const reading = readCertificate(certificate)
  return 'certificate' in reading ? day(reading.certificate.notAfter) : 'its end'
}

function ofCrls(before: Lock, after: Lock, tasks: readonly Task[]): Consequence[] {
  const has = (lock: Lock, name: string): boolean => {
    const locked = lock.clusters.get(name)
    return locked !== undefined && crlItemOf(locked.sealed) !== undefined
  }
  const due = new Set(tasks.flatMap((task) => (task.kind === 'seal-crls' ? [task.cluster] : [])))
  const clusters = [...after.clusters.keys()].filter((name) => has(after, name) || due.has(name))
  const first = clusters.filter((name) => !has(before, name))
  const shipped = first.map((name) => ({ ...about('crl-shipped', CRL_ITEM, ''), clusters: [name] }))
  return [...[...after.roots.values()].flatMap((root) => ofRevoked(before, after, root)), ...shipped]
}

/** By name where the lock knows whose serial number it is. What a reverted lock forgets is trusted again. */
function ofRevoked(before: Lock, after: Lock, { id, crl }: LockedRoot): Consequence[] {
  const [was, is] = [before.roots.get(id)?.crl, crl].map((text) => {
    return (readCrl(text)?.revoked ?? []).map(({ hex }) => hex)
  })
  const told = (kind: Consequence['kind'], lock: Lock, some: readonly string[] = [], others: readonly string[] = []) =>
    some
      .filter((hex) => !others.includes(hex))
      .map((hex) => about(kind, nameOf(lock, id, hex), `serial ${hex}, by root ${id}`))
  return [...told('certificate-revoked', after, is, was), ...told('revocation-lost', before, was, is)]
}

function nameOf({ clusters }: Lock, root: string, serial: string): string {
  for (const { name, former = [], ...last } of clusters.values()) {
    const found = [...former, last].find((intermediate) => {
      const reading = readCertificate(intermediate.certificate)
      return intermediate.root === root && 'certificate' in reading && reading.certificate.serial === serial
    })
    if (found !== undefined) return `generation ${found.generation} of ${name}`
  }
  return 'a certificate that the lock does not know'
}

function certificateKind({ adopted, certificate }: LockedCluster): Consequence['kind'] {
  return adopted?.certificate === certificate ? 'trust-adopted' : 'certificate-issued'
}

function ofPending(before: Lock, after: Lock): Consequence[] {
  return [...(after.pending?.values() ?? [])].flatMap(({ name, generation, key }) => {
    const was = before.pending?.get(name)
    return was?.key === key ? [] : [about('certificate-awaited', name, `generation ${generation}`)]
  })
}

function issued({ generation, root, certificate }: LockedCluster): string {
  return `generation ${generation}, signed by ${root}, ${certified(certificate)}`
}

function certified(pem: string): string {
  const reading = readCertificate(pem)
  if (!('certificate' in reading)) return 'not readable'
  const { notAfter, fingerprint } = reading.certificate
  return `until ${day(notAfter)}, ${fingerprint}`
}

function ofHosts(before: Lock, after: Lock): Consequence[] {
  const hosts = [...after.hosts].flatMap(([key, { address, removed }]): Consequence[] => {
    const was = before.hosts.get(key)
    if (was === undefined) return removed ? [] : [about('address-given', key, address)]
    if (was.address !== address) return [about('address-moved', key, `${was.address} to ${address}`)]
    return removed && !was.removed ? [about('host-removed', key, address)] : []
  })
  const released = [...before.hosts].filter(([key]) => !after.hosts.has(key))
  return [...hosts, ...released.map(([key, { address }]) => about('address-released', key, address))]
}

/** What only a key can do is not in the lock yet. */
function ofTask(task: Task): Consequence[] {
  if (task.kind !== 'issue-intermediate') return []
  return [about('certificate-due', task.cluster, `generation ${task.generation}, signed by ${task.root.id}`)]
}
