/** MESH-E74NN and MESH-E75NN: whether the hosts of a rendered output lead anywhere. */
import type { Entries } from '../entry.ts'

export interface RouteArgs {
  'MESH-E7401': { readonly object: string; readonly found: string }
  'MESH-E7402': { readonly host: string; readonly found: string }
  'MESH-E7403': { readonly host: string }
  'MESH-E7404': { readonly address: string; readonly host: string; readonly other: string }
  'MESH-E7405': { readonly host: string; readonly found: string; readonly others: string }
  'MESH-E7406': { readonly object: string }
  'MESH-E7407': { readonly object: string; readonly field: string; readonly found: string; readonly wanted: string }
  'MESH-E7408': { readonly host: string; readonly port: number; readonly found: string }
  'MESH-E7409': { readonly host: string; readonly port: number; readonly found: string; readonly wanted: string }
  'MESH-E7410': { readonly host: string; readonly provider: string; readonly localName: string }
  'MESH-E7411': { readonly host: string; readonly found: string }
  'MESH-E7412': { readonly host: string; readonly cluster: string }
  'MESH-E7413': { readonly host: string; readonly address: string }
  'MESH-E7414': { readonly host: string; readonly found: string }
  'MESH-E7415': { readonly host: string; readonly cluster: string }
  'MESH-E7416': { readonly object: string; readonly detail: string }
  'MESH-E7417': { readonly host: string; readonly detail: string }
  'MESH-E7418': { readonly object: string }
  'MESH-E7419': { readonly host: string; readonly names: readonly string[] }
  'MESH-E7501': { readonly count: number }
  'MESH-E7502': { readonly host: string; readonly address: string }
  'MESH-E7503': { readonly host: string; readonly found: string; readonly wanted: string }
  'MESH-E7504': { readonly host: string }
  'MESH-E7505': { readonly zone: string }
}

const again = (): string => 'put back what was generated: meshwright generate, or git checkout -- FILE'

const serviceCodes: Entries<Pick<RouteArgs, `MESH-E74${string}` & keyof RouteArgs>> = {
  'MESH-E7401': {
    title: 'a ServiceEntry without its one host',
    message: (a) => `${a.object}: expected one host like service.namespace.suffix, found ${a.found}`,
    help: again,
  },
  'MESH-E7402': {
    title: 'a host without its one address',
    message: (a) => `${a.host}: expected one IPv4 address, found ${a.found}`,
    help: again,
  },
  'MESH-E7403': {
    title: 'a host twice in one cluster',
    message: (a) => `a second ServiceEntry has host ${a.host}`,
    help: () => 'istiod takes one of them, and not always the same: leave one',
  },
  'MESH-E7404': {
    title: 'one address for two hosts',
    message: (a) => `${a.host} has address ${a.address}, which is that of ${a.other}`,
    help: () => 'traffic for one would reach the other: do not apply it, and generate again',
  },
  'MESH-E7405': {
    title: 'a host with different addresses',
    message: (a) => `${a.host} has address ${a.found} here and ${a.others} in other clusters`,
    help: again,
  },
  'MESH-E7406': {
    title: 'a host without its DestinationRule',
    message: (a) => `${a.object} has no DestinationRule of the same name`,
    help: () => 'without it sidecars send no SNI that the gateway knows; generate again',
  },
  'MESH-E7407': {
    title: 'a DestinationRule that does not fit',
    message: (a) => `${a.object}: ${a.field} is ${a.found}, in the ServiceEntry it is ${a.wanted}`,
    help: again,
  },
  'MESH-E7408': {
    title: 'a port without mutual TLS',
    message: (a) => `${a.host}, port ${a.port}: expected one setting with tls mode ISTIO_MUTUAL, found ${a.found}`,
    help: again,
  },
  'MESH-E7409': {
    title: 'an SNI that leads elsewhere',
    message: (a) => `${a.host}, port ${a.port}: expected SNI ${a.wanted}, found ${a.found}`,
    help: again,
  },
  'MESH-E7410': {
    title: 'a host that its provider does not expose',
    message: (a) => `${a.host} leads to ${a.localName}, which the gateway of ${a.provider} does not have`,
    help: () => 'the output of both clusters must be of one run: generate again',
  },
  'MESH-E7411': {
    title: 'a host without a known provider',
    message: (a) => `an endpoint of ${a.host} names ${a.found}, and no cluster of this output`,
    help: again,
  },
  'MESH-E7412': {
    title: 'a cluster that imports its own host',
    message: (a) => `${a.host} is run by ${a.cluster} itself`,
    help: again,
  },
  'MESH-E7413': {
    title: 'an endpoint without mutual TLS',
    message: (a) => `endpoint ${a.address} of ${a.host} lacks the label security.istio.io/tlsMode: istio`,
    help: () => 'without it sidecars speak plain text to the gateway; generate again',
  },
  'MESH-E7414': {
    title: 'a resolution that does not fit',
    message: (a) => `${a.host} has ${a.found}`,
    help: () => 'STATIC is for IPv4 addresses, DNS for names',
  },
  'MESH-E7415': {
    title: 'a host with different identities',
    message: (a) => `${a.cluster} accepts other subjectAltNames for ${a.host} than the other clusters do`,
    help: again,
  },
  'MESH-E7416': {
    title: 'a Gateway that is not as it must be',
    message: (a) => `${a.object}: ${a.detail}`,
    help: () => 'expected one Gateway with one AUTO_PASSTHROUGH server of exact hosts on port 15443',
  },
  'MESH-E7417': {
    title: 'ports or endpoints that do not fit',
    message: (a) => `${a.host}: ${a.detail}`,
    help: again,
  },
  'MESH-E7418': {
    title: 'a DestinationRule without a ServiceEntry',
    message: (a) => `${a.object} belongs to no ServiceEntry of the same name`,
    help: again,
  },
  'MESH-E7419': {
    title: 'a host with several names inside its provider',
    message: (a) => `${a.host} leads to ${a.names.join(' and ')}, unlike in another port or cluster`,
    help: again,
  },
}

const dnsCodes: Entries<Pick<RouteArgs, `MESH-E75${string}` & keyof RouteArgs>> = {
  'MESH-E7501': {
    title: 'no DNS overlay',
    message: (a) => `expected one ConfigMap kube-system/coredns, found ${a.count}`,
    help: () => 'it stands for the whole DNS of the cluster: generate again',
  },
  'MESH-E7502': {
    title: 'a host without a DNS record',
    message: (a) => `${a.host} is not in the Corefile; it would have ${a.address}`,
    help: again,
  },
  'MESH-E7503': {
    title: 'a DNS record with another address',
    message: (a) => `${a.host} is ${a.found} in the Corefile, and ${a.wanted} in its ServiceEntry`,
    help: again,
  },
  'MESH-E7504': {
    title: 'a name without a route',
    message: (a) => `${a.host} is in the Corefile, and this cluster has no ServiceEntry for it`,
    help: again,
  },
  'MESH-E7505': {
    title: 'no block for the hosts',
    message: (a) => `expected one readable server block for ${a.zone} in the Corefile`,
    help: again,
  },
}

export const routeCodes: Entries<RouteArgs> = { ...serviceCodes, ...dnsCodes }
