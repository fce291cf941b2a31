/**
 * The lock: outcomes that must not change by themselves. Public data and ciphertext only: certificates, sealed items,
 * addresses. One file for each root, cluster and host, so that two branches that add hosts merge.
 */
import type { RootState } from '../mesh/trust.ts'

export interface Lock {
  /** By id. */
  readonly roots: ReadonlyMap<string, LockedRoot>
  /** By name; a removed cluster stays as a tombstone. */
  readonly clusters: ReadonlyMap<string, LockedCluster>
  /** By `<service>.<namespace>`; a removed host stays as a tombstone. */
  readonly hosts: ReadonlyMap<string, LockedHost>
  /** By cluster: keys whose certificate was asked for elsewhere and is not there yet. Absent: none. */
  readonly pending?: ReadonlyMap<string, PendingCluster>
}

export interface LockedRoot {
  readonly id: string
  /** State at the last run that wrote the lock. */
  readonly state: RootState
  /** PEM with LF line ends. */
  readonly certificate: string
  /**
   * Its newest CRL, PEM: empty when the root was made, signed anew by `trust crl revoke` and `trust crl refresh`. Absent for
   * a root from elsewhere, until it signs one.
   */
  readonly crl?: string
}

export interface LockedCluster {
  readonly name: string
  /** True for a tombstone: the certificate stays trusted until its last day. */
  readonly removed: boolean
  /** 1 for the first intermediate; a new key pair has the next number. */
  readonly generation: number
  /** Id of the root that signed. */
  readonly root: string
  /** Ids of the roots that the cluster trusts, in the order of its `root-cert.pem`. */
  readonly bundle: readonly string[]
  /** The intermediate, PEM. */
  readonly certificate: string
  /** Further intermediates between it and the root, from below to above; PEM. Absent: the root has signed it. */
  readonly chain?: string
  /**
   * The intermediate's own empty CRL: only its key can sign one, and that key is forgotten at once. PEM. Absent: an
   * intermediate from elsewhere.
   */
  readonly crl?: string
  /** Public items whose text is another one than that of these certificates put together: kept as they were found. */
  readonly texts?: PublicTexts
  /** What the cluster signed with and trusted before meshwright; kept for as long as the cluster is. */
  readonly adopted?: Adopted
  /** Earlier intermediates that had not ended when the next one was issued, oldest first. */
  readonly former?: readonly FormerIntermediate[]
  readonly sealed: SealedBundle
}

export type PublicTexts = Readonly<Partial<Record<PublicItem, string>>>

export interface Adopted {
  /** What it was: somebody's `cacerts`, or istiod's own self-signed CA. */
  readonly from: 'cacerts' | 'self-signed'
  /** Id of the root that it signed under. */
  readonly root: string
  /** Ids of the roots that it trusted. */
  readonly bundle: readonly string[]
  /** The certificate that it signed with, PEM. */
  readonly certificate: string
}

/** A key that is sealed already, and the request for its certificate. */
export interface PendingCluster {
  readonly name: string
  /** The one that the certificate completes. */
  readonly generation: number
  /** `sha256:<hex>` of the SubjectPublicKeyInfo. */
  readonly key: string
  /** The certificate signing request, PEM. */
  readonly request: string
  /**
   * Its own empty CRLs under the name in the request, PEM: one for each way in which CAs make a key identifier, since the
   * key is forgotten before it is known which.
   */
  readonly crls: readonly string[]
  readonly sealed: Omit<SealedSecretsBundle, 'items'> & { readonly key: SealedItem }
}

/** An intermediate that signs no more: workloads still show it, so its CRL is needed, and it can be revoked. */
export interface FormerIntermediate {
  readonly generation: number
  /** Id of the root that signed. */
  readonly root: string
  /** PEM */
  readonly certificate: string
  /** PEM; absent of an intermediate from elsewhere. */
  readonly crl?: string
}

/** Names of the items of Istio's `cacerts` Secret (istio: pilot/pkg/bootstrap/istio_ca.go). */
export const CACERTS_ITEMS = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem'] as const
export type CacertsItem = (typeof CACERTS_ITEMS)[number]

/** The fifth one, where CRLs are shipped. istiod never forgets one, so it never goes again. */
export const CRL_ITEM = 'ca-crl.pem'
export const ALL_ITEMS = ['ca-cert.pem', 'ca-key.pem', 'cert-chain.pem', 'root-cert.pem', 'ca-crl.pem'] as const
export type AnyItem = (typeof ALL_ITEMS)[number]

export type PublicItem = Exclude<CacertsItem, 'ca-key.pem'>

/** How a cluster's `cacerts` is kept from other eyes. */
export type SealedBundle = SealedSecretsBundle | SopsBundle | StoredBundle

/** What the ciphertext of a SealedSecret is bound to (sealed-secrets: pkg/apis/sealedsecrets). */
export const SCOPES = ['strict', 'namespace-wide', 'cluster-wide'] as const
export type Scope = (typeof SCOPES)[number]

/** Namespace and name of the Secret. */
interface Place {
  readonly namespace: string
  readonly name: string
}

/** For the sealed-secrets controller: every item is sealed by itself. */
export interface SealedSecretsBundle extends Place {
  readonly backend: 'sealed-secrets'
  readonly scope: Scope
  /** `sha256:<hex>` of the sealing certificate's DER. */
  readonly certificate: string
  readonly items: SealedItems
}

export type SealedItems = Readonly<Record<CacertsItem, SealedItem> & Partial<Record<typeof CRL_ITEM, SealedItem>>>

/** The CRLs that a cluster ships; only the sealed-secrets controller is given any. */
export function crlItemOf(sealed: SealedBundle): SealedItem | undefined {
  return sealed.backend === 'sealed-secrets' ? sealed.items[CRL_ITEM] : undefined
}

/** With their names, in the order in which they are written. */
export function sealedItems(items: SealedItems): [name: AnyItem, item: SealedItem][] {
  return ALL_ITEMS.flatMap((name) => {
    const item = items[name]
    return item === undefined ? [] : [[name, item] as [AnyItem, SealedItem]]
  })
}

/** For SOPS: the key alone is encrypted, by a data key that each recipient can open. */
export interface SopsBundle extends Place {
  readonly backend: 'sops'
  /** Sorted by recipient. */
  readonly recipients: readonly WrappedKey[]
  /** RFC 3339, when it was issued; the MAC is bound to it. */
  readonly lastModified: string
  /** `ENC[…]`, over the key alone. */
  readonly mac: string
  /** The ciphertext as SOPS writes it, `ENC[…]`. */
  readonly key: { readonly bytes: number; readonly ciphertext: string }
  readonly items: Readonly<Record<PublicItem, PublicFacts>>
}

/** A data key for one age recipient. */
export interface WrappedKey {
  /** `age1…` */
  readonly recipient: string
  /** An armored age file. */
  readonly file: string
}

/** For the External Secrets Operator: the key lies in a store, and nothing of it here. */
export interface StoredBundle extends Place {
  readonly backend: 'external-secrets'
  readonly items: Readonly<Record<PublicItem, PublicFacts>>
}

export interface PublicFacts {
  /** Length in bytes. */
  readonly bytes: number
  /** `sha256:<hex>` */
  readonly plain: string
}

export interface SealedItem {
  /** Length of the plain text in bytes, which the ciphertext shows anyhow. */
  readonly bytes: number
  /** `sha256:<hex>` of the plain text; public items only, a private key has none. */
  readonly plain?: string
  /** `sha256:<hex>` of the sealing certificate, where it is another one than that of the other items. */
  readonly certificate?: string
  /** Of a private key, `sha256:<hex>` of its public half (SubjectPublicKeyInfo): what it is the key of. */
  readonly spki?: string
  /** Base64, as the SealedSecret has it. */
  readonly ciphertext: string
}

export interface LockedHost {
  readonly service: string
  readonly namespace: string
  /** Dotted IPv4; once given out it never changes. */
  readonly address: string
  readonly removed: boolean
  /** Sorted by cluster; of a cluster at most one that is live, and then one that retires. */
  readonly exposures: readonly Exposure[]
}

/** What a provider's Gateway lets through. */
export interface Exposure {
  readonly cluster: string
  /** Service ports, ascending. */
  readonly ports: readonly number[]
  /** True when these ports left the intent: kept so that consumers that have not synced yet are not cut off. */
  readonly retiring: boolean
  /** Sorted by name; absent where there are none. */
  readonly subsets?: readonly LockedSubset[]
  /** Kept for as long as the exposure is, so that a host that leaves is never open to more than before. */
  readonly policy?: WorkloadPolicy
}

/** Some of the pods behind an exposure. */
export interface LockedSubset {
  readonly name: string
  /** Absent where the provider's own DestinationRule has the subset. */
  readonly labels?: Readonly<Record<string, string>>
  /** True when it left the intent, and the exposure did not. */
  readonly retiring: boolean
}

/** Who may call the pods behind an exposure. */
export interface WorkloadPolicy {
  /** Of the pods; never empty. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether plain text is refused. */
  readonly strict: boolean
  /** `<trust domain>/ns/<namespace>/sa/<account>`, sorted, `*` for all accounts; absent: everybody. */
  readonly principals?: readonly string[]
  /** Ports of the pods that these may call, ascending; absent: all. */
  readonly ports?: readonly number[]
}

export const emptyLock: Lock = { roots: new Map(), clusters: new Map(), hosts: new Map() }
