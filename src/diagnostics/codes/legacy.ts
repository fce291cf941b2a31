/** MESH-…93N and MESH-…94N: clusters with Istio 1.6 or 1.7, and what such an output may be. */
import type { Entries } from '../entry.ts'

export interface LegacyArgs {
  'MESH-W930': { readonly cluster: string; readonly version: string }
  'MESH-W931': { readonly cluster: string; readonly suffix: string }
  'MESH-E932': {
    readonly cluster: string
    readonly version: string
    readonly field: string
    readonly reason: string
    readonly advice: string
  }
  'MESH-E933': { readonly cluster: string; readonly suffix: string }
  'MESH-E934': { readonly cluster: string; readonly address: string }
  'MESH-E935': { readonly cluster: string; readonly version: string; readonly suffix: string }
  'MESH-E936': { readonly service: string; readonly consumer: string; readonly provider: string }
  'MESH-W937': { readonly service: string; readonly consumer: string; readonly provider: string }
  'MESH-E938': {
    readonly service: string
    readonly consumer: string
    readonly version: string
    readonly clusters: readonly string[]
  }
  'MESH-E939': { readonly service: string; readonly consumer: string; readonly version: string }
  'MESH-E940': {
    readonly service: string
    readonly consumer: string
    readonly version: string
    readonly what: string
  }
  'MESH-E941': { readonly cluster: string; readonly field: string; readonly detail: string }
  'MESH-E942': { readonly object: string }
  'MESH-E943': { readonly cluster: string; readonly zone: string; readonly detail: string }
  'MESH-E944': { readonly host: string; readonly detail: string }
}

export const legacyCodes: Entries<LegacyArgs> = {
  'MESH-W930': {
    title: 'an Istio that is out of support',
    message: (a) =>
      `${a.cluster} has Istio ${a.version}: out of support since long, open to ISTIO-SECURITY-2021-006, and its objects were read, but never run`,
    help: () =>
      'plan the upgrade to 1.22 or later in one step: 1.8.6, 1.9.5 and 1.10 no longer rewrite the suffix, and every call into the cluster would fail there',
    explanation:
      'What is rendered for Istio 1.6 and 1.7 is what their documentation says for replicated control planes: an IstioOperator for istioctl, ServiceEntries, and names that istiocoredns answers. There is no istiod of that age to prove it with.',
  },
  'MESH-W931': {
    title: 'a gateway that lets everything in',
    message: (a) =>
      `the gateway of ${a.cluster} lets in every service of the cluster as <service>.<namespace>.${a.suffix}, whatever services says`,
    help: () =>
      'say authorization and workload for what must be guarded, or close its port 15443 to strangers: Istio 1.6 and 1.7 have no list of exposed hosts',
    explanation:
      'The installer makes one Gateway for *.<suffix> and a filter that rewrites the suffix. Any workload with a certificate of the mesh reaches any service behind it, by its name alone.',
  },
  'MESH-E932': {
    title: 'a setting that this Istio does not have',
    message: (a) => `${a.cluster} (Istio ${a.version}) says ${a.field}: ${a.reason}`,
    help: (a) => a.advice,
  },
  'MESH-E933': {
    title: 'the address of istiocoredns is missing',
    message: (a) => `${a.cluster} calls hosts below ${a.suffix}, and dns.istiocoredns is not said`,
    help: () =>
      "look it up: kubectl -n istio-system get service istiocoredns -o jsonpath='{.spec.clusterIP}'; where Istio is not installed yet, let the cluster consume nothing until it is",
    explanation:
      'Istio 1.6 and 1.7 bring a DNS server of their own, and the DNS of the cluster must be told its address. Kubernetes chooses it when Istio is installed; nobody can know it before.',
  },
  'MESH-E934': {
    title: 'not an address of istiocoredns',
    message: (a) => `dns.istiocoredns of ${a.cluster} is ${a.address}, which is not an IPv4 address`,
    help: () => "give the Service's ClusterIP: kubectl -n istio-system get service istiocoredns",
  },
  'MESH-E935': {
    title: 'a suffix that istiocoredns does not answer',
    message: (a) =>
      `${a.cluster} (Istio ${a.version}) calls hosts below ${a.suffix}, and its istiocoredns answers global only`,
    help: () => 'write hostSuffix: global, or upgrade the cluster',
    explanation:
      'The Corefile of istiocoredns is written by the installer, and has the zone global in it whatever globalDomainSuffix says.',
  },
  'MESH-E936': {
    title: 'an egress gateway between two dialects',
    message: (a) =>
      `${a.consumer} calls ${a.service} through its egress gateway, which would take the SNI for ${a.provider} for a name of its own cluster`,
    help: () => 'leave istio.egressGateway out, or upgrade the consumer',
  },
  'MESH-W937': {
    title: 'versions that were never run together',
    message: (a) =>
      `${a.consumer} calls ${a.service} in ${a.provider}: by the sources they agree, but no two such versions were run`,
    help: () => 'try it with one service first; it is meant for the days of an upgrade',
    explanation:
      'The SNI is what the gateway of the provider knows, and is said by a DestinationRule of the consumer, which all of these versions honour. Between Istio 1.6 or 1.7 and 1.22 or later lie years: certificates, ALPN and metadata agree by their sources only.',
  },
  'MESH-E938': {
    title: 'several clusters for an Istio that chooses none',
    message: (a) =>
      `${a.consumer} (Istio ${a.version}) would call ${a.service} in ${a.clusters.join(' and ')}, and no failover is rendered for it`,
    help: () =>
      'let one of them serve and give the others state: exposed, so that a change of the state moves the calls; or split it into services of different names',
    explanation:
      'The objects of Istio 1.6 and 1.7 have one cluster behind a host. How such an Istio would share calls among several could not be run.',
  },
  'MESH-E939': {
    title: 'namespaces that this Istio cannot tell apart',
    message: (a) =>
      `consumers of ${a.service} names namespaces of ${a.consumer}, and Istio ${a.version} shows a host to all of them`,
    help: () => 'leave namespaces out there; who may call is decided by authorization at the provider',
    explanation:
      'exportTo is sure to take "." and "*" only in these versions, and istiocoredns answers the host to every pod of the cluster anyway.',
  },
  'MESH-E940': {
    title: 'something that is not rendered for this Istio',
    message: (a) => `${a.service} has ${a.what}, and ${a.consumer} (Istio ${a.version}) calls it`,
    help: () => 'leave it out, or do without that consumer: what Istio 1.6 and 1.7 make of it was not read',
  },
  'MESH-E941': {
    title: 'an IstioOperator that makes another mesh',
    message: (a) => `istio/istio-operator.yaml of ${a.cluster}, ${a.field}: ${a.detail}`,
    help: () => 'generate again, and publish what comes out',
  },
  'MESH-E942': {
    title: 'an object that the installer makes',
    message: (a) =>
      `${a.object} is in a cluster whose installer makes the Gateway of port 15443: a second one breaks it`,
    help: () => 'generate again, and publish what comes out',
  },
  'MESH-E943': {
    title: 'a suffix that is not handed on',
    message: (a) => `the Corefile of ${a.cluster} does not hand ${a.zone} on to istiocoredns: ${a.detail}`,
    help: () => 'generate again, and publish what comes out',
  },
  'MESH-E944': {
    title: 'an import that an old Istio does not understand',
    message: (a) => `${a.host}: ${a.detail}`,
    help: () => 'generate again, and publish what comes out',
  },
}
