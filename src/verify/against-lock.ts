/** Where the lock lies beside the output, what is published is held against what was decided. */
import { diagnose, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { ALL_ITEMS, CRL_ITEM, type Lock, type LockedCluster } from '../lock/lock.ts'
import { readCertificate } from '../trust/read.ts'
import type { Chain } from './chain.ts'
import { fieldAt } from './fields.ts'
import type { Import } from './imports.ts'
import { judgePoliciesAgainstLock } from './policies.ts'
import type { ClusterOutput } from './read.ts'
import { sealedCacerts } from './sealed.ts'

interface Facts {
  readonly clusters: readonly ClusterOutput[]
  readonly chains: readonly Chain[]
  readonly imports: readonly Import[]
}

export function judgeAgainstLock(lock: Lock, { clusters, chains, imports }: Facts): Diagnostic[] {
  const live = [...lock.clusters.values()].filter(({ removed }) => !removed)
  const missing = live.filter(({ name }) => !clusters.some((cluster) => cluster.name === name))
  return [
    ...missing.map(({ name }) => diagnose('MESH-E754', { cluster: name })),
    ...clusters.flatMap((cluster) => {
      const locked = live.find(({ name }) => name === cluster.name)
      const span = { file: cluster.folder, start: 0, end: 0 }
      if (locked === undefined) return [diagnose('MESH-E753', { cluster: cluster.name }, span)]
      const chain = chains.find((c) => c.cluster === cluster.name)
      return [
        ...(chain ? judgeCertificates(lock, locked, chain) : []),
        ...judgeCiphertexts(locked, cluster),
        ...judgePoliciesAgainstLock(lock, cluster),
      ]
    }),
    ...judgeAddresses(lock, imports),
    ...judgePorts(lock, imports),
  ]
}

function judgeCertificates(lock: Lock, { certificate, root }: LockedCluster, chain: Chain): Diagnostic[] {
  const pairs = [
    { what: 'intermediate', pem: certificate, found: chain.intermediate.fingerprint, span: chain.intermediateSpan },
    { what: 'root', pem: lock.roots.get(root)?.certificate ?? '', found: chain.root.fingerprint, span: chain.rootSpan },
  ]
  return pairs.flatMap(({ what, pem, found, span }) => {
    const reading = readCertificate(pem)
    const locked = 'certificate' in reading ? reading.certificate.fingerprint : 'none'
    return found === locked ? [] : [diagnose('MESH-E755', { what, found, locked }, span)]
  })
}

function judgeCiphertexts({ sealed }: LockedCluster, cluster: ClusterOutput): Diagnostic[] {
  const object = sealedCacerts(cluster)
  if (object === undefined) return []
  return ALL_ITEMS.filter((item) => {
    const found = fieldAt(object.fields, 'spec', 'encryptedData', item)
    if (item === CRL_ITEM) return found !== sealed.items[item]?.ciphertext
    return found !== undefined && found !== sealed.items[item].ciphertext
  }).map((item) => diagnose('MESH-E756', { item }, object.at('spec', 'encryptedData', item)))
}

function judgeAddresses(lock: Lock, imports: readonly Import[]): Diagnostic[] {
  return imports.flatMap(({ host, key, address, object }) => {
    const locked = lock.hosts.get(key)
    const wanted = locked === undefined || locked.removed ? 'none' : locked.address
    if (address === undefined || address === wanted) return []
    return [diagnose('MESH-E757', { host, found: address, locked: wanted }, object.at('spec', 'addresses'))]
  })
}

/** The ports under which a consumer knows a host are those that its provider exposes. */
function judgePorts(lock: Lock, imports: readonly Import[]): Diagnostic[] {
  // A host that the lock does not have is told of already.
  const known = imports.filter(({ key }) => lock.hosts.get(key)?.removed === false)
  return known.flatMap(({ cluster, host, key, ports, providers, object }) =>
    providers.flatMap((provider) => {
      const live = (lock.hosts.get(key)?.exposures ?? []).filter(({ retiring }) => !retiring)
      // One's own copy may be exposed to nobody; its ports are those of all others.
      const exposure = live.find((e) => e.cluster === provider) ?? (provider === cluster ? live[0] : undefined)
      if (exposure === undefined && provider === cluster) return []
      const [found, locked] = [ports, exposure?.ports ?? []].map((numbers) =>
        [...numbers].sort((a, b) => a - b).join(', '),
      )
      if (found === locked || found === undefined || locked === undefined) return []
      const args = { host, provider, found: found || 'no port', locked: locked || 'none' }
      return [diagnose('MESH-E765', args, object.at('spec', 'ports'))]
    }),
  )
}
