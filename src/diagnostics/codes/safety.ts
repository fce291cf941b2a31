/** MESH-…9NN: what is well said, and would not work for all that: the user's own objects, networks, sizes. */
import type { Entries } from '../entry.ts'

/** An object of the user's: `DestinationRule foo/default`. */
interface Owned {
  readonly cluster: string
  readonly object: string
}

export interface SafetyArgs {
  'MESH-W900': { readonly cluster: string; readonly what: string; readonly problem: string }
  'MESH-E901': Owned & { readonly hosts: readonly string[]; readonly pattern: string; readonly namespace: string }
  'MESH-W902': Owned & { readonly hosts: readonly string[]; readonly pattern: string; readonly namespace: string }
  'MESH-E903': Owned & { readonly host: string }
  'MESH-W904': Owned & { readonly host: string }
  'MESH-E905': Owned & { readonly problem: string }
  'MESH-E906': Owned & {
    readonly namespace: string
    readonly hosts: readonly string[]
    readonly importNamespace: string
  }
  'MESH-W907': Owned & { readonly hosts: readonly string[]; readonly importNamespace: string }
  'MESH-E908': Owned & { readonly namespace: string; readonly labels: readonly string[] }
  'MESH-E909': Owned & { readonly service: string; readonly ports: readonly number[] }
  'MESH-E910': Owned & { readonly service: string; readonly port: number; readonly mode: string }
  'MESH-W911': Owned & { readonly service: string }
  'MESH-E922': Owned & { readonly service: string; readonly subsets: readonly string[] }
  'MESH-E923': Owned & { readonly service: string }
  'MESH-E912': Owned & { readonly service: string; readonly problem: string }
  'MESH-W913': Owned & { readonly service: string }
  'MESH-W914': Owned & { readonly address: string; readonly pool: string }
  'MESH-W920': {
    readonly service: string
    readonly consumer: string
    readonly provider: string
    readonly address: string
    readonly near: string
    readonly far: string
  }
  'MESH-W921': { readonly cluster: string; readonly objects: number; readonly objectsMax: number }
}

const some = (hosts: readonly string[]): string =>
  hosts.length <= 3 ? hosts.join(', ') : `${hosts.slice(0, 3).join(', ')} and ${hosts.length - 3} more`

const LOOKUP =
  'A sidecar takes the DestinationRules of its own namespace first, then those beside the ServiceEntry, then those of the root namespace, and of the first place that has any for the host the one with the most specific host, whole. Without the generated rule it sends no SNI that the gateway of the other cluster knows, and every call of the host fails.'

export const safetyCodes: Entries<SafetyArgs> = {
  'MESH-W900': {
    title: 'a manifest that cannot be judged',
    message: (a) => `${a.what} of ${a.cluster} is not judged: ${a.problem}`,
    help: () => 'name rendered manifests in clusters[].manifests, with their namespaces',
  },
  'MESH-E901': {
    title: 'a DestinationRule that hides a generated one',
    message: (a) =>
      `in ${a.cluster}, ${a.object} (host ${a.pattern}) takes the place of the generated rule for ${some(a.hosts)} in ${a.namespace}: calls would carry no SNI that their gateway knows`,
    help: () => 'give it a narrower host, such as *.<namespace>.svc.cluster.local',
    explanation: LOOKUP,
  },
  'MESH-W902': {
    title: 'a DestinationRule that may hide generated ones',
    message: (a) =>
      `in ${a.cluster}, ${a.object} (host ${a.pattern}) takes the place of the generated rule for ${some(a.hosts)}: a call from ${a.namespace}, which may call, would fail`,
    help: () => 'give it a narrower host, or name the namespaces that call in consumers[].namespaces',
    explanation: LOOKUP,
  },
  'MESH-E903': {
    title: 'a second ServiceEntry for a host',
    message: (a) => `in ${a.cluster}, ${a.object} is for ${a.host} too: of two, Istio takes the older one`,
    help: () => 'remove it, or remove the cluster from the consumers of the host',
  },
  'MESH-W904': {
    title: 'a VirtualService for a host of the mesh',
    message: (a) =>
      `in ${a.cluster}, ${a.object} routes calls of ${a.host}: they go where it says, whatever is told here of providers`,
    help: () => 'make sure that each of its destinations is the host itself, with ports that it has',
  },
  'MESH-E905': {
    title: 'another Gateway on the port of the mesh',
    message: (a) => `in ${a.cluster}, ${a.object} listens on 15443 of the same pods: ${a.problem}`,
    help: () => 'remove that server, or let the mesh have gateway pods of its own, by gateway.selector',
    explanation:
      'The servers of all Gateways that select a pod become one listener for each port. Of two servers with the same host the second is left out without a word, and hosts that overlap give two filter chains with the same match, for which Envoy refuses the listener: nobody gets in any more. The usual cross-network-gateway with the host *.local is such a one.',
  },
  'MESH-E906': {
    title: 'a Sidecar that hides what is imported',
    message: (a) =>
      `in ${a.cluster}, ${a.object} does not let ${a.namespace} see ${some(a.hosts)}, and it is named as their consumer`,
    help: (a) => `add ${a.importNamespace}/* to its egress hosts, or the single hosts`,
    explanation:
      'With egress hosts a Sidecar says all that the sidecars of its namespace know. One without a workloadSelector in the root namespace is for every namespace that has none of its own.',
  },
  'MESH-W907': {
    title: 'a default Sidecar that hides what is imported',
    message: (a) =>
      `in ${a.cluster}, ${a.object} is for every namespace without a Sidecar of its own, and hides ${some(a.hosts)}, which all namespaces may call`,
    help: (a) => `add ${a.importNamespace}/* to its egress hosts`,
  },
  'MESH-E908': {
    title: 'a namespace that istiod does not look at',
    message: (a) =>
      `in ${a.cluster}, the discoverySelectors of ${a.object} leave out the namespace ${a.namespace}, labelled ${a.labels.join(', ')}: nothing in it would count`,
    help: () => 'give that namespace the label that is asked for, by importNamespace.labels',
  },
  'MESH-E909': {
    title: 'a provider without mutual TLS',
    message: (a) =>
      `in ${a.cluster}, ${a.object} turns mutual TLS off for ${a.service}${a.ports.length === 0 ? '' : ` on port ${a.ports.join(', ')} of its pods`}: its gateway then has nobody to pass calls on to`,
    help: () => 'write PERMISSIVE in place of DISABLE for the pods that other clusters call',
    explanation:
      'The gateway passes connections on without opening them, so the pods themselves must take mutual TLS. Istio leaves every endpoint that does not out of what the gateway may reach.',
  },
  'MESH-E910': {
    title: 'a provider whose own rule turns mutual TLS off',
    message: (a) =>
      `in ${a.cluster}, ${a.object} says tls mode ${a.mode} for ${a.service}, port ${a.port}: its gateway then has nobody to pass calls on to`,
    help: () =>
      'remove tls from it or write ISTIO_MUTUAL, or keep it from the namespace of the gateway by exportTo: ["."]',
    explanation:
      'The gateway looks rules up as a sidecar does: those of its own namespace first, then those of the namespace of the service, then those of the root namespace. Where the one that it finds says another TLS mode than ISTIO_MUTUAL, Istio leaves all endpoints out, since they would not be reached by mutual TLS.',
  },
  'MESH-W911': {
    title: 'a provider that lets nobody in',
    message: (a) => `in ${a.cluster}, ${a.object} lets nobody call ${a.service}, and no other policy does`,
    help: () => 'say in authorization of the service who may call it, or add a policy that allows it',
  },
  'MESH-E912': {
    title: 'a Service that is not what is exported',
    message: (a) => `in ${a.cluster}, ${a.object} ${a.problem}, and ${a.service} is called there`,
    help: () => 'the port of the intent is the port of the Service: make the two alike',
  },
  'MESH-W913': {
    title: 'a Service without selector',
    message: (a) =>
      `in ${a.cluster}, ${a.object} has no selector: whatever else is behind ${a.service} must have sidecars`,
    help: () => 'endpoints that are not pods with sidecars are left out by the gateway',
  },
  'MESH-W914': {
    title: 'an address of the pool in use',
    message: (a) =>
      `in ${a.cluster}, ${a.object} has the address ${a.address}, which is of the pool ${a.pool} of the mesh`,
    help: () => 'take another one, or keep it out of the pool by addresses.exclude',
  },
  'MESH-E922': {
    title: 'a rule without the subsets that it is said to have',
    message: (a) => `in ${a.cluster}, ${a.object} has no subset ${a.subsets.join(', ')} of ${a.service}`,
    help: () =>
      'add it there, or say labels instead of existing: true, so that the rule for the gateway is written from here',
    explanation:
      'Of a service the gateway of a provider takes the rule of its own namespace, else that of the namespace of the service, else that of the root namespace. Calls for a subset that this rule does not have are refused.',
  },
  'MESH-E923': {
    title: 'two rules for the gateway',
    message: (a) =>
      `in ${a.cluster}, ${a.object} is for ${a.service} and in the namespace of the gateway, where the one with its subsets is written from here`,
    help: () =>
      'move yours to the namespace of the service, or put the subsets into it and say existing: true at all of them',
    explanation:
      'Istio merges two rules for one host in one namespace; of subsets with one name the older one is taken.',
  },
  'MESH-W920': {
    title: 'a gateway that a consumer cannot reach',
    message: (a) =>
      `${a.consumer} is in network ${a.near} and calls ${a.service} in ${a.provider}, whose gateway has the private address ${a.address} in network ${a.far}`,
    help: () =>
      'name one network among the peers of the other if they are routed to each other, or give a public address',
  },
  'MESH-W921': {
    title: 'more objects than are applied quickly',
    message: (a) =>
      `${a.cluster} gets about ${a.objects} objects in one folder; from ${a.objectsMax} on kustomize takes longer than in proportion`,
    help: () => 'limit consumers to the clusters that really call',
    explanation:
      'kustomize build, as Argo CD and Flux run it, took 2 seconds for 2,000 objects, 8 for 4,000, 20 for 6,000 and more than a minute for 8,000. Each host that a cluster imports is two objects.',
  },
}
