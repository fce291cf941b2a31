/** Meshes of every shape that the intent can say, made of a seed and rendered by the library. */
import { emptyLock, type Lock, type LockedCluster } from '../../../src/lock/lock.ts'
import type { Mesh } from '../../../src/mesh/mesh.ts'
import { noPaint } from '../../../src/diagnostics/paint.ts'
import { hasErrors } from '../../../src/diagnostics/diagnostic.ts'
import { textReport } from '../../../src/diagnostics/report.ts'
import { plan } from '../../../src/plan/plan.ts'
import { render } from '../../../src/plan/render.ts'
import { systemEntropy } from '../../../src/shell/entropy.ts'
import { issueAndSeal } from '../../../src/shell/fulfil-trust.ts'
import { readMesh } from '../../../src/shell/workspace.ts'
import { KUBEADM_COREFILE } from '../../corefiles.ts'
import { controllerKey, newRoot, NOW } from '../../trust/authority.ts'
import { Random } from './random.ts'

export interface Rendered {
  readonly mesh: Mesh
  readonly lock: Lock
  readonly files: ReadonlyMap<string, string>
}

const NAMES = ['a', 'cart', 'svc-1', 'ratings', 'x9']
const NAMESPACES = ['bar', 'foo', 'shop', 'team-a']
const PORTS = [80, 443, 8000, 8080, 9000, 9443, 15_443, 50_051]
const PORT_NAMES = ['grpc', 'http', 'main', 'tcp']
const PROTOCOLS = ['HTTP', 'HTTP2', 'GRPC', 'GRPC-Web', 'TCP', 'TLS', 'HTTPS', 'MySQL', 'Redis']

/** One root and one intermediate for each cluster name do for all meshes: trust is judged elsewhere. */
const root = newRoot()
const issued = new Map<string, LockedCluster>()

export async function renderSeeded(seed: number): Promise<Rendered> {
  const mesh = await readIntent(intentOf(new Random(seed), new Random(seed + DOMAINS)))
  const files = new Map<string, Uint8Array>()
  for (const { dns, sealing } of mesh.clusters) {
    files.set(dns.corefile.path, Buffer.from(KUBEADM_COREFILE))
    if (sealing.backend === 'sealed-secrets') {
      files.set(sealing.certificate.path, Buffer.from(controllerKey().certificate))
    }
  }
  const clusters = mesh.clusters.flatMap(({ name, istio }): [string, LockedCluster][] => {
    const known = issued.get(`${name} ${istio.namespace}`)
    return known === undefined ? [] : [[name, known]]
  })
  const roots = new Map([['r1', { id: 'r1', state: 'active', certificate: root.certificate, crl: root.crl }]] as const)
  const planned = plan({ mesh, lock: { ...emptyLock, roots, clusters: new Map(clusters) }, files, now: NOW })
  if (hasErrors(planned.diagnostics)) throw new Error(textReport(planned.diagnostics, new Map(), noPaint))
  const all = new Map(planned.lock.clusters)
  for (const task of planned.tasks) {
    if (task.kind !== 'issue-intermediate') continue
    const made = await issueAndSeal(task, { root: root.keyPair.signer, entropy: systemEntropy, now: NOW })
    if (!made.ok) throw new Error(textReport(made.diagnostics, new Map(), noPaint))
    all.set(task.cluster, made.value)
    issued.set(`${task.cluster} ${task.sealing.namespace}`, made.value)
  }
  const lock = { ...planned.lock, clusters: all }
  return { mesh, lock, files: render(planned, lock) }
}

async function readIntent(intent: object): Promise<Mesh> {
  const texts = new Map<string, string>()
  const checked = readMesh(Buffer.from(JSON.stringify(intent, null, 2)), 'mesh.yaml', texts)
  if (!checked.ok) throw new Error(textReport(checked.diagnostics, texts, noPaint))
  return checked.value
}

/** What is drawn for trust domains is drawn apart, so that it changes nothing else. */
const DOMAINS = 1_000_000

function intentOf(random: Random, ofDomains: Random): object {
  // A mixture of own domains and cluster.local is refused where a policy names callers.
  const apart = ofDomains.chance(0.25)
  const clusters = Array.from({ length: random.between(1, 4) }, (_, i) => clusterOf(random, i + 1, apart && ofDomains))
  const keys = new Set<string>()
  const count = random.between(0, 8)
  for (let i = 0; i < count; i++) keys.add(`${random.pick(NAMES)} ${random.pick(NAMESPACES)}`)
  return {
    apiVersion: 'meshwright.dev/v1',
    kind: 'Mesh',
    metadata: { name: 'shop' },
    hostSuffix: random.chance(0.7) ? 'global' : 'mesh.internal',
    trustDomain: random.chance(0.7) ? 'cluster.local' : 'corp.example',
    defaults: { cluster: { trust: { current: 'none' }, gateway: { install: 'none' } } },
    clusters,
    services: [...keys]
      .map((key) => serviceOf(random, key, clusters))
      .map((service) => guarded(random, service))
      .map((service) => spoken(random, service)),
  }
}

interface ClusterIntent {
  readonly name: string
  readonly domain?: string
  readonly locality?: string
  readonly [field: string]: unknown
}

/** @param apart where its trust domain is drawn; false: that of the mesh */
function clusterOf(random: Random, number: number, apart: Random | false): ClusterIntent {
  const addresses = Array.from({ length: random.chance(0.6) ? 1 : random.between(2, 3) }, (_, i) =>
    random.chance(0.6)
      ? random.pick([`203.0.113.${number * 10 + i}`, `2001:db8::${number}${i}`])
      : `gw-${i}.cluster-${number}.example.com`,
  )
  const domains = apart !== false && {
    trustDomain: `c${number}.corp.example`,
    ...(apart.chance(0.5) && { trustDomainAliases: [`was-c${number}.corp.example`] }),
  }
  const gateway = {
    addresses,
    ...(random.chance(0.2) && { port: 31_000 + number }),
    ...(random.chance(0.2) && { namespace: 'istio-gateways' }),
    ...(random.chance(0.2) && { selector: { app: 'east-west', tier: 'edge' } }),
  }
  return {
    name: `cluster-${number}`,
    ...domains,
    ...(random.chance(0.25) && { domain: random.pick(['corp.example', 'k8s.local']) }),
    ...(random.chance(0.8) && { locality: random.pick(['us-east-1', 'us-east-1/us-east-1a', 'eu-west-1/b']) }),
    istio: { version: random.pick(['1.30', '1.31']), ...(random.chance(0.1) && { namespace: 'istio-control' }) },
    ...(random.chance(0.3) && { importNamespace: { name: random.pick(['istio-system', 'imports', 'shop']) } }),
    gateway,
  }
}

interface ServiceSaid {
  readonly name: string
  readonly ports: readonly object[]
  readonly consumers?: readonly { readonly cluster: string; readonly namespaces?: readonly string[] }[]
  readonly [field: string]: unknown
}

function serviceOf(random: Random, key: string, clusters: readonly ClusterIntent[]): ServiceSaid {
  const [name = '', namespace = ''] = key.split(' ')
  const first = random.pick(clusters)
  // The SNI has the domain in it, so all that run a service are of one.
  const alike = clusters.filter(({ domain }) => domain === first.domain)
  const running = random.chance(0.5) ? [first] : random.some(alike, 1)
  const others = clusters.filter((cluster) => !running.includes(cluster) || random.chance(0.4))
  const numbers = random.some(PORTS, 1).slice(0, 3)
  const portNames = random.some(PORT_NAMES, numbers.length)
  const consumers = random.some(others.map((cluster) => cluster.name)).map((cluster) => ({
    cluster,
    ...(random.chance(0.5) && { namespaces: random.some(NAMESPACES, 1) }),
  }))
  return {
    name,
    namespace,
    ...providersOf(random, running),
    ports: numbers.map((port, i) => ({ name: portNames[i], port, protocol: random.pick(PROTOCOLS) })),
    serviceAccounts: random.some([name, 'default', 'runner']),
    ...(random.chance(0.7) && { consumers }),
  }
}

/** Rules about who may call; what is drawn for them comes after all else, so that it changes nothing else. */
function guarded(random: Random, service: ServiceSaid): ServiceSaid {
  if (!random.chance(0.4)) return service
  const { name, ports, consumers } = service
  // Where no consumer is named, all namespaces of all clusters are consumers.
  const seen = consumers?.flatMap(({ namespaces }) => namespaces ?? [...NAMESPACES, 'clients']) ?? [
    ...NAMESPACES,
    'clients',
  ]
  const caller = (from: readonly string[]): object => ({
    namespaces: random.some(from, 1),
    ...(random.chance(0.4) && { serviceAccounts: random.some(['client', 'default', 'runner'], 1) }),
  })
  const known = random.chance(0.5)
  return {
    ...service,
    ports: ports.map((port, i) => (known ? { ...port, targetPort: 30_000 + i } : port)),
    workload: {
      labels: { app: name, ...(random.chance(0.5) && { tier: 'back' }) },
      ...(random.chance(0.3) && { mtls: 'STRICT' }),
    },
    ...(random.chance(0.8) && {
      authorization: {
        from: [caller([...new Set(seen.length > 0 ? seen : NAMESPACES)])],
        local: random.chance(0.5) ? [] : [caller(NAMESPACES)],
      },
    }),
  }
}

const POOLS: readonly object[] = [
  { tcp: { maxConnections: 50, connectTimeout: '3s' } },
  { tcp: { idleTimeout: '10m' }, http: { maxRequestsPerConnection: 100, h2UpgradePolicy: 'UPGRADE' } },
  { tcp: { maxConnectionDuration: '1h', tcpKeepalive: { time: '60s' } } },
]
const BALANCERS: readonly object[] = [
  { simple: 'RANDOM' },
  { consistentHash: { useSourceIp: true } },
  { consistentHash: { httpHeaderName: 'x-user' } },
  { consistentHash: { httpCookie: { name: 'user', ttl: '0s', path: '/' } } },
  { consistentHash: { httpQueryParameterName: 'user' } },
]
const HTTP = /^(HTTP2?|GRPC(-Web)?)$/

/** Other numbers for consumers, and settings of connections; drawn last, too. */
function spoken(random: Random, service: ServiceSaid): object {
  const ports = service.ports.map((port, i) => (random.chance(0.2) ? { ...port, consumerPort: 40_000 + i } : port))
  if (!random.chance(0.3)) return { ...service, ports }
  const isHttp = service.ports.some((port) => HTTP.test((port as { readonly protocol: string }).protocol))
  const pools = isHttp ? POOLS : POOLS.filter((pool) => !('http' in pool))
  const balancers = isHttp ? BALANCERS : BALANCERS.slice(0, 2)
  const traffic = {
    ...Object(service['traffic']),
    connectionPool: random.pick(pools),
    ...(random.chance(0.6) && { loadBalancer: random.pick(balancers) }),
  }
  return { ...service, ports, traffic }
}

/** All that serve share the calls in one of the ways that there are; some of the others only come or go. */
function providersOf(random: Random, running: readonly ClusterIntent[]): object {
  const names = running.map(({ name }) => name)
  const modes = [
    'ordered',
    'weighted',
    'none',
    ...(running.every(({ locality }) => locality) ? ['locality', 'locality'] : []),
  ]
  const mode = random.pick(modes)
  const weights = names.length === 3 ? [50, 30, 20] : names.length === 2 ? [75, 25] : [40, 30, 20, 10]
  const states = ['serving', ...names.slice(1).map(() => random.pick(['serving', 'serving', 'exposed', 'draining']))]
  return {
    clusters: names.map((name, i) => ({
      name,
      ...(states[i] !== 'serving' && { state: states[i] }),
      ...(mode === 'weighted' && names.length > 1 && { weight: weights[i] }),
    })),
    traffic: {
      failover: { mode, ...(mode === 'ordered' && { order: random.chance(0.5) ? names : [...names].reverse() }) },
    },
  }
}
