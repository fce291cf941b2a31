/** MESH-…79N: what Argo CD and Flux are given, read back. */
import type { Entries } from '../entry.ts'

export interface EngineArgs {
  'MESH-E790': { readonly object: string; readonly detail: string }
  'MESH-E791': { readonly object: string; readonly path: string }
  'MESH-E792': { readonly object: string; readonly detail: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'

export const engineCodes: Entries<EngineArgs> = {
  'MESH-E790': {
    title: 'an engine that could take a live mesh away',
    message: (a) => `${a.object} could delete what is live: ${a.detail}`,
    help: again,
  },
  'MESH-E791': {
    title: 'an engine that is led to no folder',
    message: (a) => `${a.object} names ${a.path}, which the output does not have`,
    help: again,
  },
  'MESH-E792': {
    title: 'an engine that does not keep the order',
    message: (a) => `${a.object} does not wait as it must: ${a.detail}`,
    help: again,
  },
}
