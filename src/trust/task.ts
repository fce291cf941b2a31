/** What a run has to do for the `cacerts` of a cluster: all of it takes entropy, and an intermediate the root's key. */
import type { KeyType } from '../mesh/ca-keys.ts'
import type { Adopted, Scope } from '../lock/lock.ts'
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

/** CRLs of any cluster have changed, or are shipped for the first time: public, so sealed without any key. */
export interface CrlTask {
  readonly kind: 'seal-crls'
  readonly cluster: string
  readonly sealing: Sealing
}

export interface TaskRoot {
  readonly id: string
  /** PEM */
  readonly certificate: string
}

/** SOPS: the data key is encrypted for other recipients, which takes an identity of one that it is for now. */
export interface RewrapTask {
  readonly kind: 'rewrap-key'
  readonly cluster: string
  /** Sorted. */
  readonly recipients: readonly string[]
}

/** How what is issued is sealed. */
export type Sealing = ControllerSealing | SopsSealing | StoreSealing

interface SealingPlace {
  /** Namespace of istiod, where the Secret is read. */
  readonly namespace: string
  readonly name: 'cacerts'
}

export interface ControllerSealing extends SealingPlace {
  readonly backend: 'sealed-secrets'
  readonly scope: Scope
  readonly certificate: SealingCertificate
}

export interface SopsSealing extends SealingPlace {
  readonly backend: 'sops'
  readonly recipients: readonly string[]
}

export interface StoreSealing extends SealingPlace {
  readonly backend: 'external-secrets'
  readonly recipients: readonly string[]
  /** Name of the file for the store. */
  readonly file: string
}
