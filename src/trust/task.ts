/** What a run has to do for a cluster that needs a new intermediate: it takes the root's key and entropy. */
import type { SealingCertificate } from './seal/sealed-secrets.ts'

export interface IssueTask {
  readonly kind: 'issue-intermediate'
  readonly cluster: string
  /** Generation to make, from 1. */
  readonly generation: number
  /** The root that signs; its certificate as PEM. */
  readonly root: { readonly id: string; readonly certificate: string }
  readonly organization: string
  readonly mesh: string
  readonly validityDays: number
  readonly sealing: {
    readonly certificate: SealingCertificate
    /** Namespace of istiod, where the Secret is read. */
    readonly namespace: string
    readonly name: 'cacerts'
  }
}
