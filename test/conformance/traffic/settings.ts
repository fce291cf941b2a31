/** What is handed into the network namespace. */
import type { ClusterName } from './addresses.ts'
import type { Pod } from './pods.ts'
import type { ClusterFiles, Meshes } from './mesh-files.ts'

export interface Programs {
  readonly 'pilot-discovery': string
  readonly 'pilot-agent': string
  readonly envoy: string
  readonly coredns: string
  /** Envoy's first configuration as Istio's image has it, a template. */
  readonly bootstrap: string
}

export interface Settings {
  readonly programs: Programs
  readonly meshes: Meshes
  /** For files of the processes. */
  readonly folder: string
  readonly logs: string
}

/** One cluster of one mesh. */
export interface Site {
  readonly cluster: ClusterName
  readonly files: ClusterFiles
  /** The pod that calls and is called. */
  readonly application: Pod
  /** Where it calls the hosts that it imports; their own virtual addresses when that is absent. */
  readonly callsAt?: string
  /** For files of its processes; empty. */
  readonly folder: string
}
