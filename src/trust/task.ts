/** What a run has to do for the `cacerts` of a cluster: all of it takes entropy, and an intermediate the root's key. */
import type { KeyType } from '../mesh/ca-keys.ts'
import type { Adopted } from '../lock/lock.ts'
import type { SealingCertificate } from './seal/sealed-secrets.ts'

export interface IssueTask {
  readonly kind: 'issue-intermediate'
  readonly cluster: string
  /** Generation to make, from 1. */
  readonly generation: number
  /** The root that signs; its certificate as PEM. */
  readonly root: TaskRoot
  /** The roots that the cluster trusts, in the order of its bundle. */
  readonly bundle: readonly TaskRoot[]
  readonly organization: string
  readonly mesh: string
  readonly keyType: KeyType
  /** Absent: the subject is its only name. */
  readonly san?: SubjectAltName
  readonly validityDays: number
  /** Of a cluster that was taken over, once. */
  readonly adopted?: Adopted
  readonly sealing: Sealing
}

/** A cluster trusts other roots than before: their bundle is public, so that it is sealed anew without any key. */
export interface BundleTask {
  readonly kind: 'seal-bundle'
  readonly cluster: string
  readonly bundle: readonly TaskRoot[]
  readonly sealing: Sealing
}

/** DNS name or URI, as the certificate has it. */
export interface SubjectAltName {
  readonly kind: 'DNS' | 'URI'
  readonly value: string
}

export interface TaskRoot {
  readonly id: string
  /** PEM */
  readonly certificate: string
}

export interface Sealing {
  readonly certificate: SealingCertificate
  /** Namespace of istiod, where the Secret is read. */
  readonly namespace: string
  readonly name: 'cacerts'
}
