/** Generated from schemas/mesh.schema.json by `npm run schema`. DO NOT EDIT. */

/**
 * Who applies the output: argocd, flux, both or none. A cluster can say its own. Default: [], nothing is rendered for either.
 */
export type Engines = ('argocd' | 'flux')[]
/**
 * A cluster that runs a service: its name, or more.
 */
export type Provider =
  | string
  | {
      /**
       * Name of the cluster.
       */
      name: string
      /**
       * exposed: its gateway lets the service in, and nobody is sent there yet, which is how a cluster joins without a gap; serving: consumers call it; draining: nobody is sent there any more, and its gateway still lets in who has not synced. Default: serving.
       */
      state?: 'exposed' | 'serving' | 'draining'
      /**
       * Percent of the calls, with failover mode weighted; those of all clusters add up to 100, and one that names none gets the rest. While some do not serve, the others share in proportion.
       */
      weight?: number
      /**
       * Where the pods of this service run, when that is more precise than the locality of the cluster.
       */
      locality?: string
      /**
       * Names of the subsets that it has pods of. Default: all subsets of the service.
       */
      subsets?: string[]
    }

/**
 * The intent: which clusters and services a mesh has. Everything that is not said has the default named here.
 */
export interface Mesh {
  /**
   * Version of this format.
   */
  apiVersion: 'meshwright.dev/v1'
  /**
   * Kind of this document.
   */
  kind: 'Mesh'
  metadata: Metadata
  /**
   * DNS suffix of the hosts that other clusters call: <service>.<namespace>.<hostSuffix>. Changing it moves no address. Default: global.
   */
  hostSuffix?: string
  /**
   * SPIFFE trust domain of the clusters that name none; must equal istiod's meshConfig.trustDomain. Default: cluster.local.
   */
  trustDomain?: string
  addresses?: Addresses
  trust?: Trust
  delivery?: Delivery
  defaults?: Defaults
  /**
   * Files with further clusters and services, as patterns relative to mesh.yaml: * and ? within a name, ** for any folders, {a,b}. They hold YAML documents of kind Cluster or Service. Patterns may begin above mesh.yaml (../../), within its Git repository; one that finds nothing is an error. Default: [].
   *
   * @maxItems 100
   */
  include?: string[]
  /**
   * Kubernetes manifests whose Services are exported when they say so. What services says of the same service goes first, field by field. Default: [].
   *
   * @maxItems 1000
   */
  discover?: Discovery[]
  /**
   * The clusters, each with its own Istio control plane; at least one, here or in included files. Their order does not matter. Default: [].
   */
  clusters?: Cluster[]
  /**
   * The services that are called from other clusters. Their order does not matter. Default: [].
   */
  services?: Service[]
}
/**
 * What the mesh is called.
 */
export interface Metadata {
  /**
   * Name of the mesh, a DNS label. Every generated file names it, and only files of the same mesh are ever overwritten or deleted.
   */
  name: string
}
/**
 * Virtual IPs: one for each host, the same in every cluster, never on a wire.
 */
export interface Addresses {
  /**
   * The pool, one IPv4 block between /8 and /26. It must not touch any network that pods really reach, nor Istio's own 240.240.0.0/16. Default: 240.16.0.0/12.
   *
   * @minItems 1
   * @maxItems 1
   */
  cidrs?: [string]
  /**
   * IPv4 blocks or addresses inside the pool that no new host gets. Hosts that already have one keep it.
   */
  exclude?: string[]
}
/**
 * The common root and the intermediates that it signs, one for each cluster.
 */
export interface Trust {
  /**
   * The roots of the mesh, in the order of the bundle; exactly one is active. Default: one root, r1, which is active.
   *
   * @minItems 1
   * @maxItems 8
   */
  roots?:
    | [Root]
    | [Root, Root]
    | [Root, Root, Root]
    | [Root, Root, Root, Root]
    | [Root, Root, Root, Root, Root]
    | [Root, Root, Root, Root, Root, Root]
    | [Root, Root, Root, Root, Root, Root, Root]
    | [Root, Root, Root, Root, Root, Root, Root, Root]
  /**
   * O of the subjects of new certificates. Default: the name of the mesh.
   */
  organization?: string
  intermediate?: Intermediate
  /**
   * Longest lifetime in hours that a certificate of a workload has in any cluster, DEFAULT_WORKLOAD_CERT_TTL of istiod or SECRET_TTL of a proxy: so long an old root must stay trusted. Default: 24h.
   */
  workloadTTL?: string
  crl?: Crl
}
/**
 * A root certificate, made by `trust root create` and kept in mesh.lock/roots.
 */
export interface Root {
  /**
   * Short name of the root, a DNS label.
   */
  id: string
  /**
   * trusted: every cluster trusts it, and it signs nothing new. active: trusted, and signs new intermediates. retired: no cluster trusts it any more.
   */
  state: 'trusted' | 'active' | 'retired'
}
/**
 * How new intermediates are made. Existing ones do not change.
 */
export interface Intermediate {
  /**
   * Kind of key of a new intermediate: P-256, P-384, RSA-3072 or RSA-4096. An RSA key takes up to some seconds to make, and each handshake a longer signature. Default: P-256.
   */
  key?: 'P-256' | 'P-384' | 'RSA-3072' | 'RSA-4096'
  /**
   * Subject alternative name of a new intermediate; istiod does not look at it. istiod: DNS istiod.<namespace>.svc, as Istio's own tools have it. spiffe: URI spiffe://<trust domain>. Default: none.
   */
  san?: 'none' | 'istiod' | 'spiffe'
  /**
   * Lifetime in days, such as 730d; cut at the root's own end. Default: 730d.
   */
  validity?: string
  /**
   * An intermediate that ends within this many days is reported. Default: 180d.
   */
  renewBefore?: string
}
/**
 * Revocation lists, so that a compromised intermediate is refused before it ends.
 */
export interface Crl {
  /**
   * Whether every cluster gets ca-crl.pem with the CRLs of all. Needs Istio 1.27 in every cluster, and cannot be taken back. Default: false.
   */
  enabled?: boolean
}
/**
 * Where the rendered output goes, and how Argo CD and Flux get it from there.
 */
export interface Delivery {
  /**
   * Branch that `publish` writes and that the engines read; with path, the branch that the output is committed to. Default: environments/<mesh name>.
   */
  branch?: string
  /**
   * The Git repository as the engines reach it: https://, ssh:// or http://. Without credentials, which the engines keep in Secrets of their own. Needed when there is an engine.
   */
  repoURL?: string
  /**
   * For an output that is committed beside the intent: its folder, such as output, from the root of the repository. Default: none, the branch holds the output at its root, as `publish` writes it.
   */
  path?: string
  engines?: Engines
  argocd?: ArgoCd
  flux?: Flux
}
/**
 * The AppProject and ApplicationSet in argocd/<mesh name>.yaml.
 */
export interface ArgoCd {
  /**
   * Namespace in which Argo CD runs. Default: argocd.
   */
  namespace?: string
  /**
   * Name of the AppProject, which is made for this mesh alone. Default: the name of the mesh.
   */
  project?: string
}
/**
 * The GitRepository and the Kustomizations in flux/<cluster>.yaml.
 */
export interface Flux {
  /**
   * Namespace of these objects. Default: flux-system.
   */
  namespace?: string
  /**
   * How often Flux looks at the repository: a number of s, m or h. Default: 1m.
   */
  interval?: string
  secretRef?: SecretReference
  verify?: Verify
}
/**
 * A Secret in the same namespace, made by other means: for secretRef, credentials of the repository; for verify, public keys as Flux reads them (*.sshpub, *.asc).
 */
export interface SecretReference {
  /**
   * Name of the Secret.
   */
  name: string
}
/**
 * Take only commits that are signed by one of these. Default: any commit of the branch.
 */
export interface Verify {
  secretRef: SecretReference
}
/**
 * Said once for all clusters or services. Objects are merged key by key; lists, plain values, selectors and labels are replaced.
 */
export interface Defaults {
  cluster?: ClusterDefaults
  service?: ServiceDefaults
}
/**
 * What every cluster has unless it says otherwise.
 */
export interface ClusterDefaults {
  /**
   * Kubernetes cluster domain. Default: cluster.local.
   */
  domain?: string
  /**
   * Where the cluster runs: region, or region/zone when the whole cluster is in one zone. What several clusters run is called where it is nearest.
   */
  locality?: string
  trust?: ClusterTrust
  istio?: Istio
  importNamespace?: ImportNamespace
  gateway?: Gateway
  dns?: Dns
  sealing?: Sealing
  /**
   * Patterns for files with your own Kubernetes objects of this cluster, such as DestinationRules, Sidecars and the istio ConfigMap: whatever of them keeps calls from getting through is refused. Nothing of them is rendered. Default: [].
   */
  manifests?: string[]
  networks?: Networks
}
/**
 * The trust of this cluster.
 */
export interface ClusterTrust {
  /**
   * What istiod signs with today, before its first certificate from here: none (Istio is not installed yet), self-signed (its own CA) or cacerts (a Secret that somebody made). Has no default: a wrong guess splits a live mesh.
   */
  current?: 'none' | 'self-signed' | 'cacerts'
  /**
   * Number of the intermediate. One more than the lock has: a new key and certificate are issued. Default: what the lock has.
   */
  generation?: number
}
/**
 * The Istio of this cluster.
 */
export interface Istio {
  /**
   * Version of istiod, in quotes: the minor one, with the patch where a fix decides ("1.24.3"). Default: "1.30".
   */
  version?: string
  /**
   * Namespace of istiod and of its cacerts Secret. Default: istio-system.
   */
  namespace?: string
  /**
   * Istio's root namespace, meshConfig.rootNamespace. Default: the namespace of istiod.
   */
  rootNamespace?: string
  /**
   * sidecar: each pod has its own Envoy. ambient: refused, as its proxies cannot reach another cluster's gateway without remote secrets. Default: sidecar.
   */
  dataplane?: 'sidecar' | 'ambient'
  /**
   * Revision of istiod, where it is installed under one (istiod-<revision>). Default: none.
   */
  revision?: string
  /**
   * Revision tag that workloads name in place of the revision: made by the istiod chart, and the label istio.io/rev of the gateway. Default: none.
   */
  tag?: string
  /**
   * Only with Istio 1.6: calls to other clusters leave through istio-egressgateway, which is installed for that and for nothing else. Default: false.
   */
  egressGateway?: boolean
}
/**
 * Where the ServiceEntries and DestinationRules of remote hosts live. It is created, and protected from pruning.
 */
export interface ImportNamespace {
  /**
   * Name of the namespace. Default: mesh-imports.
   */
  name?: string
  /**
   * Labels of the namespace, for meshes that use discoverySelectors.
   */
  labels?: {
    [k: string]: string
  }
}
/**
 * The east-west gateway through which the other clusters enter.
 */
export interface Gateway {
  /**
   * IPv4 or IPv6 addresses or DNS names of the gateway's load balancer, as the other clusters reach it; a node port is the nodes' addresses and port. The load balancer must pass TCP through, without ending TLS.
   *
   * @minItems 1
   */
  addresses?: [string, ...string[]]
  /**
   * Port under which the other clusters reach the gateway: that of its load balancer, or a node port. Default: 15443.
   */
  port?: number
  network?: GatewayNetwork
  /**
   * Labels of the gateway's pods. Default: istio: eastwestgateway.
   */
  selector?: {
    [k: string]: string
  }
  /**
   * Namespace of the gateway's pods. Default: istio-system.
   */
  namespace?: string
  /**
   * Who installs the gateway's Deployment and Service: none (it is there already or comes from elsewhere), gateway-api (istiod, for a Gateway of the Kubernetes Gateway API that is rendered; at most 64 hosts) or helm-values (you, with Istio's gateway chart and the values that are rendered). Has no default, so that nobody waits for a gateway that nobody installs.
   */
  install?: 'none' | 'gateway-api' | 'helm-values'
  workload?: GatewayWorkload
}
/**
 * The private network that the cluster is in, where the addresses of its gateway may be private: a consumer in another one that is no peer is warned about. Default: none, and nothing is said about it.
 */
export interface GatewayNetwork {
  /**
   * Name of the network, the same for all clusters in it.
   */
  name: string
  /**
   * Other networks that are routed to this one, and this one to them; it is enough that one of the two says so. Default: [].
   */
  peers?: string[]
}
/**
 * How the gateway runs where it is installed from here: its Service and its pods.
 */
export interface GatewayWorkload {
  /**
   * Whose load balancer stands before the Service; sets the annotations that make it one for TCP. aws: a Network Load Balancer by the AWS Load Balancer Controller. Default: none.
   */
  cloud?: 'none' | 'aws' | 'azure' | 'gcp' | 'oci'
  /**
   * With cloud: the load balancer has an address in the provider's network only. Default: false.
   */
  internal?: boolean
  /**
   * Type of the Service. NodePort: gateway.port is the port of the nodes, 30000 to 32767. Default: LoadBalancer.
   */
  serviceType?: 'LoadBalancer' | 'NodePort'
  /**
   * Local: nodes without a gateway pod take no connection, which saves a hop and keeps the caller's address. Default: that of Kubernetes, Cluster.
   */
  externalTrafficPolicy?: 'Cluster' | 'Local'
  /**
   * Annotations of the Service, such as a reserved address. They go before those that cloud sets. Default: {}.
   */
  annotations?: {
    [k: string]: string
  }
  replicas?: Replicas
  /**
   * How its pods keep apart, over zones and nodes. preferred: where there is room. required: else they wait. none: as the scheduler likes. Default: preferred.
   */
  topologySpread?: 'preferred' | 'required' | 'none'
  resources?: Resources
}
/**
 * How many pods a HorizontalPodAutoscaler keeps, by 80 percent of the requested CPU. From two on a PodDisruptionBudget lets one go at a time.
 */
export interface Replicas {
  /**
   * At least so many. Default: 2.
   */
  min?: number
  /**
   * At most so many. Default: 5, or min where that is more.
   */
  max?: number
}
/**
 * CPU and memory of its pods.
 */
export interface Resources {
  requests?: Requests
  limits?: Limits
}
/**
 * What is reserved for each of its pods. Default: that of the chart or of istiod.
 */
export interface Requests {
  /**
   * As Kubernetes writes it: 500m.
   */
  cpu?: string
  /**
   * As Kubernetes writes it: 256Mi.
   */
  memory?: string
}
/**
 * The most that each of its pods may use. Default: that of the chart or of istiod.
 */
export interface Limits {
  /**
   * As Kubernetes writes it: 500m.
   */
  cpu?: string
  /**
   * As Kubernetes writes it: 256Mi.
   */
  memory?: string
}
/**
 * How pods of this cluster resolve the global hosts.
 */
export interface Dns {
  /**
   * coredns: the ConfigMap kube-system/coredns is rendered whole, from the Corefile named here. Default: coredns.
   */
  provider?: 'coredns'
  /**
   * The cluster's own Corefile, relative to mesh.yaml. Default: corefiles/<cluster>.Corefile.
   */
  corefile?: string
}
/**
 * How secrets are encrypted for this cluster.
 */
export interface Sealing {
  /**
   * sealed-secrets: for the Bitnami sealed-secrets controller; sops: a Secret that Flux decrypts, its key encrypted to age recipients; external-secrets: the key lies in a store, and an ExternalSecret fetches it. Another backend for a cluster that is live takes a new trust.generation. Default: sealed-secrets.
   */
  backend?: 'sealed-secrets' | 'sops' | 'external-secrets'
  /**
   * With sealed-secrets: public certificate of the controller (kubeseal --fetch-cert), relative to mesh.yaml. Default: sealing/<cluster>.pem.
   */
  certificate?: string
  /**
   * With sealed-secrets: what the ciphertext is bound to. strict: namespace and name; namespace-wide: the namespace; cluster-wide: nothing, so that whoever may create a SealedSecret and read its Secret anywhere in the cluster has the key. Another scope takes a new trust.generation. Default: strict.
   */
  scope?: 'strict' | 'namespace-wide' | 'cluster-wide'
  /**
   * With sealed-secrets: the Secret cacerts stays when its SealedSecret is deleted (skip-set-owner-references). Default: false.
   */
  keepSecret?: boolean
  /**
   * With sops and external-secrets: age recipients (age1...) whose identities open the key. Needed there.
   *
   * @minItems 1
   */
  recipients?: [string, ...string[]]
  /**
   * With sops: Secret with the age identity (a key that ends in .agekey), in the namespace of Flux's objects, made by other means. Default: sops-age.
   */
  identitySecret?: string
  store?: SecretStore
}
/**
 * With external-secrets: where the key lies. Needed there.
 */
export interface SecretStore {
  /**
   * Name of the store.
   */
  name?: string
  /**
   * A SecretStore is in the namespace of istiod. Default: ClusterSecretStore.
   */
  kind?: 'ClusterSecretStore' | 'SecretStore'
  /**
   * Put before the name of the entry, <mesh>-<cluster>-cacerts-g<generation>. Default: "".
   */
  prefix?: string
  /**
   * How often the store is looked at: a number of s, m or h. Default: 1h.
   */
  refreshInterval?: string
}
/**
 * IPv4 blocks of this cluster. Only used to refuse an address pool that overlaps them.
 */
export interface Networks {
  /**
   * Pod networks.
   */
  pods?: string[]
  /**
   * Service networks.
   */
  services?: string[]
  /**
   * Node networks.
   */
  nodes?: string[]
}
/**
 * What every service has unless it says otherwise.
 */
export interface ServiceDefaults {
  /**
   * Clusters that run the service, by name or with their state and weight. Their order does not matter.
   *
   * @minItems 1
   */
  clusters?: [Provider, ...Provider[]]
  /**
   * Ports of the Kubernetes Service that other clusters may call.
   *
   * @minItems 1
   */
  ports?: [Port, ...Port[]]
  /**
   * Service accounts of the pods. Callers accept no other identity; without them any workload of the mesh could answer.
   */
  serviceAccounts?: string[]
  /**
   * Who calls it. One that runs it can be named too: it calls its own pods first, and the other clusters when these fail. Default: every namespace of every cluster that does not run it.
   */
  consumers?: Consumer[]
  workload?: Workload
  authorization?: Authorization
  traffic?: Traffic
}
/**
 * A port of a service.
 */
export interface Port {
  /**
   * Name of the port, a DNS label.
   */
  name: string
  /**
   * Port of the Kubernetes Service (not the pods' target port), 1 to 65535.
   */
  port: number
  /**
   * Port of the pods behind it, 1 to 65535. Only authorization uses it: where every port of the service has one, callers are let in on these alone. Discovered services have it from the manifest. Default: unknown.
   */
  targetPort?: number
  /**
   * Port of the host that consumers dial, 1 to 65535, where that is another number than the Service's. Default: port.
   */
  consumerPort?: number
  /**
   * What is spoken on it, the same as the name or appProtocol of the Service's port says. TLS and HTTPS are TLS of the application's own, inside of that of the mesh.
   */
  protocol: 'HTTP' | 'HTTP2' | 'GRPC' | 'GRPC-Web' | 'TCP' | 'TLS' | 'HTTPS' | 'Mongo' | 'MySQL' | 'Redis'
}
/**
 * A cluster whose pods call the service.
 */
export interface Consumer {
  /**
   * Name of the cluster.
   */
  cluster: string
  /**
   * Namespaces whose pods may call. Default: all.
   *
   * @minItems 1
   */
  namespaces?: [string, ...string[]]
}
/**
 * The pods behind the service, in every cluster that runs it.
 */
export interface Workload {
  /**
   * Labels that exactly its pods have, as in the selector of the Kubernetes Service. Discovered services have them from there.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * STRICT: a PeerAuthentication refuses plain text at these pods, from within their own cluster too. Needs labels. Default: as the cluster has it.
   */
  mtls?: 'STRICT'
}
/**
 * Who may call the pods of the service: an AuthorizationPolicy in every cluster that runs it refuses everybody else, on every port of these pods. Needs workload.labels.
 */
export interface Authorization {
  /**
   * Callers in other clusters.
   *
   * @minItems 1
   */
  from?: [RemoteCaller, ...RemoteCaller[]]
  /**
   * Callers within the cluster that runs it, [] for nobody. Has no default, so that nobody there is shut out by accident: other namespaces, ingress gateways, metrics scrapers that come to the pods themselves.
   */
  local?: LocalCaller[]
}
/**
 * Workloads of other clusters, by their identities.
 */
export interface RemoteCaller {
  /**
   * Name of the cluster. Clusters that share a trust domain cannot be told apart. Default: every cluster.
   */
  cluster?: string
  /**
   * Namespaces that they run in.
   *
   * @minItems 1
   */
  namespaces: [string, ...string[]]
  /**
   * Service accounts that they run under, in each of these namespaces. Default: all.
   *
   * @minItems 1
   */
  serviceAccounts?: [string, ...string[]]
}
/**
 * Workloads with a sidecar in the cluster that runs the service. Where clusters share a trust domain, the same identities of other clusters are let in too.
 */
export interface LocalCaller {
  /**
   * Namespaces that they run in.
   *
   * @minItems 1
   */
  namespaces: [string, ...string[]]
  /**
   * Service accounts that they run under, in each of these namespaces. Default: all.
   *
   * @minItems 1
   */
  serviceAccounts?: [string, ...string[]]
}
/**
 * How consumers call the service.
 */
export interface Traffic {
  failover?: Failover
  connectionPool?: ConnectionPool
  loadBalancer?: LoadBalancer
  /**
   * How long a request may take in all, on the ports that speak HTTP: 500ms, 10s, 1m30s. Default: as long as it wants.
   */
  timeout?: string
  retries?: Retries
}
/**
 * Which of several clusters is called, and what happens when it fails. Default: mode locality.
 */
export interface Failover {
  /**
   * locality: the nearest cluster that answers, and those as near as each other alike; ordered: the first of order that answers; weighted: each gets its weight, and who fails hands it on; none: all get calls, and who fails keeps failing them. With locality and ordered, a consumer that runs the service itself calls its own pods first.
   */
  mode: 'locality' | 'ordered' | 'weighted' | 'none'
  /**
   * With mode ordered: every cluster that runs the service, the first to be called first.
   *
   * @minItems 1
   */
  order?: [string, ...string[]]
}
/**
 * What each sidecar of a consumer keeps towards the service, in Istio's own words; repeated for every port.
 */
export interface ConnectionPool {
  tcp?: TcpPool
  http?: HttpPool
}
/**
 * Of connections on every port.
 */
export interface TcpPool {
  /**
   * Connections at the same time; for HTTP/2 one carries many requests. Default: no limit.
   */
  maxConnections?: number
  /**
   * How long a connection may take to be made. Default: Istio's, 10s.
   */
  connectTimeout?: string
  /**
   * How long a connection is used before a new one is made. Default: no limit.
   */
  maxConnectionDuration?: string
  /**
   * How long a connection without bytes is kept. Default: 1h.
   */
  idleTimeout?: string
  tcpKeepalive?: TcpKeepalive
}
/**
 * Probes of idle connections, which firewalls between clusters may want. What is not said has the default of the kernel.
 */
export interface TcpKeepalive {
  /**
   * Unanswered probes after which a connection is given up.
   */
  probes?: number
  /**
   * How long a connection is idle before the first probe, in whole seconds or minutes.
   */
  time?: string
  /**
   * Time between probes, in whole seconds or minutes.
   */
  interval?: string
}
/**
 * Of ports that speak HTTP, HTTP2, GRPC or GRPC-Web; the others go without.
 */
export interface HttpPool {
  /**
   * Requests that wait for a connection; those beyond get 503. Default: no limit.
   */
  http1MaxPendingRequests?: number
  /**
   * Requests under way at the same time, HTTP/1.1 too; those beyond get 503. Default: no limit.
   */
  http2MaxRequests?: number
  /**
   * Requests after which a connection is replaced: a gateway passes connections on, and each ends at one pod. Default: no limit.
   */
  maxRequestsPerConnection?: number
  /**
   * Retries under way at the same time. Default: no limit.
   */
  maxRetries?: number
  /**
   * How long a connection without requests is kept; counts before that of tcp. Default: 1h.
   */
  idleTimeout?: string
  /**
   * UPGRADE speaks HTTP/2 between the sidecars where the application speaks HTTP/1.1: all requests then share one connection, and so one pod. Default: that of meshConfig.
   */
  h2UpgradePolicy?: 'DEFAULT' | 'DO_NOT_UPGRADE' | 'UPGRADE'
}
/**
 * How a sidecar chooses among the gateways that are equally near, in Istio's own words: simple or consistentHash. The pod behind a gateway is chosen there, for each connection.
 */
export interface LoadBalancer {
  /**
   * Without regard to what is asked. Default: LEAST_REQUEST.
   */
  simple?: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'RANDOM'
  consistentHash?: ConsistentHash
}
/**
 * The same gateway for the same value, of one of these. Ports without HTTP know the source address only.
 */
export interface ConsistentHash {
  /**
   * Name of a header of the request.
   */
  httpHeaderName?: string
  /**
   * Name of a parameter in the query of the request.
   */
  httpQueryParameterName?: string
  /**
   * Address of the caller.
   */
  useSourceIp?: true
  httpCookie?: HttpCookie
}
/**
 * A cookie of the request.
 */
export interface HttpCookie {
  /**
   * Name of the cookie.
   */
  name: string
  /**
   * Lifetime of a cookie that the sidecar makes where there is none; 0s: until the browser ends. Default: none is made.
   */
  ttl?: string
  /**
   * Path of a cookie that the sidecar makes.
   */
  path?: string
}
/**
 * How often callers try again, on the ports that speak HTTP. Default: as Istio does, twice when there was no connection or no answer.
 */
export interface Retries {
  /**
   * How often at most after the first time; 0 for never.
   */
  attempts: number
  /**
   * How long each of them may take.
   */
  perTryTimeout?: string
  /**
   * For what: conditions of Envoy, or status codes in quotes. Default: as Istio does.
   *
   * @minItems 1
   */
  retryOn?: [string, ...string[]]
}
/**
 * Manifests of one cluster. A core v1 Service in them is exported when its annotation meshwright.dev/export is "true"; everything else in them is passed over.
 */
export interface Discovery {
  /**
   * Name of the cluster that the manifests are applied to.
   */
  cluster: string
  /**
   * Pattern for the files, as in include. They are read as they are: a template or a patch cannot be exported.
   */
  manifests: string
  /**
   * Namespace of Services that name none, as when Kustomize sets it. Default: none, so that they must name it.
   */
  namespace?: string
  selector?: Selector
}
/**
 * Exports Services with these labels as well, unless they are annotated meshwright.dev/export: "false". Default: only the annotation counts.
 */
export interface Selector {
  /**
   * Labels that a Service must have, all of them.
   */
  matchLabels: {
    [k: string]: string
  }
}
/**
 * One Kubernetes cluster with its own Istio control plane.
 */
export interface Cluster {
  /**
   * Name of the cluster, a DNS label; also the name of its output folder.
   */
  name: string
  /**
   * Kubernetes cluster domain. Default: cluster.local.
   */
  domain?: string
  /**
   * SPIFFE trust domain of the cluster's workloads, where it is another than that of the mesh: only then can a rule name the cluster that a call comes from. Default: trustDomain of the mesh.
   */
  trustDomain?: string
  /**
   * Former trust domains of the cluster, still taken for its own: kept while workloads have certificates under them. Default: none.
   */
  trustDomainAliases?: string[]
  /**
   * Where the cluster runs: region, or region/zone when the whole cluster is in one zone. What several clusters run is called where it is nearest.
   */
  locality?: string
  /**
   * draining: no consumer dials this cluster any more, whatever it runs, unless it is the only one that runs a service; its gateway stays as it is for callers that have not synced yet. Default: serving.
   */
  state?: 'serving' | 'draining'
  trust?: ClusterTrust1
  istio?: Istio1
  importNamespace?: ImportNamespace1
  gateway?: Gateway1
  dns?: Dns1
  sealing?: Sealing1
  delivery?: ClusterDelivery
  /**
   * Patterns for files with your own Kubernetes objects of this cluster, such as DestinationRules, Sidecars and the istio ConfigMap: whatever of them keeps calls from getting through is refused. Nothing of them is rendered. Default: [].
   */
  manifests?: string[]
  networks?: Networks1
}
/**
 * The trust of this cluster.
 */
export interface ClusterTrust1 {
  /**
   * What istiod signs with today, before its first certificate from here: none (Istio is not installed yet), self-signed (its own CA) or cacerts (a Secret that somebody made). Has no default: a wrong guess splits a live mesh.
   */
  current?: 'none' | 'self-signed' | 'cacerts'
  /**
   * Number of the intermediate. One more than the lock has: a new key and certificate are issued. Default: what the lock has.
   */
  generation?: number
}
/**
 * The Istio of this cluster.
 */
export interface Istio1 {
  /**
   * Version of istiod, in quotes: the minor one, with the patch where a fix decides ("1.24.3"). Default: "1.30".
   */
  version?: string
  /**
   * Namespace of istiod and of its cacerts Secret. Default: istio-system.
   */
  namespace?: string
  /**
   * Istio's root namespace, meshConfig.rootNamespace. Default: the namespace of istiod.
   */
  rootNamespace?: string
  /**
   * sidecar: each pod has its own Envoy. ambient: refused, as its proxies cannot reach another cluster's gateway without remote secrets. Default: sidecar.
   */
  dataplane?: 'sidecar' | 'ambient'
  /**
   * Revision of istiod, where it is installed under one (istiod-<revision>). Default: none.
   */
  revision?: string
  /**
   * Revision tag that workloads name in place of the revision: made by the istiod chart, and the label istio.io/rev of the gateway. Default: none.
   */
  tag?: string
  /**
   * Only with Istio 1.6: calls to other clusters leave through istio-egressgateway, which is installed for that and for nothing else. Default: false.
   */
  egressGateway?: boolean
}
/**
 * Where the ServiceEntries and DestinationRules of remote hosts live. It is created, and protected from pruning.
 */
export interface ImportNamespace1 {
  /**
   * Name of the namespace. Default: mesh-imports.
   */
  name?: string
  /**
   * Labels of the namespace, for meshes that use discoverySelectors.
   */
  labels?: {
    [k: string]: string
  }
}
/**
 * The east-west gateway through which the other clusters enter.
 */
export interface Gateway1 {
  /**
   * IPv4 or IPv6 addresses or DNS names of the gateway's load balancer, as the other clusters reach it; a node port is the nodes' addresses and port. The load balancer must pass TCP through, without ending TLS.
   *
   * @minItems 1
   */
  addresses?: [string, ...string[]]
  /**
   * Port under which the other clusters reach the gateway: that of its load balancer, or a node port. Default: 15443.
   */
  port?: number
  network?: GatewayNetwork1
  /**
   * Labels of the gateway's pods. Default: istio: eastwestgateway.
   */
  selector?: {
    [k: string]: string
  }
  /**
   * Namespace of the gateway's pods. Default: istio-system.
   */
  namespace?: string
  /**
   * Who installs the gateway's Deployment and Service: none (it is there already or comes from elsewhere), gateway-api (istiod, for a Gateway of the Kubernetes Gateway API that is rendered; at most 64 hosts) or helm-values (you, with Istio's gateway chart and the values that are rendered). Has no default, so that nobody waits for a gateway that nobody installs.
   */
  install?: 'none' | 'gateway-api' | 'helm-values'
  workload?: GatewayWorkload
}
/**
 * The private network that the cluster is in, where the addresses of its gateway may be private: a consumer in another one that is no peer is warned about. Default: none, and nothing is said about it.
 */
export interface GatewayNetwork1 {
  /**
   * Name of the network, the same for all clusters in it.
   */
  name: string
  /**
   * Other networks that are routed to this one, and this one to them; it is enough that one of the two says so. Default: [].
   */
  peers?: string[]
}
/**
 * How pods of this cluster resolve the global hosts.
 */
export interface Dns1 {
  /**
   * coredns: the ConfigMap kube-system/coredns is rendered whole, from the Corefile named here. Default: coredns.
   */
  provider?: 'coredns'
  /**
   * The cluster's own Corefile, relative to mesh.yaml. Default: corefiles/<cluster>.Corefile.
   */
  corefile?: string
  /**
   * Only with Istio 1.6 and 1.7: ClusterIP of the Service istiocoredns in istio-system, to which names below the suffix are forwarded. Differs in every cluster, so it has no default.
   */
  istiocoredns?: string
}
/**
 * How secrets are encrypted for this cluster.
 */
export interface Sealing1 {
  /**
   * sealed-secrets: for the Bitnami sealed-secrets controller; sops: a Secret that Flux decrypts, its key encrypted to age recipients; external-secrets: the key lies in a store, and an ExternalSecret fetches it. Another backend for a cluster that is live takes a new trust.generation. Default: sealed-secrets.
   */
  backend?: 'sealed-secrets' | 'sops' | 'external-secrets'
  /**
   * With sealed-secrets: public certificate of the controller (kubeseal --fetch-cert), relative to mesh.yaml. Default: sealing/<cluster>.pem.
   */
  certificate?: string
  /**
   * With sealed-secrets: what the ciphertext is bound to. strict: namespace and name; namespace-wide: the namespace; cluster-wide: nothing, so that whoever may create a SealedSecret and read its Secret anywhere in the cluster has the key. Another scope takes a new trust.generation. Default: strict.
   */
  scope?: 'strict' | 'namespace-wide' | 'cluster-wide'
  /**
   * With sealed-secrets: the Secret cacerts stays when its SealedSecret is deleted (skip-set-owner-references). Default: false.
   */
  keepSecret?: boolean
  /**
   * With sops and external-secrets: age recipients (age1...) whose identities open the key. Needed there.
   *
   * @minItems 1
   */
  recipients?: [string, ...string[]]
  /**
   * With sops: Secret with the age identity (a key that ends in .agekey), in the namespace of Flux's objects, made by other means. Default: sops-age.
   */
  identitySecret?: string
  store?: SecretStore1
}
/**
 * With external-secrets: where the key lies. Needed there.
 */
export interface SecretStore1 {
  /**
   * Name of the store.
   */
  name?: string
  /**
   * A SecretStore is in the namespace of istiod. Default: ClusterSecretStore.
   */
  kind?: 'ClusterSecretStore' | 'SecretStore'
  /**
   * Put before the name of the entry, <mesh>-<cluster>-cacerts-g<generation>. Default: "".
   */
  prefix?: string
  /**
   * How often the store is looked at: a number of s, m or h. Default: 1h.
   */
  refreshInterval?: string
}
/**
 * How this cluster gets its folder.
 */
export interface ClusterDelivery {
  /**
   * Name under which Argo CD knows the cluster. Default: the name of the cluster here.
   */
  name?: string
  engines?: Engines
}
/**
 * IPv4 blocks of this cluster. Only used to refuse an address pool that overlaps them.
 */
export interface Networks1 {
  /**
   * Pod networks.
   */
  pods?: string[]
  /**
   * Service networks.
   */
  services?: string[]
  /**
   * Node networks.
   */
  nodes?: string[]
}
/**
 * A Kubernetes Service that other clusters call.
 */
export interface Service {
  /**
   * Name of the Kubernetes Service, a DNS label.
   */
  name: string
  /**
   * Its namespace, a DNS label.
   */
  namespace: string
  /**
   * Clusters that run the service, by name or with their state and weight. Their order does not matter.
   *
   * @minItems 1
   */
  clusters?: [Provider, ...Provider[]]
  /**
   * Ports of the Kubernetes Service that other clusters may call.
   *
   * @minItems 1
   */
  ports?: [Port, ...Port[]]
  /**
   * True for a Service with clusterIP None. It is called as a whole, any of its ready pods: no gateway knows the names of its members. Discovered services have it from the manifest. Default: false.
   */
  headless?: boolean
  /**
   * Service accounts of the pods. Callers accept no other identity; without them any workload of the mesh could answer.
   */
  serviceAccounts?: string[]
  /**
   * Who calls it. One that runs it can be named too: it calls its own pods first, and the other clusters when these fail. Default: every namespace of every cluster that does not run it.
   */
  consumers?: Consumer[]
  workload?: Workload
  authorization?: Authorization
  /**
   * Versions of the service that routes tell apart, in every cluster that runs it. Default: [].
   */
  subsets?: Subset[]
  /**
   * Where requests of other clusters go, on the ports that speak HTTP; the first route that matches counts, and the last one matches all. Default: [], all go to the service.
   */
  routes?: Route[]
  traffic?: Traffic
  /**
   * Demands this address of the pool for a new host. A host that already has one keeps it.
   */
  address?: string
}
/**
 * Some of the pods of a service: those of a version.
 */
export interface Subset {
  /**
   * Name of the subset, a DNS label. It is the same in every cluster.
   */
  name: string
  /**
   * Labels that its pods have besides those of the service.
   */
  labels?: {
    [k: string]: string
  }
  /**
   * true: a DestinationRule of your own for the Service has this subset in each of these clusters, seen by the namespace of the gateway; then no labels are said here.
   */
  existing?: true
}
/**
 * Requests that match, and where they go.
 */
export interface Route {
  /**
   * A request that is like one of these takes the route. Default: every request that is left.
   *
   * @minItems 1
   */
  match?: [Match, ...Match[]]
  /**
   * Where they go, by weight.
   *
   * @minItems 1
   */
  to: [Destination, ...Destination[]]
}
/**
 * What a request must be; all that is said here.
 */
export interface Match {
  /**
   * Headers by name, in lower case.
   */
  headers?: {
    [k: string]: TextMatch
  }
  uri?: TextMatch
  method?: TextMatch
}
/**
 * What a text must be; one of these.
 */
export interface TextMatch {
  /**
   * All of it.
   */
  exact?: string
  /**
   * Its beginning.
   */
  prefix?: string
  /**
   * A pattern for all of it, RE2 syntax.
   */
  regex?: string
}
/**
 * Where requests go. Without subset and cluster: to the service as if there was no route.
 */
export interface Destination {
  /**
   * Name of a subset.
   */
  subset?: string
  /**
   * Name of a cluster that runs the service: only there, and nowhere else when it fails.
   */
  cluster?: string
  /**
   * Percent of the requests of the route; those of a route add up to 100. Default: 100, for a destination that is the only one.
   */
  weight?: number
}
