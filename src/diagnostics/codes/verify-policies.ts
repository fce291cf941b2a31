/** MESH-E780 and on: whom a rendered output lets call. */
import type { Entries } from '../entry.ts'

export interface PolicyArgs {
  'MESH-E780': { readonly object: string }
  'MESH-E781': { readonly object: string; readonly found: string; readonly trustDomain: string }
  'MESH-E782': { readonly kind: string; readonly host: string; readonly found: string; readonly locked: string }
}

export const policyCodes: Entries<PolicyArgs> = {
  'MESH-E780': {
    title: 'a policy for what is not exposed',
    message: (a) => `${a.object} is for no service that the gateway of its cluster exposes`,
    help: () => 'generate the output again: a policy that is left over refuses callers of which the mesh knows nothing',
  },
  'MESH-E781': {
    title: 'a caller that is no identity of the mesh',
    message: (a) => `${a.object} lets ${a.found || 'an empty text'} in`,
    help: (a) =>
      `expected ${a.trustDomain || 'TRUST-DOMAIN'}/ns/NAMESPACE/sa/ACCOUNT, with * for the account at most: generate the output again; if it stays, do not apply it`,
  },
  'MESH-E782': {
    title: 'another policy than that of the lock',
    message: (a) => `the ${a.kind} of ${a.host} has ${a.found}, in the lock it has ${a.locked}`,
    help: () => 'lock and output belong to one commit: check both out together, or generate again and commit both',
  },
}
