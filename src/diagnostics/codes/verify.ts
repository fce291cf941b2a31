/** MESH-…7NNN: a rendered output, read back. */
import type { Entries } from '../entry.ts'
import { routeCodes, type RouteArgs } from './verify-routes.ts'

export interface VerifyArgs extends RouteArgs {
  'MESH-E7001': { readonly detail: string }
  'MESH-E7002': { readonly found: string }
  'MESH-E7003': { readonly what: string }
  'MESH-E7004': { readonly object: string }
  'MESH-E7005': { readonly object: string }
  'MESH-E7006': { readonly what: string }
  'MESH-E7007': { readonly object: string; readonly missing: readonly string[] }
  'MESH-E7101': { readonly found: string }
  'MESH-E7102': { readonly count: number }
  'MESH-E7103': { readonly detail: string }
  'MESH-E7104': { readonly detail: string }
  'MESH-E7105': { readonly detail: string }
  'MESH-W7106': { readonly subject: string; readonly notAfter: string; readonly days: number }
  'MESH-E7107': { readonly cluster: string; readonly fingerprint: string; readonly others: string }
  'MESH-E7108': { readonly owner: string; readonly other: string }
  'MESH-E7109': { readonly owner: string; readonly other: string; readonly subject: string }
  'MESH-E7201': { readonly count: number }
  'MESH-E7202': { readonly found: string; readonly wanted: string }
  'MESH-E7203': { readonly missing: readonly string[]; readonly surplus: readonly string[] }
  'MESH-E7204': { readonly item: string; readonly problem: string }
  'MESH-E7205': { readonly item: string; readonly found: number; readonly wanted: number }
  'MESH-E7206': { readonly detail: string }
  'MESH-E7207': { readonly annotation: string }
  'MESH-E7301': { readonly folder: string }
  'MESH-E7302': { readonly key: string }
  'MESH-E7303': { readonly resource: string }
  'MESH-E7304': { readonly entry: string }
  'MESH-E7305': { readonly detail: string }
  'MESH-E7601': { readonly cluster: string }
  'MESH-E7602': { readonly cluster: string }
  'MESH-E7603': { readonly what: string; readonly found: string; readonly locked: string }
  'MESH-E7604': { readonly item: string }
  'MESH-E7605': { readonly host: string; readonly found: string; readonly locked: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'
const apart = (): string =>
  'lock and output belong to one commit: check both out together, or generate again and commit both'

const readingCodes: Entries<Pick<VerifyArgs, `MESH-E70${string}` & keyof VerifyArgs>> = {
  'MESH-E7001': {
    title: 'YAML that cannot be read',
    message: (a) => `not readable as YAML: ${a.detail}`,
    help: again,
  },
  'MESH-E7002': {
    title: 'not a Kubernetes object',
    message: (a) => `expected an object with apiVersion, kind and metadata.name, found ${a.found}`,
    help: again,
  },
  'MESH-E7003': {
    title: 'a private key in the clear',
    message: (a) => `the file holds ${a.what} in the clear`,
    help: () => 'whoever could read this has it: replace the key, and take the file out of the history',
  },
  'MESH-E7004': {
    title: 'a Secret in the clear',
    message: (a) => `${a.object} has its data in the clear`,
    help: () => 'seal it; if this was published, replace what is in it',
  },
  'MESH-E7005': {
    title: 'an object twice',
    message: (a) => `${a.object} is there twice`,
    help: again,
  },
  'MESH-E7006': {
    title: 'not an ordinary file',
    message: (a) => `the output holds ${a.what}`,
    help: () => 'remove it: what it leads to is not part of the output',
  },
  'MESH-E7007': {
    title: 'an object that a mistake could delete',
    message: (a) => `${a.object} is not protected from pruning: it lacks ${a.missing.join(', ')}`,
    help: again,
  },
}

const trustCodes: Entries<Pick<VerifyArgs, `MESH-${'E' | 'W'}71${string}` & keyof VerifyArgs>> = {
  'MESH-E7101': {
    title: 'no readable chain',
    message: (a) => `expected a chain of certificates in PEM, found ${a.found}`,
    help: again,
  },
  'MESH-E7102': {
    title: 'a chain of another length',
    message: (a) => `expected two certificates, the intermediate and the root, found ${a.count}`,
    help: again,
  },
  'MESH-E7103': {
    title: 'a chain that does not hold',
    message: (a) => a.detail,
    help: () => 'never apply it: no peer would accept a certificate that is signed below it',
  },
  'MESH-E7104': {
    title: 'a certificate that cannot be a CA here',
    message: (a) => a.detail,
    help: () => 'an intermediate is a CA with path length 0 and keyCertSign, a root one that allows a CA below it',
  },
  'MESH-E7105': {
    title: 'a certificate that is not valid now',
    message: (a) => a.detail,
    help: () => 'compare the clock of this machine; an expired intermediate is replaced by the next trust.generation',
  },
  'MESH-W7106': {
    title: 'a certificate that ends soon',
    message: (a) => `${a.subject} ends on ${a.notAfter}, in ${a.days} days`,
    help: () => 'an intermediate is replaced by the next trust.generation; a root takes weeks, so begin now',
  },
  'MESH-E7107': {
    title: 'clusters with different roots',
    message: (a) => `${a.cluster} trusts root ${a.fingerprint}, the others ${a.others}`,
    help: () => 'clusters without a common root refuse each other: do not apply it',
  },
  'MESH-E7108': {
    title: 'one key for two CAs',
    message: (a) => `${a.owner} has the same key as ${a.other}`,
    help: () => 'each CA has a key of its own, or the loss of one is the loss of both: issue a new one',
  },
  'MESH-E7109': {
    title: 'one name for two CAs',
    message: (a) => `${a.owner} has the same subject as ${a.other}: ${a.subject}`,
    help: () => 'CRLs are looked up by that name: issue a new one',
  },
}

const sealedCodes: Entries<Pick<VerifyArgs, `MESH-E72${string}` & keyof VerifyArgs>> = {
  'MESH-E7201': {
    title: 'not one sealed cacerts',
    message: (a) => `expected one SealedSecret cacerts, found ${a.count}`,
    help: () => 'without it istiod signs with a CA of its own, which no other cluster trusts',
  },
  'MESH-E7202': {
    title: 'cacerts in another namespace',
    message: (a) => `cacerts is in namespace ${a.found}, and istio/values.yaml has istiod in ${a.wanted}`,
    help: again,
  },
  'MESH-E7203': {
    title: 'other items than those of cacerts',
    message: (a) =>
      [
        ...(a.missing.length > 0 ? [`items are missing: ${a.missing.join(', ')}`] : []),
        ...(a.surplus.length > 0 ? [`items do not belong there: ${a.surplus.join(', ')}`] : []),
      ].join('; '),
    help: () => 'istiod needs exactly ca-cert.pem, ca-key.pem, cert-chain.pem and root-cert.pem',
  },
  'MESH-E7204': {
    title: 'a sealed item that is damaged',
    message: (a) => `the sealed ${a.item} ${a.problem}`,
    help: again,
  },
  'MESH-E7205': {
    title: 'a sealed item of another length',
    message: (a) => `${a.item} has ${a.found} bytes inside; by chain.pem it would have ${a.wanted}`,
    help: () => 'chain.pem and what is sealed are not of the same certificates',
  },
  'MESH-E7206': {
    title: 'a sealed Secret that becomes another one',
    message: (a) => `the template of cacerts is not as it must be: ${a.detail}`,
    help: again,
  },
  'MESH-E7207': {
    title: 'a wider scope',
    message: (a) => `${a.annotation} widens the scope in which the key can be opened`,
    help: again,
  },
}

const indexCodes: Entries<Pick<VerifyArgs, `MESH-E73${string}` & keyof VerifyArgs>> = {
  'MESH-E7301': {
    title: 'a folder without its index',
    message: (a) => `${a.folder} has no kustomization.yaml`,
    help: again,
  },
  'MESH-E7302': {
    title: 'an index that does more than index',
    message: (a) => `${a.key} does not belong into a bare index`,
    help: () => 'transformers break sealed Secrets, which open under their own name only; put changes elsewhere',
  },
  'MESH-E7303': {
    title: 'a resource that is not there',
    message: (a) => `${a.resource} is named and is not there`,
    help: again,
  },
  'MESH-E7304': {
    title: 'a file that would not be applied',
    message: (a) => `${a.entry} lies in the folder, and the index does not name it`,
    help: again,
  },
  'MESH-E7305': {
    title: 'not an index as it must be',
    message: (a) => a.detail,
    help: again,
  },
}

const lockCodes: Entries<Pick<VerifyArgs, `MESH-E76${string}` & keyof VerifyArgs>> = {
  'MESH-E7601': {
    title: 'a cluster that the lock does not have',
    message: (a) => `${a.cluster} is in the output and not, or no longer, in the lock`,
    help: apart,
  },
  'MESH-E7602': {
    title: 'a cluster that the output does not have',
    message: (a) => `${a.cluster} is in the lock and not in the output`,
    help: apart,
  },
  'MESH-E7603': {
    title: 'another certificate than that of the lock',
    message: (a) => `the ${a.what} is ${a.found}, in the lock it is ${a.locked}`,
    help: apart,
  },
  'MESH-E7604': {
    title: 'another ciphertext than that of the lock',
    message: (a) => `the sealed ${a.item} is not the one of the lock`,
    help: apart,
  },
  'MESH-E7605': {
    title: 'another address than that of the lock',
    message: (a) => `${a.host} has address ${a.found}, in the lock it is ${a.locked}`,
    help: apart,
  },
}

export const verifyCodes: Entries<VerifyArgs> = {
  ...readingCodes,
  ...trustCodes,
  ...sealedCodes,
  ...indexCodes,
  ...routeCodes,
  ...lockCodes,
}
