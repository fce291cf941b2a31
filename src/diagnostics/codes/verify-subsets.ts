/** MESH-E772 to MESH-E779: versions and routes of a rendered output. */
import type { Entries } from '../entry.ts'

export interface SubsetArgs {
  'MESH-E772': { readonly host: string; readonly subset: string; readonly detail: string }
  'MESH-E773': { readonly host: string; readonly provider: string; readonly subset: string }
  'MESH-E774': { readonly host: string; readonly subset: string }
  'MESH-E775': { readonly host: string; readonly found: string }
  'MESH-E776': { readonly object: string; readonly detail: string }
  'MESH-E777': { readonly host: string; readonly detail: string }
  'MESH-E778': { readonly object: string; readonly detail: string }
  'MESH-E779': { readonly host: string; readonly cluster: string; readonly found: string; readonly locked: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'

export const subsetCodes: Entries<SubsetArgs> = {
  'MESH-E772': {
    title: 'a subset that is none of a host',
    message: (a) => `subset ${a.subset} of ${a.host} ${a.detail}`,
    help: again,
  },
  'MESH-E773': {
    title: 'a subset that a gateway does not know',
    message: (a) => `${a.host} calls subset ${a.subset} in ${a.provider}, whose gateway has no such subset`,
    help: again,
    explanation:
      'A gateway lets in the SNI of a subset only where a DestinationRule that it sees has it; every call of another one is refused.',
  },
  'MESH-E774': {
    title: 'a subset without endpoints',
    message: (a) => `subset ${a.subset} of ${a.host} selects no endpoint`,
    help: again,
  },
  'MESH-E775': {
    title: 'a route to nowhere',
    message: (a) => `a route of ${a.host} leads to ${a.found}`,
    help: again,
  },
  'MESH-E776': {
    title: 'routes that are not those of a host',
    message: (a) => `${a.object}: ${a.detail}`,
    help: again,
  },
  'MESH-E777': {
    title: 'routes that leave requests out',
    message: (a) => `${a.host}: ${a.detail}`,
    help: again,
  },
  'MESH-E778': {
    title: 'a rule that is not for the gateway alone',
    message: (a) => `${a.object}: ${a.detail}`,
    help: again,
  },
  'MESH-E779': {
    title: 'other subsets than those of the lock',
    message: (a) => `the gateway of ${a.cluster} has for ${a.host} ${a.found}, the lock has ${a.locked}`,
    help: () => 'lock and output belong to one commit: check both out together, or generate again and commit both',
  },
}
