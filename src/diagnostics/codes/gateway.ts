/** MESH-…29N and MESH-…89N: versions of Istio, and gateways that are installed from here. */
import type { Entries } from '../entry.ts'

export interface GatewayArgs {
  'MESH-E290': { readonly cluster: string }
  'MESH-E291': { readonly service: string; readonly one: string; readonly other: string }
  'MESH-W292': { readonly cluster: string; readonly field: string; readonly install: string }
  'MESH-E294': {
    readonly cluster: string
    readonly version: string
    readonly what: string
    readonly since: string
    readonly advice: string
  }
  'MESH-E295': {
    readonly cluster: string
    readonly version: string
    readonly what: string
    readonly patch: number
  }
  'MESH-E296': {
    readonly cluster: string
    readonly field: string
    readonly problem: string
    readonly advice: string
  }
  'MESH-W297': { readonly cluster: string; readonly version: string; readonly fixed?: string }
  'MESH-E890': { readonly cluster: string; readonly hosts: number; readonly hostsMax: number }
}

export const gatewayCodes: Entries<GatewayArgs> = {
  'MESH-E290': {
    title: 'a data plane that cannot be served',
    message: (a) =>
      `${a.cluster} runs Istio in ambient mode: its proxies send no SNI of ours and take none, so they reach no gateway of another cluster and are reached by none`,
    help: () =>
      'call and serve from namespaces with sidecars, and write dataplane: sidecar; ambient spans clusters by remote secrets only',
  },
  'MESH-E291': {
    title: 'versions of Istio that do not understand each other',
    message: (a) => `${a.service} runs in ${a.one} and ${a.other}, whose gateways know it by other names`,
    help: () =>
      'callers ask all clusters of a host for one name: give the Service of one of them another name, as a service of its own, or upgrade them together',
    explanation:
      'A gateway of Istio 1.6 or 1.7 takes <service>.<namespace>.<suffix> and rewrites it; later ones know a service by its name inside the cluster. The SNI of a host is one for all of its clusters.',
  },
  'MESH-W292': {
    title: 'a setting that nobody reads',
    message: (a) => `${a.field} of ${a.cluster} does nothing with gateway.install: ${a.install}`,
    help: () => 'remove it, or let the gateway be installed in another way',
  },
  'MESH-E294': {
    title: 'an Istio that cannot do it',
    message: (a) => `${a.cluster} has Istio ${a.version}; ${a.what} needs ${a.since} or later`,
    help: (a) => a.advice,
  },
  'MESH-E295': {
    title: 'a patch version that decides',
    message: (a) => `${a.cluster} has Istio ${a.version}; ${a.what} needs ${a.version}.${a.patch} or later`,
    help: (a) => `say which patch it is, if it is one of these: version: "${a.version}.${a.patch}"`,
  },
  'MESH-E296': {
    title: 'a gateway that cannot be installed like this',
    message: (a) => `${a.field} of ${a.cluster} ${a.problem}`,
    help: (a) => a.advice,
  },
  'MESH-W297': {
    title: 'a chart that newer versions of Helm refuse',
    message: (a) =>
      `the gateway chart of Istio ${a.version} (${a.cluster})${a.fixed === undefined ? '' : ` before ${a.fixed}`} is refused by Helm 3.18.5 and later`,
    help: (a) =>
      `${a.fixed === undefined ? '' : `say the patch version if it is ${a.fixed} or later, or `}use Helm 3.18.4`,
  },
  'MESH-E890': {
    title: 'more hosts than a Gateway has listeners',
    message: (a) =>
      `${a.cluster} exposes ${a.hosts} hosts; a Gateway of the Kubernetes Gateway API has room for ${a.hostsMax}, a listener each`,
    help: () =>
      'use gateway.install: helm-values, or none, where one Gateway of Istio has them all; release what retires',
  },
}
