/**
 * `ca-crl.pem`: every CRL that a check of a whole chain may ask for. Envoy asks for one of each CA above a workload's
 * certificate (envoy: source/common/tls/cert_validator/default_validator.cc, CRL_CHECK_ALL), whichever cluster it comes
 * from, and refuses the peer when one is missing or has ended.
 */
import type { Lock } from '../lock/lock.ts'

export interface Issuer {
  /** Of a root its id; of an intermediate its cluster. */
  readonly name: string
  readonly kind: 'root' | 'above' | 'intermediate' | 'former' | 'removed'
  /** Of an intermediate. */
  readonly generation?: number
  /** Of an intermediate: id of the root above it. */
  readonly root?: string
  /** PEM */
  readonly certificate: string
  /** PEM; absent for a CA from elsewhere that came without one. */
  readonly crl: string | undefined
}

/**
 * The CAs that somebody may still show a certificate of: roots that a live cluster trusts, and what they have signed,
 * earlier generations and removed clusters too. Roots first, then clusters, each by name; of a cluster the oldest first.
 */
export function issuersOf({ roots, clusters }: Lock): Issuer[] {
  const live = [...clusters.values()].filter(({ removed }) => !removed)
  const trusted = new Set(live.flatMap(({ bundle }) => bundle))
  const byName = [...clusters.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return [
    ...[...trusted].sort().flatMap((id): Issuer[] => {
      const root = roots.get(id)
      return root === undefined ? [] : [{ name: id, kind: 'root', certificate: root.certificate, crl: root.crl }]
    }),
    // Of others' CAs in between there is no CRL here.
    ...byName.flatMap(({ name, generation, root, chain = '' }): Issuer[] => {
      const between = trusted.has(root)
        ? chain.split(/(?<=-----END CERTIFICATE-----\n)/).filter((pem) => pem !== '')
        : []
      return between.map((certificate) => ({ name, kind: 'above', generation, certificate, crl: undefined }))
    }),
    ...byName.flatMap(({ name, removed, generation, root, certificate, crl, former = [] }): Issuer[] => {
      const last = { generation, root, certificate, crl }
      const kindOf = (one: object): Issuer['kind'] => (one !== last ? 'former' : removed ? 'removed' : 'intermediate')
      return [...former, last]
        .filter((one) => trusted.has(one.root))
        .map((one) => ({
          name,
          kind: kindOf(one),
          generation: one.generation,
          root: one.root,
          certificate: one.certificate,
          crl: one.crl,
        }))
    }),
  ]
}

/** The item, the same in every cluster: CRLs are PEM with LF line ends, so they can be joined. */
export function crlFile(lock: Lock): string {
  return issuersOf(lock)
    .map(({ crl }) => crl ?? '')
    .join('')
}

/** `root r1`, `the intermediate of cluster-1` */
export function issuerText({ kind, name, generation }: Issuer): string {
  if (kind === 'root') return `root ${name}`
  if (kind === 'above') return `a CA above the intermediate of ${name}`
  return kind === 'intermediate' ? `the intermediate of ${name}` : `generation ${generation ?? 0} of ${name}`
}
