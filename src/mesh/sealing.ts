/** How a cluster gets its key: the ways that the intent knows. */
import type { Span } from '../diagnostics/diagnostic.ts'
import type { FileReference } from './mesh.ts'

/** How a cluster gets what nobody else may read. */
export type Sealing = ControllerSealing | SopsSealing | StoreSealing

interface SealingPlace {
  /** Of what decides under which conditions it opens: the backend, or the scope. */
  readonly origin: Span
}

interface ControllerSealing extends SealingPlace {
  readonly backend: 'sealed-secrets'
  readonly scope: 'strict' | 'namespace-wide' | 'cluster-wide'
  /** Whether the Secret outlives its SealedSecret. */
  readonly keepSecret: boolean
  readonly certificate: FileReference
}

interface SopsSealing extends SealingPlace {
  readonly backend: 'sops'
  /** Public keys of age, sorted, each once. */
  readonly recipients: readonly string[]
  /** Name of the Secret with the identity that Flux decrypts with. */
  readonly identitySecret: string
}

export interface StoreSealing extends SealingPlace {
  readonly backend: 'external-secrets'
  /** Who can open the file that is put into the store; sorted, each once. */
  readonly recipients: readonly string[]
  readonly store: {
    readonly name: string
    readonly kind: 'ClusterSecretStore' | 'SecretStore'
    /** Put before the name of an entry. */
    readonly prefix: string
    /** As Go writes a duration: `1h`. */
    readonly refreshInterval: string
  }
}

/** Name of the entry in a store that has the key of a generation, without the prefix of the intent. */
export function entryName(mesh: string, cluster: string, generation: number): string {
  return `${mesh}-${cluster}-cacerts-g${generation}`
}
