/** The roots of a mesh, and how what is new is made. */
import type { Span } from '../diagnostics/diagnostic.ts'
import type { IntermediateSan, KeyType } from './ca-keys.ts'

export interface Trust {
  /** In the order of a new bundle; exactly one is active. */
  readonly roots: readonly Root[]
  /** Id of the active root, which signs what is new: `r1`. */
  readonly root: string
  readonly organization: string
  /** Key of a new intermediate. */
  readonly keyType: KeyType
  readonly intermediateSan: IntermediateSan
  /** Lifetime of a new intermediate. */
  readonly validityDays: number
  /** An intermediate that ends sooner than this is reported. */
  readonly renewBeforeDays: number
  /** Longest lifetime of a workload's certificate. */
  readonly workloadTtlHours: number
  /** Whether every cluster gets the CRLs of all. */
  readonly crl: { readonly enabled: boolean; readonly origin: Span }
  readonly origin: Span
}

/** A root is trusted by every cluster before it signs, and after it has; a retired one is history. */
export type RootState = 'trusted' | 'active' | 'retired'

export interface Root {
  readonly id: string
  readonly state: RootState
  readonly origin: Span
}
