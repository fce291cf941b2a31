/** MESH-…24N: how Argo CD and Flux get the output, as the intent says it. */
import type { Entries } from '../entry.ts'

export interface DeliveryArgs {
  'MESH-E240': { readonly what: string }
  'MESH-E241': { readonly problem: string; readonly suggestion?: string }
  'MESH-E242': { readonly branch: string }
  'MESH-E243': { readonly path: string }
  'MESH-E244': { readonly name: string }
  'MESH-E245': { readonly name: string; readonly clusters: readonly string[] }
  'MESH-E246': { readonly interval: string }
  'MESH-E247': { readonly mesh: string; readonly lengthMax: number }
  'MESH-E248': { readonly project: string }
  'MESH-W249': { readonly host: string }
}

export const deliveryCodes: Entries<DeliveryArgs> = {
  'MESH-E240': {
    title: 'a repository URL with a secret in it',
    message: (a) => `delivery.repoURL holds ${a.what}`,
    help: () =>
      'take it out, and replace it where it is valid, since it was in Git; give the engines a Secret of their own with it',
  },
  'MESH-E241': {
    title: 'not a repository URL',
    message: (a) => `delivery.repoURL is not a URL that Argo CD and Flux both take: ${a.problem}`,
    help: (a) => `write ${a.suggestion ?? 'https://HOST/PATH or ssh://USER@HOST/PATH'}`,
  },
  'MESH-E242': {
    title: 'not a branch',
    message: (a) => `delivery.branch ${JSON.stringify(a.branch)} is not a name of a branch`,
    help: () => 'write the name without refs/heads/, as git branch shows it',
  },
  'MESH-E243': {
    title: 'not a folder of the repository',
    message: (a) => `delivery.path ${JSON.stringify(a.path)} is not a folder of the repository`,
    help: () =>
      'write it from the root of the repository, such as output or mesh/output, with letters, digits, -, _ and .; leave it out for an output branch',
  },
  'MESH-E244': {
    title: 'not a name of a cluster in Argo CD',
    message: (a) => `delivery.name ${JSON.stringify(a.name)} is not a name of a cluster that an AppProject can hold`,
    help: () =>
      'use letters, digits and . _ : / @ -, as argocd cluster list shows it; patterns would allow more than one cluster',
  },
  'MESH-E245': {
    title: 'several clusters with one name in Argo CD',
    message: (a) => `${a.clusters.join(' and ')} are both ${a.name} in Argo CD`,
    help: () =>
      "one cluster would get both folders, and each other's cacerts: say delivery.name, the name that Argo CD has for each",
  },
  'MESH-E246': {
    title: 'not an interval',
    message: (a) => `delivery.flux.interval ${JSON.stringify(a.interval)} is not an interval`,
    help: () => 'write a number with s, m or h, such as 30s or 5m',
  },
  'MESH-E247': {
    title: 'a name of the mesh that is too long for Flux',
    message: (a) =>
      `mesh name ${a.mesh} is too long for Flux: with the name of a folder it becomes a label, which has at most 63 characters`,
    help: (a) => `a name of up to ${a.lengthMax} characters fits, as long as nothing is deployed yet`,
  },
  'MESH-E248': {
    title: "Argo CD's own project",
    message: (a) => `delivery.argocd.project ${a.project} is a project of Argo CD itself`,
    help: () => 'choose a name of its own: the project is limited to this mesh, and would stop whatever else uses it',
  },
  'MESH-W249': {
    title: 'a repository that is read without encryption',
    message: (a) => `the engines would read ${a.host} over http, where anybody on the way can change what they apply`,
    help: () => 'use https or ssh',
  },
}
