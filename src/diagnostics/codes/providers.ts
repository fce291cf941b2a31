/** MESH-…27N and MESH-…28N: several clusters that run one service. */
import type { Entries } from '../entry.ts'

export interface ProviderArgs {
  'MESH-E272': { readonly service: string; readonly cluster: string }
  'MESH-E273': { readonly service: string; readonly clusters: readonly string[] }
  'MESH-E274': { readonly service: string; readonly problem: string; readonly clusters: readonly string[] }
  'MESH-E275': { readonly service: string; readonly problem: string }
  'MESH-E276': { readonly service: string; readonly field: string; readonly needed: string }
  'MESH-E277': { readonly service: string; readonly domains: readonly string[]; readonly others: readonly string[] }
  'MESH-E278': { readonly service: string; readonly consumer: string; readonly version: string; readonly name: string }
  'MESH-E279': { readonly service: string }
  'MESH-W280': { readonly service: string; readonly clusters: readonly string[] }
  'MESH-W281': {
    readonly service: string
    readonly clusters: readonly string[]
    /** Counted from 1, where others serve the service but not what this route asks for. */
    readonly route?: number
  }
  'MESH-E282': { readonly service: string; readonly field: string; readonly clusters: readonly string[] }
  'MESH-W283': { readonly service: string }
}

export const providerCodes: Entries<ProviderArgs> = {
  'MESH-E272': {
    title: 'a provider twice',
    message: (a) => `${a.service} names cluster ${a.cluster} twice`,
    help: () => 'remove one of them',
  },
  'MESH-E273': {
    title: 'failover by locality without localities',
    message: (a) =>
      `${a.service} is called where it is nearest, and there is no locality of ${a.clusters.join(' and ')}`,
    help: () =>
      'give each of its clusters a locality, or say traffic.failover.mode: ordered, weighted or none; Istio prefers nobody when one of several has none',
    explanation:
      'Istio orders the endpoints of a host by their distance from the calling pod. One without locality counts as far away from everybody, whatever it is near to.',
  },
  'MESH-E274': {
    title: 'an order that does not fit',
    message: (a) => `the order of ${a.service} ${a.problem}`,
    help: (a) => `name each of its clusters once: order: [${a.clusters.join(', ')}]`,
  },
  'MESH-E275': {
    title: 'weights that do not add up',
    message: (a) => `the weights of ${a.service} ${a.problem}`,
    help: () =>
      'they are percent and add up to 100, whatever the state of the clusters; one cluster may leave its own out',
  },
  'MESH-E276': {
    title: 'a field that does nothing',
    message: (a) => `${a.service} has a ${a.field}, which counts with traffic.failover.mode: ${a.needed} only`,
    help: (a) => `write mode: ${a.needed}, or remove it`,
  },
  'MESH-E277': {
    title: 'providers of different domains',
    message: (a) => `${a.service} runs in clusters of different domains: ${a.domains.join('; ')}`,
    help: (a) =>
      `callers ask every cluster of a host for one name, and the domain is part of it. Split it: give ${a.others.join(' and ')} a second Kubernetes Service with the same selector and another name, and list that as a service of its own`,
    explanation:
      'A caller shows one server name (SNI) to the gateways of all clusters of a host: outbound_.<port>_._.<service>.<namespace>.svc.<domain>. A gateway lets in the name of its own cluster only.',
  },
  'MESH-E278': {
    title: 'an order that an old Istio does not keep',
    message: (a) =>
      `${a.consumer} (Istio ${a.version}) calls ${a.service} in an order, and before 1.30 there is none among DNS names such as ${a.name}`,
    help: () => 'give the gateways IP addresses, upgrade the Istio of the consumer, or choose mode locality',
  },
  'MESH-E279': {
    title: 'nobody would be left',
    message: (a) => `${a.service} drains, and none of its clusters serves`,
    help: () =>
      'let another cluster serve first; to take the service away, remove it: it stays exposed until it is released',
  },
  'MESH-W280': {
    title: 'nobody serves yet',
    message: (a) => `${a.service} is exposed by ${a.clusters.join(' and ')}, and nobody can call it yet`,
    help: () => 'when the gateways have it, write state: serving, or leave the state out',
  },
  'MESH-W281': {
    title: 'the only cluster cannot drain',
    message: (a) =>
      `${a.clusters.join(' and ')} drains, but nobody else serves ${a.route === undefined ? '' : `route ${a.route} of `}${a.service}: it is called there still`,
    help: () => 'let another cluster run it, or expect its callers to fail',
    explanation:
      'state: draining at a cluster sends calls elsewhere. Where there is no elsewhere, taking the last endpoint away would only make calls fail earlier, so the service is still called there. The same holds where all requests of a route go to a cluster that drains, or to a subset that only it has. A service whose own clusters say state: draining is not called there: a route that leads there alone is an error.',
  },
  'MESH-E282': {
    title: 'providers that differ',
    message: (a) => `the Service ${a.service} has other ${a.field} in ${a.clusters.join(' than in ')}`,
    help: (a) =>
      a.field === 'ports'
        ? 'callers ask every cluster of a host for the same port: make the Services alike, list in services which ports all of them have, or give one of them another name'
        : `say in services which ${a.field} hold for all of them`,
  },
  'MESH-W283': {
    title: 'a service that nobody calls',
    message: (a) => `every cluster runs ${a.service}, so there is no other one to call it by its host`,
    help: () => 'name those that shall call it in consumers: a cluster that runs it calls its own pods first',
  },
}
