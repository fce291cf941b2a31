/** MESH-…8NN: what the intent wants, held against the lock. */
import type { Entries } from '../entry.ts'

export interface PlanArgs {
  'MESH-W801': { readonly host: string; readonly cluster: string; readonly ports?: readonly number[] }
  'MESH-E802': { readonly cluster: string; readonly current: string }
  'MESH-E803': {
    readonly cluster: string
    readonly wanted: number
    readonly locked: number
    readonly removed: boolean
  }
  'MESH-E804': {
    readonly cluster: string
    readonly locked: string
    readonly wanted: string
    readonly generation: number
  }
  'MESH-E805': { readonly root: string }
  'MESH-E806': { readonly clusters: readonly string[]; readonly root: string; readonly peers: readonly string[] }
  'MESH-E807': { readonly root: string; readonly problem: string }
  'MESH-W808': { readonly root: string; readonly date: string }
  'MESH-W809': { readonly cluster: string; readonly date: string; readonly days: number; readonly generation: number }
  'MESH-E810': { readonly cluster: string; readonly problem: string }
  'MESH-E811': { readonly cluster: string; readonly path: string }
  'MESH-E812': { readonly cluster: string; readonly path: string }
  'MESH-W813': { readonly cluster: string; readonly date: string }
  'MESH-E814': { readonly host: string }
  'MESH-E815': { readonly cluster: string; readonly hosts: readonly string[] }
  'MESH-W820': { readonly host: string; readonly cluster: string; readonly consumers: readonly string[] }
  'MESH-E817': { readonly clusters: readonly string[]; readonly root: string; readonly peers: readonly string[] }
  'MESH-E818': {
    readonly clusters: readonly string[]
    readonly added: readonly string[]
    readonly dropped: readonly string[]
  }
  'MESH-E819': { readonly clusters: readonly string[] }
  'MESH-E816': { readonly root: string; readonly clusters: readonly string[] }
  'MESH-E872': {
    readonly host: string
    readonly cluster: string
    readonly ours: readonly string[]
    readonly theirs: readonly string[]
  }
  'MESH-E880': { readonly task: string }
  'MESH-E881': { readonly path: string; readonly what: string }
}

const names = (all: readonly string[]): string => all.join(', ')

/** What makes the folder of a file that is to be fetched. */
const makeFolder = (path: string): string =>
  path.includes('/') ? `mkdir -p ${path.slice(0, path.lastIndexOf('/'))} && ` : ''

export const planCodes: Entries<PlanArgs> = {
  'MESH-W801': {
    title: 'a retiring exposure',
    message: (a) =>
      `${a.cluster} still exposes ${a.ports === undefined ? '' : `port ${a.ports.join(', ')} of `}${a.host}, so that consumers that have not synced yet are not cut off`,
    help: (a) =>
      a.ports === undefined
        ? `when every consumer has synced: meshwright generate --release ${a.host}`
        : `keep it in the Service; when every consumer has synced: meshwright generate --release ${a.host}`,
    explanation:
      'A host that left the intent, or moved to another cluster, is still called by clusters that have not synced yet. The gateway therefore goes on to expose it until you say that nobody needs it any more.',
  },
  'MESH-E802': {
    title: 'a live cluster would be cut off',
    message: (a) =>
      `${a.cluster} signs with ${a.current === 'self-signed' ? "istiod's self-signed CA" : 'an own cacerts Secret'} today; a new certificate under another root would split its mesh at istiod's next start`,
    help: (a) =>
      `take over what it signs with: meshwright trust import ${a.cluster}${a.current === 'self-signed' ? ' --self-signed' : ''} --from FILE; set trust.current: none only for a cluster whose Istio is not installed`,
    explanation:
      'istiod reads its first cacerts Secret only when it starts. One under a new root would lie there unnoticed until some restart, and from then on istiod would sign what no running workload trusts. Such a cluster must trust both roots first, and change its signer later.',
  },
  'MESH-E803': {
    title: 'a generation that does not follow',
    message: (a) => `${a.cluster} has generation ${a.locked} in the lock, and the intent says ${a.wanted}`,
    help: (a) =>
      a.removed
        ? `the cluster was removed and comes back: write ${a.locked + 1}, or leave it out`
        : `write ${a.locked} to keep the certificate, ${a.locked + 1} to issue a new one, or leave it out`,
    explanation:
      'A generation is one key with its certificate. The lock remembers the last one, so that each is issued once and in order, also for a cluster that was removed and comes back.',
  },
  'MESH-E804': {
    title: 'a sealed key for another namespace',
    message: (a) => `the key of ${a.cluster} is sealed for namespace ${a.locked}; in ${a.wanted} nobody could open it`,
    help: (a) => `put istio.namespace back, or issue a new key with trust.generation: ${a.generation + 1}`,
    explanation:
      'A SealedSecret opens only in the namespace that it was sealed for. istiod would find no cacerts in the new one, and make a CA of its own.',
  },
  'MESH-E805': {
    title: 'there is no root',
    message: (a) => `root ${a.root} is not in the lock`,
    help: (a) =>
      `make it: meshwright trust root create ${a.root}; one that was made elsewhere: meshwright trust root import ${a.root} --certificate FILE; one that a cluster has: meshwright trust import CLUSTER`,
    explanation:
      'The root signs the intermediates of all clusters and is made once. Its certificate goes into mesh.lock/roots, to be committed; its key is encrypted and written outside of any work tree.',
  },
  'MESH-E806': {
    title: 'a root that is in use would be dropped',
    message: (a) =>
      `root ${a.root}, which signed ${names(a.clusters)}, would no longer be trusted by ${names(a.peers)}`,
    help: (a) =>
      `keep it for now: { id: ${a.root}, state: trusted }; retire it in a commit of its own, when every cluster is signed by another root and that is published`,
    explanation:
      'Workloads trust only the roots that they know. While clusters change over one after the other, those with the old and those with the new root would refuse each other.',
  },
  'MESH-E807': {
    title: 'a root that cannot be used',
    message: (a) => `root ${a.root} in the lock ${a.problem}`,
    help: () => 'put mesh.lock back as it is in Git',
  },
  'MESH-W808': {
    title: 'a root that ends soon',
    message: (a) => `root ${a.root} ends on ${a.date}`,
    help: () => 'a root is replaced over weeks, in stages: begin now',
    explanation:
      'When a root ends, everything below it ends with it. A new one must be trusted everywhere before it signs anything.',
  },
  'MESH-W809': {
    title: 'an intermediate that ends soon',
    message: (a) => `the intermediate of ${a.cluster} ends on ${a.date}, in ${a.days} days`,
    help: (a) => `issue a new one: trust.generation: ${a.generation + 1}`,
    explanation:
      'Certificates of workloads end with the intermediate at the latest. A new generation has a new key under the same root, so clusters go on trusting each other during the change.',
  },
  'MESH-E810': {
    title: 'a lock that does not fit together',
    message: (a) => `the lock of ${a.cluster} does not fit together: ${a.problem}`,
    help: () => 'files of two runs were mixed: put mesh.lock back as it is in Git, as a whole',
    explanation:
      'The certificate, the key that is sealed and the root of a cluster are of one run. Put together from different ones, istiod would not start with them, or sign what nobody trusts.',
  },
  'MESH-E811': {
    title: 'no sealing certificate',
    message: (a) => `${a.path} is not there: without it the key of ${a.cluster} cannot be sealed`,
    help: (a) => `fetch it once: ${makeFolder(a.path)}kubeseal --context ${a.cluster} --fetch-cert > ${a.path}`,
  },
  'MESH-E812': {
    title: 'no Corefile',
    message: (a) => `${a.path} is not there: the DNS of ${a.cluster} cannot be rendered without its own Corefile`,
    help: (a) =>
      `fetch it once: ${makeFolder(a.path)}kubectl --context ${a.cluster} -n kube-system get configmap coredns -o jsonpath='{.data.Corefile}' > ${a.path}`,
    explanation:
      "The overlay stands for the ConfigMap kube-system/coredns as a whole. Everything that the cluster's own Corefile says must be in it, with one block more.",
  },
  'MESH-W813': {
    title: 'an intermediate that has ended',
    message: (a) => `the intermediate of ${a.cluster} ended on ${a.date}: istiod does not start with it`,
    help: () => 'issue a new one: raise trust.generation by one',
  },
  'MESH-E814': {
    title: 'nothing to release',
    message: (a) => `${a.host} has no retiring exposure`,
    help: () => 'name a host as <service>.<namespace>; warnings MESH-W801 name those that can be released',
  },
  'MESH-E815': {
    title: 'a cluster that still exposes hosts',
    message: (a) => `${a.cluster} left the intent, but still exposes ${a.hosts.join(', ')}`,
    help: (a) =>
      `others may still call them: put ${a.cluster} back, move or remove its services, and when every consumer has synced, release them (${a.hosts.map((h) => `--release ${h}`).join(' ')}); then remove the cluster`,
    explanation:
      'The gateway of a cluster goes with its output. While it exposes a host, another cluster may still call it, since clusters sync at different times.',
  },
  'MESH-W820': {
    title: 'a provider that is called before it is there',
    message: (a) =>
      `${a.consumers.join(' and ')} may call ${a.host} in ${a.cluster} before its gateway has synced, and is refused then`,
    help: () => 'write state: exposed first, and state: serving when that cluster has it',
    explanation:
      'Clusters sync one by one. A consumer that is first sends calls to a gateway that does not let the service in yet. Where other clusters serve it too, these calls fail over; where it moves from one to another, they fail.',
  },
  'MESH-E816': {
    title: 'a root that is in use is not in the lock',
    message: (a) => `root ${a.root}, which signed ${a.clusters.join(', ')}, is not in the lock`,
    help: (a) =>
      `put mesh.lock/roots/${a.root}.yaml back as it is in Git; a new root of that name would be another one`,
    explanation:
      'A new root of the same name would have another key. Nothing that it signs is trusted where the old one is.',
  },
  'MESH-E817': {
    title: 'a root that signs before it is trusted',
    message: (a) => `root ${a.root} would sign ${names(a.clusters)}, and ${names(a.peers)} did not trust it before`,
    help: (a) =>
      `first let every cluster trust it: { id: ${a.root}, state: trusted }, generate, publish, and wait until all clusters have it; then let it sign`,
    explanation:
      'Clusters take what is published at moments of their own. One that already signs under the new root would be refused by those that have not heard of it. So a root is trusted by everybody in one stage, and signs in the next.',
  },
  'MESH-E818': {
    title: 'roots that come and go at once',
    message: (a) => `${names(a.clusters)} would trust ${names(a.added)} and no longer ${names(a.dropped)}, in one step`,
    help: (a) => `add ${names(a.added)} in one commit, and drop ${names(a.dropped)} in a later one`,
    explanation:
      'istiod takes a new bundle while it runs only if it has all roots of the old one, or none but those. Another one waits for a restart and then cuts every connection at once.',
  },
  'MESH-E819': {
    title: 'two stages in one step',
    message: (a) => `${names(a.clusters)} would get other roots and a new intermediate in one step`,
    help: () => 'change the roots in one commit and the generation in another, and publish each',
    explanation:
      'A new intermediate leaves root-cert.pem as it is, byte for byte; new roots leave the intermediate as it is. So each can be watched, and undone, by itself.',
  },
  'MESH-E872': {
    title: 'subsets of two kinds at one gateway',
    message: (a) =>
      `${a.host} in ${a.cluster} would have ${names(a.theirs)} of a rule of its owners and ${names(a.ours)} of one from here`,
    help: (a) =>
      `change the kind in steps: take all subsets away, publish; when every consumer has synced, meshwright generate --release ${a.host}; then write those of the other kind`,
    explanation:
      'The gateway takes one DestinationRule for a service. A rule from here would hide that of the owners, and calls for subsets that only the other one has would be refused.',
  },
  'MESH-E880': {
    title: 'a lock that is not up to date',
    message: (a) => `to do: ${a.task}`,
    help: () => 'run meshwright generate and commit what it writes',
    explanation:
      'The output is rendered from the lock, and nothing goes live that is in no committed lock. generate gives out what is new and writes it down.',
  },
  'MESH-E881': {
    title: 'a file that is not what the intent gives',
    message: (a) => `${a.path} is ${a.what}`,
    help: () => 'run meshwright generate and commit what it writes',
    explanation:
      'Intent and lock decide every byte of the output. This file was edited by hand, or generate was not run after a change.',
  },
}
