/** MESH-E74NN and MESH-E75NN: whether the hosts of a rendered output lead anywhere. */
import type { Entries } from '../entry.ts'

export interface RouteArgs {
  'MESH-E729': { readonly object: string; readonly found: string }
  'MESH-E730': { readonly host: string; readonly found: string }
  'MESH-E731': { readonly host: string }
  'MESH-E732': { readonly address: string; readonly host: string; readonly other: string }
  'MESH-E733': { readonly host: string; readonly found: string; readonly others: string }
  'MESH-E734': { readonly object: string }
  'MESH-E735': { readonly object: string; readonly field: string; readonly found: string; readonly wanted: string }
  'MESH-E736': { readonly host: string; readonly port: number; readonly found: string }
  'MESH-E737': { readonly host: string; readonly port: number; readonly found: string; readonly wanted: string }
  'MESH-E738': { readonly host: string; readonly provider: string; readonly localName: string }
  'MESH-E739': { readonly host: string; readonly found: string }
  'MESH-E740': { readonly host: string; readonly cluster: string; readonly found: string }
  'MESH-E741': { readonly host: string; readonly address: string }
  'MESH-E742': { readonly host: string; readonly found: string }
  'MESH-E743': { readonly host: string; readonly cluster: string }
  'MESH-E744': { readonly object: string; readonly detail: string }
  'MESH-E745': { readonly host: string; readonly detail: string }
  'MESH-E746': { readonly object: string }
  'MESH-E747': { readonly host: string; readonly names: readonly string[] }
  'MESH-E748': { readonly count: number }
  'MESH-E749': { readonly host: string; readonly address: string }
  'MESH-E758': { readonly host: string; readonly found: string; readonly namespace: string }
  'MESH-E759': { readonly object: string }
  'MESH-E760': { readonly object: string; readonly field: string; readonly found: string }
  'MESH-E761': { readonly host: string; readonly found: readonly string[]; readonly wanted: readonly string[] }
  'MESH-E762': { readonly caller: string; readonly provider: string; readonly found: string }
  'MESH-E763': { readonly host: string; readonly provider: string; readonly found: string; readonly others: string }
  'MESH-E764': { readonly host: string; readonly place: string; readonly provider: string; readonly other: string }
  'MESH-E766': { readonly host: string; readonly detail: string }
  'MESH-E767': { readonly host: string; readonly found: string; readonly others: string }
  'MESH-E793': { readonly host: string; readonly port: number; readonly protocol: string }
  'MESH-E794': { readonly host: string; readonly found: string; readonly wanted: string }
  'MESH-E795': { readonly host: string; readonly found: string; readonly others: string }
  'MESH-E796': { readonly host: string; readonly cluster: string }
  'MESH-E750': { readonly host: string; readonly found: string; readonly wanted: string }
  'MESH-E751': { readonly host: string }
  'MESH-E752': { readonly zone: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'

const serviceCodes = {
  'MESH-E729': {
    title: 'a ServiceEntry without its one host',
    message: (a) => `${a.object}: expected one host like service.namespace.suffix, found ${a.found}`,
    help: again,
  },
  'MESH-E730': {
    title: 'a host without its one address',
    message: (a) => `${a.host}: expected one IPv4 address, found ${a.found}`,
    help: again,
  },
  'MESH-E731': {
    title: 'a host twice in one cluster',
    message: (a) => `a second ServiceEntry has host ${a.host}`,
    help: () => 'istiod takes one of them, and not always the same: leave one',
  },
  'MESH-E732': {
    title: 'one address for two hosts',
    message: (a) => `${a.host} has address ${a.address}, which is that of ${a.other}`,
    help: () => 'traffic for one would reach the other: do not apply it, and generate again',
    explanation:
      'The sidecar looks at the address to tell which host is meant. With one address for two of them, some requests reach the wrong service, under mutual TLS and without an error.',
  },
  'MESH-E733': {
    title: 'a host with different addresses',
    message: (a) => `${a.host} has address ${a.found} here and ${a.others} in other clusters`,
    help: again,
  },
  'MESH-E734': {
    title: 'a host without its DestinationRule',
    message: (a) => `${a.object} has no DestinationRule of the same name`,
    help: () => 'without it sidecars send no SNI that the gateway knows; generate again',
  },
  'MESH-E735': {
    title: 'a DestinationRule that does not fit',
    message: (a) => `${a.object}: ${a.field} is ${a.found}, in the ServiceEntry it is ${a.wanted}`,
    help: again,
  },
  'MESH-E736': {
    title: 'a port without mutual TLS',
    message: (a) => `${a.host}, port ${a.port}: expected one setting with tls mode ISTIO_MUTUAL, found ${a.found}`,
    help: again,
    explanation:
      'The gateway of the provider passes on mutual TLS and nothing else. A port without it would send plain text, or fail.',
  },
  'MESH-E737': {
    title: 'an SNI that leads elsewhere',
    message: (a) => `${a.host}, port ${a.port}: expected SNI ${a.wanted}, found ${a.found}`,
    help: again,
    explanation:
      'The gateway of the provider chooses the service by the SNI alone. With another one the request reaches another service, or none.',
  },
  'MESH-E738': {
    title: 'a host that its provider does not expose',
    message: (a) => `${a.host} leads to ${a.localName}, which the gateway of ${a.provider} does not have`,
    help: () => 'the output of both clusters must be of one run: generate again',
    explanation:
      'A gateway refuses an SNI that it does not expose, so that every call would end at once. The cluster that exposes and the cluster that calls must be applied from the same run, the former first.',
  },
  'MESH-E739': {
    title: 'a host without a known provider',
    message: (a) => `an endpoint of ${a.host} names ${a.found}, and no cluster of this output`,
    help: again,
  },
  'MESH-E740': {
    title: 'an own copy that is not called by its own name',
    message: (a) => `${a.host} leads to ${a.found} for ${a.cluster}`,
    help: again,
  },
  'MESH-E741': {
    title: 'an endpoint without mutual TLS',
    message: (a) => `endpoint ${a.address} of ${a.host} lacks the label security.istio.io/tlsMode: istio`,
    help: () => 'without it sidecars speak plain text to the gateway; generate again',
    explanation:
      'The label tells the sidecar that the other end speaks mutual TLS. Without it the request leaves in plain text.',
  },
  'MESH-E742': {
    title: 'a resolution that does not fit',
    message: (a) => `${a.host} has ${a.found}`,
    help: () => 'STATIC is for IP addresses, DNS for names',
  },
  'MESH-E743': {
    title: 'a host with different identities',
    message: (a) => `${a.cluster} accepts other subjectAltNames for ${a.host} than the other clusters do`,
    help: again,
    explanation:
      'A host is one service, whoever calls it. Where clusters accept different identities for it, some of them accept one that is not meant, or refuse the right one.',
  },
  'MESH-E744': {
    title: 'a Gateway that is not as it must be',
    message: (a) => `${a.object}: ${a.detail}`,
    help: () => 'expected one Gateway with one AUTO_PASSTHROUGH server of exact hosts on port 15443',
  },
  'MESH-E745': {
    title: 'ports or endpoints that do not fit',
    message: (a) => `${a.host}: ${a.detail}`,
    help: again,
  },
  'MESH-E746': {
    title: 'a DestinationRule without a ServiceEntry',
    message: (a) => `${a.object} belongs to no ServiceEntry of the same name`,
    help: again,
  },
  'MESH-E758': {
    title: 'an identity of another namespace',
    message: (a) => `${a.host} may be answered by ${a.found}, which is no account of namespace ${a.namespace}`,
    help: () => 'generate the output again; if it stays, do not apply it: a stranger could answer in its place',
    explanation:
      'Callers accept whoever shows one of these identities. One of another namespace lets its owners answer in the place of the service.',
  },
  'MESH-E747': {
    title: 'a host with several names inside its provider',
    message: (a) => `${a.host} leads to ${a.names.join(' and ')}, unlike in another port or cluster`,
    help: again,
  },
} satisfies Partial<Entries<RouteArgs>>

const agreementCodes = {
  'MESH-E759': {
    title: 'an object that meshwright never writes',
    message: (a) => `${a.object} is of a kind that does not belong here`,
    help: () => 'what is yours goes to a folder of its own, which your GitOps engine applies beside this one',
  },
  'MESH-E760': {
    title: 'a field or value that meshwright never writes',
    message: (a) => `${a.object}: ${a.field} is ${a.found}`,
    help: again,
  },
  'MESH-E761': {
    title: 'an identity of another trust domain',
    message: (a) =>
      `${a.host} may be answered by identities of ${a.found.join(', ')}, but who answers is of ${a.wanted.join(', ')}`,
    help: again,
  },
  'MESH-E762': {
    title: 'a trust domain that is not let in',
    message: (a) => `${a.caller} calls ${a.provider}, which does not take identities of ${a.found}`,
    help: again,
  },
  'MESH-E763': {
    title: 'a gateway that is reached in different places',
    message: (a) => `${a.host} reaches the gateway of ${a.provider} at ${a.found}, other imports at ${a.others}`,
    help: again,
  },
  'MESH-E764': {
    title: 'one gateway for two clusters',
    message: (a) => `${a.host} takes ${a.place} for the gateway of ${a.provider}; it is that of ${a.other}`,
    help: again,
  },
  'MESH-E766': {
    title: 'a choice among clusters that does not fit',
    message: (a) => `${a.host}: ${a.detail}`,
    help: again,
  },
  'MESH-E767': {
    title: 'a host with different providers',
    message: (a) => `${a.host} is served by ${a.found} here, and by ${a.others} in other clusters`,
    help: again,
  },
  'MESH-E795': {
    title: 'a host with different ports',
    message: (a) => `${a.host} has ports ${a.found} here, and ${a.others} in other clusters`,
    help: again,
  },
  'MESH-E796': {
    title: 'a host with different settings',
    message: (a) => `connections from ${a.cluster} to ${a.host} have other settings than those from other clusters`,
    help: again,
  },
  'MESH-E793': {
    title: 'settings of HTTP where there is none',
    message: (a) => `port ${a.port} of ${a.host} speaks ${a.protocol}, and has settings for HTTP`,
    help: again,
  },
  'MESH-E794': {
    title: 'settings that do not reach',
    message: (a) => `listeners for ${a.host} take ${a.found} from the rule, and its ports say ${a.wanted}`,
    help: again,
    explanation:
      'For ports that are no HTTP, Istio reads maxConnectionDuration, idleTimeout and useSourceIp from the policy of the whole DestinationRule, never from that of a port.',
  },
} satisfies Partial<Entries<RouteArgs>>

const dnsCodes = {
  'MESH-E748': {
    title: 'no DNS overlay',
    message: (a) => `expected one ConfigMap kube-system/coredns, found ${a.count}`,
    help: () => 'it stands for the whole DNS of the cluster: generate again',
  },
  'MESH-E749': {
    title: 'a host without a DNS record',
    message: (a) => `${a.host} is not in the Corefile; it would have ${a.address}`,
    help: again,
  },
  'MESH-E750': {
    title: 'a DNS record with another address',
    message: (a) => `${a.host} is ${a.found} in the Corefile, and ${a.wanted} in its ServiceEntry`,
    help: again,
  },
  'MESH-E751': {
    title: 'a name without a route',
    message: (a) => `${a.host} is in the Corefile, and this cluster has no ServiceEntry for it`,
    help: again,
  },
  'MESH-E752': {
    title: 'no block for the hosts',
    message: (a) => `expected one readable server block for ${a.zone} in the Corefile`,
    help: again,
  },
} satisfies Partial<Entries<RouteArgs>>

export const routeCodes: Entries<RouteArgs> = { ...serviceCodes, ...agreementCodes, ...dnsCodes }
