/** MESH-…2NN: what the intent says, beyond its shape. */
import type { Entries } from '../entry.ts'

export interface MeshArgs {
  'MESH-E201': { readonly what: string; readonly value: string }
  'MESH-E202': { readonly cluster: string }
  'MESH-E203': { readonly service: string }
  'MESH-E204': { readonly service: string; readonly port: string }
  'MESH-E205': { readonly where: string; readonly port: number }
  'MESH-E206': { readonly host: string; readonly length: number; readonly lengthMax: number }
  'MESH-E207': { readonly cluster: string; readonly suggestion?: string }
  'MESH-E208': { readonly owner: string; readonly field: string; readonly why: string }
  'MESH-E210': { readonly service: string; readonly cluster: string; readonly version: string }
  'MESH-E211': { readonly version: string; readonly reason: string }
  'MESH-W212': { readonly cluster: string; readonly version: string }
  'MESH-E213': { readonly address: string; readonly problem: string }
  'MESH-W214': { readonly service: string }
  'MESH-E215': { readonly where: string; readonly value: string }
  'MESH-E216': { readonly what: string; readonly value: string }
  'MESH-E217': { readonly key: string; readonly value: string }
  'MESH-E218': { readonly path: string }
  'MESH-E219': { readonly value: string }
  'MESH-E220': { readonly service: string; readonly cluster: string }
  'MESH-E221': { readonly block: string; readonly problem: string; readonly suggestion?: string }
  'MESH-E222': { readonly namespace: string }
  'MESH-E223': { readonly suffix: string; readonly zone: string; readonly owner: string }
  'MESH-W224': { readonly cluster: string; readonly namespace: string }
  'MESH-W225': { readonly address: string; readonly clusters: readonly string[] }
  'MESH-E257': { readonly root: string }
  'MESH-E258': { readonly active: readonly string[] }
  'MESH-E259': { readonly cluster: string; readonly alias: string; readonly other: string }
  'MESH-E269': {
    readonly service: string
    readonly callers: readonly string[]
    readonly providers: readonly string[]
  }
  'MESH-E260': { readonly service: string; readonly namespace: string; readonly wants: string }
  'MESH-E261': { readonly service: string; readonly clusters: readonly string[] }
  'MESH-E262': { readonly service: string; readonly caller: string; readonly own: boolean }
  'MESH-E263': { readonly service: string; readonly namespace: string; readonly cluster: string }
  'MESH-W264': {
    readonly service: string
    readonly cluster: string
    readonly namespaces: readonly string[]
    readonly trustDomain: string
  }
  'MESH-W265': { readonly service: string; readonly consumers: readonly string[] }
  'MESH-W266': { readonly service: string; readonly others: readonly string[] }
}

const meant = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : `did you mean ${suggestion}? `

export const meshCodes: Entries<MeshArgs> = {
  'MESH-E201': {
    title: 'not a DNS label',
    message: (a) => `${a.what} ${JSON.stringify(a.value)} is not a DNS label`,
    help: () => 'use 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends',
  },
  'MESH-E202': {
    title: 'a cluster twice',
    message: (a) => `cluster ${a.cluster} is there twice`,
    help: () => 'rename or remove one of them',
  },
  'MESH-E203': {
    title: 'a service twice',
    message: (a) => `service ${a.service} is there twice`,
    help: () => 'a host has one entry: merge the two, or remove one of them',
  },
  'MESH-E204': {
    title: 'a port twice',
    message: (a) => `${a.service} has ${a.port} twice`,
    help: () =>
      'port names are unique within a service, and so are the numbers that consumers dial (consumerPort, else port)',
  },
  'MESH-E205': {
    title: 'a port out of range',
    message: (a) => `${a.where} ${a.port} is not a port`,
    help: () => 'ports are 1 to 65535',
  },
  'MESH-E206': {
    title: 'a host that is too long',
    message: (a) => `${a.host} has ${a.length} characters; a DNS name has at most ${a.lengthMax}`,
    help: () => 'shorten the service, the namespace or the suffix',
  },
  'MESH-E207': {
    title: 'an unknown cluster',
    message: (a) => `there is no cluster ${a.cluster}`,
    help: (a) => `${meant(a.suggestion)}name one of clusters[].name`,
  },
  'MESH-E208': {
    title: 'something that must be said is missing',
    message: (a) => `${a.owner} has no ${a.field}`,
    help: (a) => a.why,
    explanation:
      'A few fields have no default on purpose: a wrong guess would harm a live mesh, or leave everybody waiting for something that nobody does. They can be said once for all, in defaults.cluster or defaults.service.',
  },
  'MESH-E210': {
    title: 'a provider that consumes itself',
    message: (a) =>
      `${a.cluster} runs ${a.service} and is named as its consumer, but before Istio 1.30 (${a.version}) it could not prefer its own pods`,
    help: () =>
      'remove it from consumers, and let pods of that cluster call the local name of the service; or upgrade its Istio',
    explanation:
      'A cluster that runs a service and calls it by its host reaches its own pods first, as an endpoint under the name of the Service. Istio keeps such an order among names from 1.30 on only; before, half of the calls would go to other clusters.',
  },
  'MESH-E211': {
    title: 'an Istio version that cannot be served',
    message: (a) => `Istio ${a.version} is not supported: ${a.reason}`,
    help: () => 'use Istio 1.22 or later; 1.30 and 1.31 are proven',
  },
  'MESH-W212': {
    title: 'an Istio version that is not proven',
    message: (a) => `the objects for Istio ${a.version} (${a.cluster}) were checked against its sources, but never run`,
    help: () => '1.30 and 1.31 are proven; try this cluster with one service first',
  },
  'MESH-E213': {
    title: 'not a gateway address',
    message: (a) => `gateway address ${JSON.stringify(a.address)} ${a.problem}`,
    help: () => "give an IP address or DNS name of the gateway's load balancer",
  },
  'MESH-W214': {
    title: 'a service without service accounts',
    message: (a) => `${a.service} names no serviceAccounts: any workload of the mesh could answer in its place`,
    help: () => "add serviceAccounts: [NAME], the service account of the service's pods",
    explanation:
      'Callers hold the identity in the certificate that answers against the service accounts named here. Without them no subjectAltNames are written, and a caller takes every workload of the mesh, in whatever cluster, for the service.',
  },
  'MESH-E215': {
    title: 'not a number of days',
    message: (a) => `${a.where} ${JSON.stringify(a.value)} is not a number of days`,
    help: () => 'write 1d to 36500d, such as 730d',
  },
  'MESH-E216': {
    title: 'not a DNS name',
    message: (a) => `${a.what} ${JSON.stringify(a.value)} is not a DNS name`,
    help: () => 'use labels of lower-case letters, digits and hyphens, joined by single dots, without a dot at the end',
  },
  'MESH-E217': {
    title: 'not a Kubernetes label',
    message: (a) => `label ${a.key}: ${JSON.stringify(a.value)} is not a Kubernetes label`,
    help: () => 'keys and values have at most 63 letters, digits, -, _ and . with a letter or digit at both ends',
  },
  'MESH-E218': {
    title: 'a path outside of the folder',
    message: (a) => `path ${JSON.stringify(a.path)} does not stay in the folder of the mesh file`,
    help: () =>
      'name a file beside or below the mesh file, with forward slashes: publish reads it from the same commit',
    explanation:
      'publish renders from a commit, so what the intent names must be in the same repository, below the folder of the mesh file. A path that leads out of it would give another output on another machine.',
  },
  'MESH-E219': {
    title: 'not a locality',
    message: (a) => `locality ${JSON.stringify(a.value)} is not region or region/zone`,
    help: () => 'use the value of the topology.kubernetes.io/region label, and of /zone behind a slash',
  },
  'MESH-E220': {
    title: 'a consumer twice',
    message: (a) => `${a.service} names consumer ${a.cluster} twice`,
    help: () => 'merge their namespaces',
  },
  'MESH-E221': {
    title: 'not a network',
    message: (a) => `${JSON.stringify(a.block)} ${a.problem}`,
    help: (a) => `${meant(a.suggestion)}write an IPv4 block such as 10.0.0.0/8`,
  },
  'MESH-E222': {
    title: 'a namespace whose file would hide another',
    message: (a) =>
      `namespace ${a.namespace} would need the file services/${a.namespace}.yaml, which Kustomize reads as its index`,
    help: () => 'services of that namespace cannot be exported: move the service',
  },
  'MESH-E223': {
    title: 'a suffix that would hide other names',
    message: (a) => `hostSuffix ${a.suffix} and ${a.zone}, ${a.owner}, lie within each other`,
    help: () => 'every name below the suffix is answered by the mesh: choose a suffix of its own, such as global',
    explanation:
      'CoreDNS answers every name below the suffix from the hosts of the mesh, and says of all others that they do not exist. Where the suffix lies within a zone that the cluster answers already, or the other way round, names of one of the two would vanish from the whole cluster.',
  },
  'MESH-W224': {
    title: 'labels that are not applied',
    message: (a) =>
      `the labels of importNamespace are not applied in ${a.cluster}: ${a.namespace} belongs to the Istio install`,
    help: () => 'label that namespace where it is made, or let imports live in a namespace of their own',
  },
  'MESH-W225': {
    title: 'one gateway address for several clusters',
    message: (a) => `${a.clusters.join(' and ')} have the same gateway address ${a.address}`,
    help: () => 'traffic for one of them would reach the other: is that a copy and paste?',
    explanation:
      'A gateway passes a connection on by its SNI, and knows the services of its own cluster only. Two clusters behind one address make sense only where something in between tells them apart.',
  },
  'MESH-E257': {
    title: 'a root that is named twice',
    message: (a) => `root ${a.root} is named twice`,
    help: () => 'each root has an id of its own',
  },
  'MESH-E258': {
    title: 'not one root that signs',
    message: (a) => (a.active.length === 0 ? 'no root is active' : `${a.active.join(' and ')} are all active`),
    help: () => 'one root is active and signs; the others are trusted or retired',
  },
  'MESH-E259': {
    title: 'a former trust domain that is in use',
    message: (a) => `${a.alias}, a trust domain that ${a.cluster} had, is that of ${a.other}`,
    help: () =>
      'an alias makes the identities of both domains one: give it up, or give the other cluster another domain',
  },
  'MESH-E269': {
    title: 'callers of cluster.local',
    message: (a) =>
      `callers of ${a.service} in ${a.callers.join(', ')} are of trust domain cluster.local, which ${a.providers.join(', ')} would take for its own`,
    help: (a) =>
      `give ${a.callers.join(', ')} a trustDomain of their own, with trustDomainAliases: [cluster.local] until no certificate of it is left; or give all clusters one trust domain`,
    explanation:
      'In a policy, Istio reads cluster.local as the trust domain of the cluster that the policy is in. A rule for callers of another cluster would let in the same namespace of the own one.',
  },
  'MESH-E260': {
    title: 'a policy without labels',
    message: (a) => `${a.service} says ${a.wants}, but not which pods it has`,
    help: (a) =>
      `add workload.labels, those of the Service's selector: without them a policy would hold for the whole namespace ${a.namespace}`,
  },
  'MESH-E261': {
    title: 'local callers that nobody thought of',
    message: (a) => `authorization of ${a.service} does not say who may call within ${a.clusters.join(' and ')} itself`,
    help: () =>
      'everybody there who is not in authorization.local is refused: other namespaces, ingress gateways, metrics scrapers that come to the pods themselves, and what has no sidecar (not the probes of the kubelet, which Istio answers); local: [] refuses them all',
    explanation:
      'An AuthorizationPolicy that allows somebody refuses everybody else at these pods, on every one of their ports, also callers of which the mesh knows nothing. Callers in other clusters are in from; those in the same cluster are only known to you.',
  },
  'MESH-E262': {
    title: 'a caller that is no consumer',
    message: (a) => `authorization lets ${a.caller} call ${a.service}, and consumers does not have it`,
    help: (a) =>
      a.own
        ? 'callers in the cluster that runs it belong into authorization.local'
        : 'who is not in consumers does not see the host: add it there, or remove it here',
  },
  'MESH-E263': {
    title: 'a policy that would hold everywhere',
    message: (a) => `${a.service} is in ${a.namespace}, the root namespace of Istio in ${a.cluster}`,
    help: () =>
      'a policy in that namespace holds for pods with these labels in every namespace: move the service, or write the policy yourself',
    explanation:
      'Istio takes policies in its root namespace for policies of the whole cluster. A selector limits them to pods with these labels, but in every namespace.',
  },
  'MESH-W264': {
    title: 'a cluster that a rule cannot tell from others',
    message: (a) =>
      `namespace ${a.namespaces.join(', ')} of every cluster may call ${a.service}, not of ${a.cluster} alone: all of trust domain ${a.trustDomain} look the same`,
    help: (a) =>
      `leave cluster out if that is meant; else give ${a.cluster} a trustDomain of its own, or name namespaces or serviceAccounts that no other cluster has`,
    explanation:
      'A policy sees the identity in the certificate of the caller: trust domain, namespace and service account, and no cluster. Clusters of one trust domain give the same identity to the same namespace and account.',
  },
  'MESH-W265': {
    title: 'consumers that may not call',
    message: (a) => `${a.service} can be seen and not called by ${a.consumers.join('; ')}`,
    help: () => 'their calls are refused: add them to authorization.from, or narrow consumers',
  },
  'MESH-W266': {
    title: 'a policy for pods of another service',
    message: (a) => `the labels of ${a.service} select the pods of ${a.others.join(', ')} too, and so does its policy`,
    help: () =>
      'who calls these needs to be let in as well: give workload.labels that only its own pods have, or authorization and targetPort to both',
  },
}
