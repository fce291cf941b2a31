/** MESH-…235 to MESH-…239 and MESH-…250 to MESH-…256: versions of a service, and where requests go. */
import type { Entries } from '../entry.ts'

export interface RoutingArgs {
  'MESH-E235': { readonly service: string; readonly subset: string; readonly problem: string; readonly advice: string }
  'MESH-E236': {
    readonly service: string
    readonly what: 'subset' | 'cluster'
    readonly name: string
    readonly known: readonly string[]
    readonly suggestion?: string
  }
  'MESH-E237': { readonly service: string; readonly what: string; readonly problem: string; readonly advice: string }
  'MESH-E238': {
    readonly service: string
    readonly cluster: string
    /** Of the gateway that has one, where that is what is in the way. */
    readonly name?: string
    readonly subset?: string
  }
  'MESH-E239': { readonly service: string; readonly problem: string }
  'MESH-E250': { readonly service: string; readonly problem: string }
  'MESH-E251': { readonly service: string; readonly target: string }
  'MESH-W252': { readonly service: string; readonly target: string }
  'MESH-E253': { readonly service: string }
  'MESH-E254': {
    readonly service: string
    readonly field: string
    readonly value: string
    readonly advice: string
    readonly suggestion?: string
  }
  'MESH-W255': { readonly host: string; readonly cluster: string; readonly subsets: readonly string[] }
  'MESH-W256': { readonly host: string; readonly cluster: string; readonly subset: string }
}

export const routingCodes: Entries<RoutingArgs> = {
  'MESH-E235': {
    title: 'a subset that is none',
    message: (a) => `subset ${a.subset} of ${a.service} ${a.problem}`,
    help: (a) => a.advice,
    explanation:
      'A gateway knows a subset by a DestinationRule with the labels of its pods. Either meshwright writes that rule, for the gateway alone, or the service has one of its own already (existing: true): Istio takes one of them, so a service cannot have some subsets here and some there.',
  },
  'MESH-E236': {
    title: 'an unknown destination',
    message: (a) => `${a.service} has no ${a.what} ${a.name}`,
    help: (a) =>
      a.suggestion !== undefined
        ? `did you mean ${a.suggestion}?`
        : a.known.length > 0
          ? `it has ${a.known.join(', ')}`
          : `say it in ${a.what === 'subset' ? 'subsets' : 'clusters'} of the service`,
  },
  'MESH-E237': {
    title: 'a match that Istio refuses',
    message: (a) => `a route of ${a.service} matches ${a.what} that ${a.problem}`,
    help: (a) => a.advice,
  },
  'MESH-E238': {
    title: 'a caller that cannot choose a version',
    message: (a) =>
      a.name === undefined
        ? `${a.cluster} runs ${a.service} and calls it by its host, and ${a.service} has subsets`
        : `${a.cluster} calls subset ${a.subset} of ${a.service} in an order, and Istio keeps none for a subset while a gateway has a name such as ${a.name}`,
    help: (a) =>
      a.name === undefined
        ? `remove ${a.cluster} from consumers, and let its pods call the Service by its local name, with a VirtualService of your own where they shall choose among versions`
        : 'give the gateways IP addresses, let one cluster alone have the subset, or choose another failover mode',
    explanation:
      'A consumer that runs a service itself reaches its own pods through the Service, without a gateway. The Service knows nothing of subsets, so a request for one version would end at any of them. And where Envoy resolves names, Istio (1.31) makes priorities by label for the host alone, not for its subsets: all clusters would be called alike.',
  },
  'MESH-E239': {
    title: 'weights of a route that do not add up',
    message: (a) => `the weights of a route of ${a.service} ${a.problem}`,
    help: () => 'they are percent and add up to 100; a destination that is the only one needs none',
  },
  'MESH-E250': {
    title: 'routes that leave requests out',
    message: (a) => `the routes of ${a.service} ${a.problem}`,
    help: () => 'let the last route, and only that one, have no match: it takes whatever no other one took',
    explanation:
      'Sidecars answer 404 to a request that no route matches, although the service runs. The first route that matches counts, so nothing behind a route for all requests is ever reached.',
  },
  'MESH-E251': {
    title: 'a route to nobody',
    message: (a) => `a route of ${a.service} sends all its requests to ${a.target}, where nobody serves`,
    help: () => 'let a cluster serve that has it first, or send the requests elsewhere',
  },
  'MESH-W252': {
    title: 'a destination that is left out',
    message: (a) =>
      `nobody serves ${a.target} of ${a.service}, so the other destinations of its route share its requests`,
    help: () => 'this is as it should be while a cluster drains or joins; else remove the destination',
  },
  'MESH-E253': {
    title: 'routes for what are no requests',
    message: (a) => `${a.service} has routes, and no port of HTTP, HTTP2 or GRPC`,
    help: () =>
      'on other ports sidecars see connections, not requests: share those among clusters with traffic.failover.mode: weighted, or say the true protocol',
  },
  'MESH-E254': {
    title: 'a timeout or retry that Istio refuses',
    message: (a) => `${a.field} of ${a.service} is ${a.value}`,
    help: (a) => (a.suggestion === undefined ? a.advice : `did you mean ${a.suggestion}?`),
  },
  'MESH-W255': {
    title: 'a retiring subset',
    message: (a) =>
      `${a.cluster} still lets in subset ${a.subsets.join(', ')} of ${a.host}, which the intent no longer has`,
    help: (a) => `when every consumer has synced: meshwright generate --release ${a.host}`,
  },
  'MESH-W256': {
    title: 'a subset that a gateway does not know yet',
    message: (a) =>
      `${a.host} is routed to subset ${a.subset} in ${a.cluster}, whose gateway has not been told of it before`,
    help: () =>
      'requests may fail until it has synced: publish the subset first, and the routes when the clusters have it',
  },
}
