import type { Mutation, Pair, World } from './mutation.ts'
import { hostOf, pairsOf } from './mutation.ts'

/** Adds one object to the consuming or the providing cluster of a host. */
function added(
  name: string,
  make: (pair: Pair, provider: string, world: World) => readonly [cluster: string, object: object] | undefined,
): Mutation {
  return {
    name: `added: ${name}`,
    apply: (world) => {
      const pairs = pairsOf(world)
      if (pairs.length === 0) return false
      const pair = world.random.pick(pairs)
      const service = world.mesh.services.find(({ host }) => host === hostOf(pair))
      const made = make(pair, service?.providers[0]?.cluster ?? '', world)
      if (made === undefined) return false
      world.rendering.add(...made)
      return true
    },
  }
}

function object(kind: string, namespace: string, spec: object): object {
  const group = kind === 'PeerAuthentication' || kind === 'AuthorizationPolicy' ? 'security' : 'networking'
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { name: 'added', namespace }, spec }
}

function namespaceOf(pair: Pair): string {
  return hostOf(pair).split('.')[1] ?? ''
}

/** The service's own name in its cluster, as the SNI of the first port has it. */
function localName(pair: Pair): string {
  return /_\.[^_]*_\.([^"]*?)"/.exec(JSON.stringify(pair.rule.spec['trafficPolicy']))?.[1] ?? ''
}

/** A namespace in which the host is called from. */
function callerOf({ entry }: Pair): string {
  const [first = '*'] = (entry.spec['exportTo'] as string[] | undefined) ?? []
  return first === '*' ? 'clients' : first
}

/** Objects of others, and settings of istiod. */
export const ADDITIONS: readonly Mutation[] = [
  added('PeerAuthentication DISABLE at the provider', (pair, provider) => [
    provider,
    object('PeerAuthentication', namespaceOf(pair), { mtls: { mode: 'DISABLE' } }),
  ]),
  added('PeerAuthentication STRICT at the provider', (_, provider, { mesh }) => {
    const cluster = mesh.clusters.find(({ name }) => name === provider)
    return [provider, object('PeerAuthentication', cluster?.istio.namespace ?? '', { mtls: { mode: 'STRICT' } })]
  }),
  added('a rule in plain text at the provider', (pair, provider) => [
    provider,
    object('DestinationRule', namespaceOf(pair), {
      host: localName(pair),
      trafficPolicy: { tls: { mode: 'DISABLE' } },
    }),
  ]),
  added('a rule of the caller for every host', (pair) => [
    pair.cluster,
    object('DestinationRule', callerOf(pair), {
      host: `*.${hostOf(pair).split('.').slice(2).join('.')}`,
      trafficPolicy: { tls: { mode: 'ISTIO_MUTUAL' } },
    }),
  ]),
  added('a Sidecar of the caller', (pair) => [
    pair.cluster,
    object('Sidecar', callerOf(pair), { egress: [{ hosts: ['./*', 'istio-system/*'] }] }),
  ]),
  added('a VirtualService that leads elsewhere', (pair) => [
    pair.cluster,
    object('VirtualService', callerOf(pair), {
      hosts: [hostOf(pair)],
      http: [{ route: [{ destination: { host: 'elsewhere.example' } }] }],
    }),
  ]),
  added('a ServiceEntry of somebody for the host', (pair) => [
    pair.cluster,
    object('ServiceEntry', 'a-first', {
      hosts: [hostOf(pair)],
      ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
      resolution: 'DNS',
    }),
  ]),
  values('another trust domain of istiod', /trustDomain: .*/, 'trustDomain: moved.example'),
  values('another cluster domain of istiod', /global:\n/, 'global:\n  proxy: { clusterDomain: moved.example }\n'),
  values('no values', /[^]*/, ''),
  values('istiod in another namespace', /istioNamespace: .*/, 'istioNamespace: moved'),
  index('services', /^ +- services\n/m, ''),
  index('gateway', /^ +- gateway\n/m, ''),
  index('a namespace for all', /$/, 'namespace: moved\n'),
  index('a suffix for all', /$/, 'nameSuffix: -moved\n'),
]

function values(name: string, from: RegExp, to: string): Mutation {
  return atOneCluster(`values: ${name}`, 'istio/values.yaml', from, to)
}

function index(name: string, from: RegExp, to: string): Mutation {
  return atOneCluster(`index: ${name}`, 'kustomization.yaml', from, to)
}

function atOneCluster(name: string, file: string, from: RegExp, to: string): Mutation {
  return {
    name,
    apply: ({ rendering, mesh, random }) => {
      const { name: cluster } = random.pick(mesh.clusters)
      return rendering.edit(`clusters/${cluster}/${file}`, from, to)
    },
  }
}
