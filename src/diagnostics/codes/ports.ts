/** MESH-…226 to 234: what is spoken on the ports of a service, and how its consumers are to speak it. */
import type { Entries } from '../entry.ts'

export interface PortArgs {
  'MESH-E226': { readonly where: string; readonly found: string; readonly reason: string }
  'MESH-E227': { readonly service: string; readonly port: number; readonly one: string; readonly other: string }
  'MESH-E228': { readonly service: string; readonly field: string; readonly protocols: readonly string[] }
  'MESH-E229': { readonly service: string; readonly cluster: string; readonly port: number }
  'MESH-W230': { readonly service: string }
  'MESH-W231': { readonly service: string }
  'MESH-W232': { readonly service: string; readonly port: number; readonly clusters: readonly string[] }
  'MESH-W233': { readonly service: string; readonly port: number; readonly said: string; readonly found: string }
}

export const portCodes: Entries<PortArgs> = {
  'MESH-E226': {
    title: 'a protocol that no gateway carries',
    message: (a) => `${a.where} is ${a.found}, ${a.reason}`,
    help: () =>
      'for anything that runs over TCP and is not HTTP, write TCP; a port of another transport is called within its own cluster only',
    explanation:
      'A gateway passes a call on by the server name (SNI) in the TLS that one sidecar speaks to the other, and that is TLS over TCP. Sidecars see requests in HTTP, HTTP2, GRPC and GRPC-Web; everything else is bytes to them.',
  },
  'MESH-E227': {
    title: 'one Service port in two ways',
    message: (a) => `port ${a.port} of ${a.service} is ${a.one} and ${a.other}`,
    help: () =>
      'consumers may dial one port of the Service under several numbers; what is spoken on it, and its targetPort, is the same',
  },
  'MESH-E228': {
    title: 'settings of HTTP without HTTP',
    message: (a) => `${a.service} has ${a.field}, and its ports speak ${a.protocols.join(', ')}`,
    help: () =>
      'it counts where sidecars see requests: HTTP, HTTP2, GRPC, GRPC-Web; remove it, or correct the protocol',
  },
  'MESH-E229': {
    title: 'a headless service that calls itself',
    message: (a) =>
      `${a.cluster} runs ${a.service} and consumes it, and its pods are not known to listen on ${a.port} themselves`,
    help: () =>
      'give the port that as targetPort where it is so; else remove that cluster from consumers, and let its pods call the local name',
    explanation:
      "Own pods are an endpoint under the Service's own name. That of a headless Service is a name for the pods: no Service is between that would turn its port into theirs.",
  },
  'MESH-W230': {
    title: 'a headless Service, called as a whole',
    message: (a) => `${a.service} is headless: other clusters call any of its ready pods, never one by its name`,
    help: () =>
      'if that is meant, say headless: true in services; for single members give each a Service of its own that selects statefulset.kubernetes.io/pod-name, and export these',
    explanation:
      'A gateway knows names of Services, each with a filter chain of its own. A name of a member such as pod-0.store.shop.svc.cluster.local is no Service, so no gateway lets it in. What finds its members by DNS, such as Kafka, Cassandra or ZooKeeper, needs a Service for each.',
  },
  'MESH-W231': {
    title: 'a choice with nothing to choose from',
    message: (a) => `${a.service} has a loadBalancer, and each of its consumers dials one address`,
    help: () =>
      'the pod is chosen behind the gateway, for each connection and by its own rules: connectionPool.http.maxRequestsPerConnection spreads requests; remove loadBalancer, or add gateway addresses or clusters',
    explanation:
      'For a sidecar, the gateway of another cluster is one endpoint, whatever the number of pods behind it. loadBalancer chooses among gateways, so a consistentHash keeps a user in one cluster, and not at one pod.',
  },
  'MESH-W232': {
    title: 'Mongo at a gateway',
    message: (a) =>
      `the gateway of ${a.clusters.join(' and ')} looks for Mongo in what is encrypted on port ${a.port} of ${a.service}, and keeps up to tens of megabytes of each connection`,
    help: () =>
      'name the port of the Service tcp-mongo, or give it appProtocol: tcp, and write protocol: TCP here; or set PILOT_ENABLE_MONGO_FILTER=false for istiod',
    explanation:
      "istiod puts its Mongo filter, on by default, before whatever goes to a port that is Mongo by name or appProtocol, also in the gateway's passthrough. The filter takes the first bytes of TLS for the length of a message and waits for all of it. Calls work; memory of the gateway is what it costs.",
  },
  'MESH-W233': {
    title: 'another protocol than that of the Service',
    message: (a) => `port ${a.port} of ${a.service} is ${a.said} here, and ${a.found} by its manifest`,
    help: () => 'give the port of the Service a name that begins with the protocol, or appProtocol; or correct it here',
    explanation:
      'The sidecar of a pod reads what comes as its own Service says, by the name of the port or its appProtocol. Where callers send requests and it sees bytes, or the other way round, calls lose their routes and metrics, or fail.',
  },
}
