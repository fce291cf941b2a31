/** MESH-…82N to 84N: the lock held against the one that is published, and how far a change of trust has come. */
import type { Entries } from '../entry.ts'

export interface RotationArgs {
  'MESH-E821': { readonly root: string; readonly base: string }
  'MESH-E822': { readonly base: string; readonly reason: string }
  'MESH-W823': { readonly cluster: string; readonly base: string; readonly locked: number; readonly was: number }
  'MESH-W824': { readonly cluster: string; readonly base: string; readonly generation: number }
  'MESH-W825': { readonly base: string; readonly reason: string }
  'MESH-E827': { readonly value: string; readonly hoursMax: number }
  'MESH-W826': { readonly added: string; readonly leaving: readonly string[]; readonly until: string }
}

export const rotationCodes: Entries<RotationArgs> = {
  'MESH-E821': {
    title: 'another root under the same id',
    message: (a) => `root ${a.root} has another certificate than in ${a.base}`,
    help: (a) => `put mesh.lock/roots/${a.root}.yaml back as it is there; a new root gets an id of its own`,
    explanation:
      'What the former root signed is not trusted by the new one, whatever it is called. A root is replaced in stages, and under a new id.',
  },
  'MESH-E822': {
    title: 'more than one stage of trust',
    message: (a) => `from ${a.base} to this lock is more than one stage: ${a.reason}`,
    help: () =>
      'let each stage reach the clusters by itself: one commit for each, published one after the other; split a squash, and merge stages one by one',
    explanation:
      'Clusters take what is published at moments of their own, and a commit that nobody publishes reaches none of them. Each stage is right beside the one before it, and only there: one that is skipped leaves clusters that refuse each other.',
  },
  'MESH-W823': {
    title: 'an earlier intermediate',
    message: (a) => `${a.cluster} goes back to generation ${a.locked}; in ${a.base} it has ${a.was}`,
    help: () =>
      'its certificate is trusted still, so this is safe unless its key has leaked; to go on, raise trust.generation above both',
    explanation:
      'The lock of an earlier commit has an earlier key in it. Going back to one that was replaced because it leaked makes the leak good again.',
  },
  'MESH-W824': {
    title: 'two intermediates of one generation',
    message: (a) => `${a.cluster} has another intermediate of generation ${a.generation} than in ${a.base}`,
    help: (a) =>
      `two branches have issued it, each its own: issue one more, trust.generation: ${a.generation + 1}, so that no two have the same name`,
    explanation:
      'Both are signed by a root that everybody trusts, so nothing breaks. But they have one subject and two keys, and a CRL or a log that names it could mean either.',
  },
  'MESH-W825': {
    title: 'nothing to hold the lock against',
    message: (a) => `whether this is one stage of trust since ${a.base} cannot be seen: ${a.reason}`,
    help: () => 'name a commit that has a lock with --base; publish judges it once more',
  },
  'MESH-W826': {
    title: 'a cluster that may have been renamed',
    message: (a) =>
      `${a.added} comes while ${a.leaving.join(', ')} ${a.leaving.length === 1 ? 'goes' : 'go'}: a new name is a new cluster`,
    help: (a) =>
      `for a rename, keep the name; a name in delivery can differ. Else: what was applied to ${a.leaving.join(', ')} stays live there, its intermediate is trusted until ${a.until} (meshwright trust crl revoke ends that), and whoever calls its hosts is cut off`,
    explanation:
      'Names of clusters are in certificates, in SNI-routed hosts of the providers and in what is sealed. A cluster under a new name gets a new key, and the one that istiod has under the old name stays in its Secret until the new one is applied.',
  },
  'MESH-E827': {
    title: 'not a lifetime of workload certificates',
    message: (a) => `trust.workloadTTL is ${a.value}`,
    help: (a) => `whole hours from 1h to ${a.hoursMax}h, such as 24h`,
  },
}
