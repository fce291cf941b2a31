/** MESH-…7NN: a rendered output, read back. */
import type { Entries } from '../entry.ts'
import { engineCodes, type EngineArgs } from './verify-engines.ts'
import { verifyGatewayCodes, type VerifyGatewayArgs } from './verify-gateways.ts'
import { policyCodes, type PolicyArgs } from './verify-policies.ts'
import { subsetCodes, type SubsetArgs } from './verify-subsets.ts'
import { routeCodes, type RouteArgs } from './verify-routes.ts'

export interface VerifyArgs extends RouteArgs, SubsetArgs, PolicyArgs, EngineArgs, VerifyGatewayArgs {
  'MESH-E701': { readonly detail: string }
  'MESH-E702': { readonly found: string }
  'MESH-E703': { readonly what: string }
  'MESH-E704': { readonly object: string }
  'MESH-E705': { readonly object: string }
  'MESH-E706': { readonly what: string }
  'MESH-E707': { readonly object: string; readonly missing: readonly string[] }
  'MESH-E708': { readonly found: string }
  'MESH-E709': { readonly count: number }
  'MESH-E710': { readonly detail: string }
  'MESH-E711': { readonly detail: string }
  'MESH-E712': { readonly detail: string }
  'MESH-W713': { readonly subject: string; readonly notAfter: string; readonly days: number }
  'MESH-E714': { readonly signer: string; readonly root: string; readonly stranger: string }
  'MESH-E715': { readonly owner: string; readonly other: string }
  'MESH-E716': { readonly owner: string; readonly other: string; readonly subject: string }
  'MESH-E717': { readonly count: number }
  'MESH-E718': { readonly found: string; readonly wanted: string }
  'MESH-E719': { readonly missing: readonly string[]; readonly surplus: readonly string[] }
  'MESH-E720': { readonly item: string; readonly problem: string }
  'MESH-E721': { readonly item: string; readonly found: number; readonly wanted: number }
  'MESH-E722': { readonly detail: string }
  'MESH-E723': { readonly annotation: string }
  'MESH-E724': { readonly folder: string }
  'MESH-E725': { readonly key: string }
  'MESH-E726': { readonly resource: string }
  'MESH-E727': { readonly entry: string }
  'MESH-E728': { readonly detail: string }
  'MESH-E753': { readonly cluster: string }
  'MESH-E754': { readonly cluster: string }
  'MESH-E755': { readonly what: string; readonly found: string; readonly locked: string }
  'MESH-E756': { readonly item: string }
  'MESH-E757': { readonly host: string; readonly found: string; readonly locked: string }
  'MESH-E765': {
    readonly host: string
    readonly provider: string
    readonly found: string
    readonly locked: string
  }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'
const apart = (): string =>
  'lock and output belong to one commit: check both out together, or generate again and commit both'

const readingCodes = {
  'MESH-E701': {
    title: 'YAML that cannot be read',
    message: (a) => `not readable as YAML: ${a.detail}`,
    help: again,
  },
  'MESH-E702': {
    title: 'not a Kubernetes object',
    message: (a) => `expected an object with apiVersion, kind and metadata.name, found ${a.found}`,
    help: again,
  },
  'MESH-E703': {
    title: 'a private key in the clear',
    message: (a) => `the file holds ${a.what} in the clear`,
    help: () => 'whoever could read this has it: replace the key, and take the file out of the history',
    explanation:
      'Whoever can read the repository, a clone or a backup of it has the key, and taking the file away does not undo that. Replace the key first (that of a cluster by its next trust.generation), then clean the history.',
  },
  'MESH-E704': {
    title: 'a Secret in the clear',
    message: (a) => `${a.object} has its data in the clear`,
    help: () => 'seal it; if this was published, replace what is in it',
    explanation:
      'A Secret is only encoded, not encrypted: whoever can read the repository, a clone or a backup of it has what is in it.',
  },
  'MESH-E705': {
    title: 'an object twice',
    message: (a) => `${a.object} is there twice`,
    help: again,
  },
  'MESH-E706': {
    title: 'not an ordinary file',
    message: (a) => `the output holds ${a.what}`,
    help: () => 'remove it: what it leads to is not part of the output',
  },
  'MESH-E707': {
    title: 'an object that a mistake could delete',
    message: (a) => `${a.object} is not protected from pruning: it lacks ${a.missing.join(', ')}`,
    help: again,
    explanation:
      'Argo CD and Flux delete what is no longer rendered. That must not happen by mistake to what carries the trust or the DNS of a whole cluster, so these objects have annotations, for both, that forbid it.',
  },
} satisfies Partial<Entries<VerifyArgs>>

const trustCodes = {
  'MESH-E708': {
    title: 'no readable chain',
    message: (a) => `expected a chain of certificates in PEM, found ${a.found}`,
    help: again,
  },
  'MESH-E709': {
    title: 'a chain of another length',
    message: (a) => `expected two certificates, the intermediate and the root, found ${a.count}`,
    help: again,
  },
  'MESH-E710': {
    title: 'a chain that does not hold',
    message: (a) => a.detail,
    help: () => 'never apply it: no peer would accept a certificate that is signed below it',
    explanation:
      'istiod would sign with an intermediate that does not lead to the root, and every other cluster would refuse what it has signed.',
  },
  'MESH-E711': {
    title: 'a certificate that cannot be a CA here',
    message: (a) => a.detail,
    help: () => 'an intermediate is a CA with path length 0 and keyCertSign, a root one that allows a CA below it',
  },
  'MESH-E712': {
    title: 'a certificate that is not valid now',
    message: (a) => a.detail,
    help: () => 'compare the clock of this machine; an expired intermediate is replaced by the next trust.generation',
  },
  'MESH-W713': {
    title: 'a certificate that ends soon',
    message: (a) => `${a.subject} ends on ${a.notAfter}, in ${a.days} days`,
    help: () => 'an intermediate is replaced by the next trust.generation; a root takes weeks, so begin now',
  },
  'MESH-E714': {
    title: 'clusters with different roots',
    message: (a) => `${a.signer} is signed by root ${a.root}, which ${a.stranger} does not trust`,
    help: () => 'clusters without a common root refuse each other: do not apply it',
    explanation:
      'Clusters verify each other up to the root that they trust. With different roots every call between them fails in its handshake.',
  },
  'MESH-E715': {
    title: 'one key for two CAs',
    message: (a) => `${a.owner} has the same key as ${a.other}`,
    help: () => 'each CA has a key of its own, or the loss of one is the loss of both: issue a new one',
    explanation:
      'With the key of one CA, certificates of the other can be signed. A key that is lost in one cluster would be lost in both.',
  },
  'MESH-E716': {
    title: 'one name for two CAs',
    message: (a) => `${a.owner} has the same subject as ${a.other}: ${a.subject}`,
    help: () => 'CRLs are looked up by that name: issue a new one',
  },
} satisfies Partial<Entries<VerifyArgs>>

const sealedCodes = {
  'MESH-E717': {
    title: 'not one sealed cacerts',
    message: (a) => `expected one sealed cacerts, found ${a.count}`,
    help: () => 'without it istiod signs with a CA of its own, which no other cluster trusts',
    explanation:
      'istiod signs with the key in cacerts. Without that Secret it makes a CA of its own, and no other cluster trusts what that has signed.',
  },
  'MESH-E718': {
    title: 'cacerts in another namespace',
    message: (a) => `cacerts is in namespace ${a.found}, and istio/values.yaml has istiod in ${a.wanted}`,
    help: again,
  },
  'MESH-E719': {
    title: 'other items than those of cacerts',
    message: (a) =>
      [
        ...(a.missing.length > 0 ? [`items are missing: ${a.missing.join(', ')}`] : []),
        ...(a.surplus.length > 0 ? [`items do not belong there: ${a.surplus.join(', ')}`] : []),
      ].join('; '),
    help: () => 'istiod needs exactly ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem',
  },
  'MESH-E720': {
    title: 'a sealed item that is damaged',
    message: (a) => `the sealed ${a.item} ${a.problem}`,
    help: again,
  },
  'MESH-E721': {
    title: 'a sealed item of another length',
    message: (a) => `${a.item} has ${a.found} bytes inside; by chain.pem it would have ${a.wanted}`,
    help: () => 'chain.pem and what is sealed are not of the same certificates',
  },
  'MESH-E722': {
    title: 'a sealed Secret that becomes another one',
    message: (a) => `the template of cacerts is not as it must be: ${a.detail}`,
    help: again,
  },
  'MESH-E723': {
    title: 'another scope',
    message: (a) => `${a.annotation} is not the scope that the key is sealed for`,
    help: again,
    explanation:
      'A sealed item opens under its own namespace and name only. With a wider scope, whoever may create a SealedSecret in the namespace, or in the cluster, could have the key of the CA under another name.',
  },
} satisfies Partial<Entries<VerifyArgs>>

const indexCodes = {
  'MESH-E724': {
    title: 'a folder without its index',
    message: (a) => `${a.folder} has no kustomization.yaml`,
    help: again,
  },
  'MESH-E725': {
    title: 'an index that does more than index',
    message: (a) => `${a.key} does not belong into a bare index`,
    help: () => 'transformers break sealed Secrets, which open under their own name only; put changes elsewhere',
    explanation:
      'A SealedSecret opens only under the name that it was sealed for, and the objects of both ends of a route name each other. A transformer changes some of them and not the others.',
  },
  'MESH-E726': {
    title: 'a resource that is not there',
    message: (a) => `${a.resource} is named and is not there`,
    help: again,
  },
  'MESH-E727': {
    title: 'a file that would not be applied',
    message: (a) => `${a.entry} lies in the folder, and the index does not name it`,
    help: again,
  },
  'MESH-E728': {
    title: 'not an index as it must be',
    message: (a) => a.detail,
    help: again,
  },
} satisfies Partial<Entries<VerifyArgs>>

const lockCodes = {
  'MESH-E753': {
    title: 'a cluster that the lock does not have',
    message: (a) => `${a.cluster} is in the output and not, or no longer, in the lock`,
    help: apart,
  },
  'MESH-E754': {
    title: 'a cluster that the output does not have',
    message: (a) => `${a.cluster} is in the lock and not in the output`,
    help: apart,
  },
  'MESH-E755': {
    title: 'another certificate than that of the lock',
    message: (a) => `the ${a.what} is ${a.found}, in the lock it is ${a.locked}`,
    help: apart,
  },
  'MESH-E756': {
    title: 'another ciphertext than that of the lock',
    message: (a) => `the sealed ${a.item} is not the one of the lock`,
    help: apart,
  },
  'MESH-E757': {
    title: 'another address than that of the lock',
    message: (a) => `${a.host} has address ${a.found}, in the lock it is ${a.locked}`,
    help: apart,
  },
  'MESH-E765': {
    title: 'other ports than those of the lock',
    message: (a) => `${a.host} has port ${a.found}, in the lock ${a.provider} exposes ${a.locked}`,
    help: apart,
  },
} satisfies Partial<Entries<VerifyArgs>>

export const verifyCodes: Entries<VerifyArgs> = {
  ...readingCodes,
  ...trustCodes,
  ...sealedCodes,
  ...indexCodes,
  ...routeCodes,
  ...subsetCodes,
  ...policyCodes,
  ...engineCodes,
  ...verifyGatewayCodes,
  ...lockCodes,
}
