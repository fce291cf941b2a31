/**
 * The mesh: the intent with every default and reference resolved. Complete and read-only; everything after `intent/`
 * works on this and on the lock alone.
 */
import type { Span } from '../diagnostics/diagnostic.ts'
import type { Cidr } from './cidr.ts'
import type { Protocol } from './ports.ts'
import type { Sealing } from './sealing.ts'
import type { Routing, Subset } from './routing.ts'
import type { TrafficSettings } from './traffic-settings.ts'
import type { Trust } from './trust.ts'

export interface Mesh {
  readonly name: string
  /** DNS suffix of the global hosts, without dots at its ends: `global`. */
  readonly hostSuffix: string
  /** Of clusters that name none. */
  readonly trustDomain: string
  readonly pool: Pool
  readonly trust: Trust
  /** Branch that `publish` writes when none is named, and that the engines read. */
  readonly branch: string
  /** Absent when no cluster has an engine. */
  readonly delivery?: Delivery
  /** The name of the mesh in the intent: for what belongs to no single entry. */
  readonly origin: Span
  /** Sorted by name. */
  readonly clusters: readonly Cluster[]
  /** Sorted by namespace, then name. */
  readonly services: readonly Service[]
}

/** A block that the intent names. */
export interface Network extends Cidr {
  readonly origin: Span
}

/** The addresses that hosts are hashed into. */
export interface Pool {
  readonly cidr: Cidr
  readonly exclude: readonly Network[]
  readonly origin: Span
}

/** Who applies the output. */
export type Engine = 'argocd' | 'flux'

/** How the engines get the output out of `branch`. */
export interface Delivery {
  /** The repository as the engines reach it, without credentials. */
  readonly repoURL: string
  /** Folder of the output in the branch, without a slash at its end; empty: the root of the branch. */
  readonly path: string
  readonly argocd: { readonly namespace: string; readonly project: string }
  readonly flux: {
    readonly namespace: string
    /** How often the repository is looked at, as Flux writes it: `1m`. */
    readonly interval: string
    /** Name of the Secret with credentials for the repository. */
    readonly secret?: string
    /** Name of the Secret with the public keys of those whose commits are taken; absent: anybody's. */
    readonly signers?: string
  }
}

/** What istiod signs with before meshwright: nothing yet, its own self-signed CA, or somebody's `cacerts`. */
export type CurrentTrust = 'none' | 'self-signed' | 'cacerts'

export interface Cluster {
  readonly name: string
  /** Kubernetes cluster domain: `cluster.local`. */
  readonly domain: string
  /** SPIFFE trust domain of its workloads. */
  readonly trustDomain: string
  /** Former ones, which it still takes for its own. */
  readonly trustDomainAliases: readonly string[]
  /** `region` or `region/zone`. */
  readonly locality?: string
  /** True when nobody is to be sent there, whatever it runs. */
  readonly draining: boolean
  readonly currentTrust: { readonly state: CurrentTrust; readonly origin: Span }
  /** Wanted generation of the intermediate; absent: whatever the lock has, else 1. */
  readonly generation?: { readonly number: number; readonly origin: Span }
  readonly istio: Istio
  readonly importNamespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
  readonly gateway: Gateway
  readonly dns: {
    readonly provider: 'coredns'
    readonly corefile: FileReference
    /** ClusterIP of the DNS server that answers for the suffix, where Istio brings one. */
    readonly istiocoredns?: string
  }
  readonly sealing: Sealing
  /** Pod, service and node networks, which the address pool must not touch. */
  readonly networks: readonly Network[]
  /** The user's own objects; each path is a pattern. */
  readonly manifests?: readonly FileReference[]
  readonly delivery: {
    /** Under which Argo CD knows the cluster. */
    readonly name: string
    readonly engines: readonly Engine[]
  }
  readonly origin: Span
}

export interface Istio {
  /** `1.30`, or `1.30.2` where the patch decides. */
  readonly version: string
  readonly namespace: string
  /** Istio's root namespace, whose policies hold for the whole cluster. */
  readonly rootNamespace: string
  /** Of istiod, where it is installed under one. */
  readonly revision?: string
  /** Revision tag that workloads name in place of the revision. */
  readonly tag?: string
  /** True when calls to other clusters leave through an egress gateway. */
  readonly egressGateway?: boolean
}

export interface Gateway {
  /** IPv4 or IPv6 addresses or DNS names under which the other clusters reach the gateway. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly selector: Readonly<Record<string, string>>
  readonly namespace: string
  /** Who makes its Deployment and Service: somebody else, istiod for a rendered Gateway, or the user with a chart. */
  readonly install: 'none' | 'gateway-api' | 'helm-values'
  /** How it runs, where it is installed from here. */
  readonly workload: GatewayWorkload
  /** The private network of the cluster, where its owners say one, and those that are routed to it. */
  readonly network?: { readonly name: string; readonly peers: readonly string[] }
}

export interface GatewayWorkload {
  /** Whose load balancer stands before the Service. */
  readonly cloud: 'none' | 'aws' | 'azure' | 'gcp' | 'oci'
  /** Its address is in the provider's network only. */
  readonly internal: boolean
  readonly serviceType: 'LoadBalancer' | 'NodePort'
  readonly externalTrafficPolicy?: 'Cluster' | 'Local'
  /** Of the Service, besides those of the cloud. */
  readonly annotations: Readonly<Record<string, string>>
  readonly replicas: { readonly min: number; readonly max: number }
  readonly topologySpread: 'preferred' | 'required' | 'none'
  readonly resources: {
    readonly requests?: Readonly<Record<string, string>>
    readonly limits?: Readonly<Record<string, string>>
  }
}

/** A file that the intent names, relative to the folder of the mesh file. */
export interface FileReference {
  readonly path: string
  readonly origin: Span
}

export interface Port {
  readonly name: string
  /** Of the Kubernetes Service. */
  readonly port: number
  /** What other clusters dial, where that is another number. */
  readonly consumerPort?: number
  readonly protocol: Protocol
  /** Port of the pods behind it, where it is known. */
  readonly targetPort?: number
}

export interface Service {
  readonly name: string
  readonly namespace: string
  /** `<service>.<namespace>`: what the address is hashed from, so that a new suffix moves nothing. */
  readonly key: string
  /** `<service>.<namespace>.<hostSuffix>` */
  readonly host: string
  /** The clusters that run it, sorted by name. */
  readonly providers: readonly Provider[]
  readonly failover: Failover
  /** Versions that routes tell apart, sorted by name. */
  readonly subsets: readonly Subset[]
  /** Absent where nothing is said about requests. */
  readonly routing?: Routing
  /** Sorted by what consumers dial. */
  readonly ports: readonly Port[]
  /** True when its name leads to the pods themselves, past any Service. */
  readonly headless?: boolean
  readonly serviceAccounts: readonly string[]
  /** Sorted by cluster. */
  readonly consumers: readonly Consumer[]
  /** The pods behind it; absent when the intent does not know them. */
  readonly workload?: Workload
  /** Never without `workload`. */
  readonly authorization?: Authorization
  /** How its consumers keep connections and choose among gateways. */
  readonly settings?: TrafficSettings
  /** Address that the user demands. */
  readonly pin?: { readonly address: string; readonly origin: Span }
  readonly origin: Span
}

/** A cluster that runs a service. */
export interface Provider {
  readonly cluster: string
  /** What holds in effect: a cluster that is drained drains what it runs. */
  readonly state: ProviderState
  /** Where its pods run: `region` or `region/zone`. */
  readonly locality?: string
  /** Percent of the calls; all providers have one with failover weighted, and none with another. */
  readonly weight?: number
  /** Names of the subsets that it has, sorted; absent: all. */
  readonly subsets?: readonly string[]
}

/** Which of several providers is called. */
export type Failover =
  | { readonly mode: 'locality' | 'weighted' | 'none' }
  /** Every provider by name, the first to be called first. */
  | { readonly mode: 'ordered'; readonly order: readonly string[] }

/** Only what is serving is dialled; all three are in the Gateway of their cluster. */
export type ProviderState = 'exposed' | 'serving' | 'draining'

export interface Consumer {
  readonly cluster: string
  /** Namespaces whose pods may call, sorted; absent: all. */
  readonly namespaces?: readonly string[]
}

/** The pods of a service, in each cluster that runs it. */
export interface Workload {
  /** Never empty. */
  readonly labels: Readonly<Record<string, string>>
  /** Whether plain text is refused. */
  readonly strict: boolean
}

/** Who may call the pods of a service; everybody else is refused. */
export interface Authorization {
  /** Callers in other clusters. */
  readonly from: readonly Caller[]
  /** Callers in the cluster that runs the service. */
  readonly local: readonly Caller[]
}

export interface Caller {
  /** Absent: every cluster, or for a local one that which runs the service. */
  readonly cluster?: string
  /** Never empty. */
  readonly namespaces: readonly string[]
  /** Absent: every account of these namespaces. */
  readonly serviceAccounts?: readonly string[]
}

/** The services whose hosts a cluster's pods can call, in mesh order. */
export function importsOf(mesh: Mesh, cluster: string): Service[] {
  return mesh.services.filter((s) => s.consumers.some((c) => c.cluster === cluster) && servingOf(s).length > 0)
}

/** The providers that consumers dial. */
export function servingOf({ providers }: Pick<Service, 'providers'>): Provider[] {
  return providers.filter(({ state }) => state === 'serving')
}

export function isProvidedBy(service: Service, cluster: string): boolean {
  return service.providers.some((provider) => provider.cluster === cluster)
}

/** Names of the clusters that run a service. */
export function providersOf({ providers }: Pick<Service, 'providers'>): readonly string[] {
  return providers.map(({ cluster }) => cluster)
}

export function clusterNamed(mesh: Mesh, name: string): Cluster | undefined {
  return mesh.clusters.find((c) => c.name === name)
}
