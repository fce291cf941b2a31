/** A small output, rendered for real: two clusters that serve each other, one that only calls, one that does neither. */
import { emptyLock, type Lock } from '../../src/lock/lock.ts'
import { parseCidr } from '../../src/mesh/cidr.ts'
import type { Cluster, Mesh, Service } from '../../src/mesh/mesh.ts'
import { plan, type Plan } from '../../src/plan/plan.ts'
import { render } from '../../src/plan/render.ts'
import { systemEntropy } from '../../src/shell/entropy.ts'
import { issueAndSeal, sealCrl } from '../../src/shell/fulfil-trust.ts'
import { crlFile } from '../../src/trust/crl-file.ts'
import { KUBEADM_COREFILE } from '../corefiles.ts'
import { controllerKey, newRoot, NOW, type Authority } from '../trust/authority.ts'

const origin = { file: 'mesh.yaml', start: 0, end: 0 }

function cluster(name: string, address: string): Cluster {
  return {
    name,
    trustDomain: 'shop.example.com',
    trustDomainAliases: [],
    domain: 'cluster.local',
    locality: 'europe-west1',
    draining: false,
    currentTrust: { state: 'none', origin },
    istio: { version: '1.30', namespace: 'istio-system', rootNamespace: 'istio-system' },
    importNamespace: { name: 'mesh-imports', labels: {} },
    gateway: {
      addresses: [address],
      port: 15443,
      selector: { istio: 'eastwestgateway' },
      namespace: 'istio-gateways',
      install: 'none',
      workload: {
        cloud: 'none',
        internal: false,
        serviceType: 'LoadBalancer',
        annotations: {},
        replicas: { min: 2, max: 5 },
        topologySpread: 'preferred',
        resources: {},
      },
    },
    dns: { provider: 'coredns', corefile: { path: 'Corefile', origin } },
    sealing: {
      backend: 'sealed-secrets',
      scope: 'strict',
      keepSecret: false,
      certificate: { path: 'sealing.pem', origin },
      origin,
    },
    networks: [],
    delivery: { name, engines: [] },
    origin,
  }
}

function service(
  key: string,
  provider: string,
  consumers: readonly string[],
  more: Partial<Pick<Service, 'ports' | 'serviceAccounts' | 'workload' | 'authorization'>> = {},
): Service {
  const [name = '', namespace = ''] = key.split('.')
  return {
    name,
    namespace,
    key,
    providers: [{ cluster: provider, state: 'serving', locality: 'europe-west1' }],
    failover: { mode: 'locality' },
    subsets: [],
    origin,
    host: `${key}.global`,
    ports: more.ports ?? [{ name: 'http', port: 8000, protocol: 'HTTP' }],
    serviceAccounts: more.serviceAccounts ?? [],
    consumers: consumers.map((c) => ({ cluster: c })),
    ...(more.workload && { workload: more.workload }),
    ...(more.authorization && { authorization: more.authorization }),
  }
}

function mesh(): Mesh {
  const pool = parseCidr('240.16.0.0/12')
  if (!('cidr' in pool)) throw new Error('the pool is good')
  return {
    name: 'shop',
    hostSuffix: 'global',
    trustDomain: 'shop.example.com',
    pool: { cidr: pool.cidr, exclude: [], origin },
    trust: {
      roots: [{ id: 'r1', state: 'active', origin }],
      root: 'r1',
      organization: 'Acme',
      validityDays: 730,
      renewBeforeDays: 90,
      workloadTtlHours: 24,
      keyType: 'P-256',
      intermediateSan: 'none',
      crl: { enabled: false, origin },
      origin,
    },
    branch: 'environments/shop',
    origin,
    clusters: [
      cluster('cluster-1', 'cluster-1-gw.example.com'),
      cluster('cluster-2', '203.0.113.7'),
      cluster('cluster-3', '203.0.113.8'),
      cluster('cluster-4', '203.0.113.9'),
    ],
    services: [
      service('svc-2.bar', 'cluster-2', ['cluster-1', 'cluster-3'], {
        ports: [
          { name: 'http', port: 8000, protocol: 'HTTP' },
          { name: 'grpc', port: 9000, protocol: 'GRPC' },
        ],
        serviceAccounts: ['svc-2'],
      }),
      service('svc-1.foo', 'cluster-1', ['cluster-2', 'cluster-3']),
      service('svc-3.foo', 'cluster-1', ['cluster-2', 'cluster-3'], {
        ports: [{ name: 'http', port: 8000, protocol: 'HTTP', targetPort: 8080 }],
        workload: { labels: { app: 'svc-3', tier: 'back' }, strict: true },
        authorization: {
          from: [{ namespaces: ['bar'], serviceAccounts: ['a', 'b'] }],
          local: [{ namespaces: ['foo'] }],
        },
      }),
    ],
  }
}

export interface Sample {
  readonly files: ReadonlyMap<string, string>
  readonly lock: Lock
  readonly root: Authority
}

/** @param crl whether CRLs are shipped */
export async function makeSample(crl = false): Promise<Sample> {
  const root = newRoot()
  const lock: Lock = {
    ...emptyLock,
    roots: new Map([['r1', { id: 'r1', state: 'active', certificate: root.certificate, crl: root.crl }]]),
  }
  const files = new Map([
    ['Corefile', Buffer.from(KUBEADM_COREFILE)],
    ['sealing.pem', Buffer.from(controllerKey().certificate)],
  ])
  const base = mesh()
  const asked = { ...base, trust: { ...base.trust, crl: { enabled: crl, origin } } }
  const planned = plan({ mesh: asked, lock, files, now: NOW })
  const fulfilled = await fulfil(planned, root)
  return { files: render(planned, fulfilled), lock: fulfilled, root }
}

async function fulfil(planned: Plan, root: Authority): Promise<Lock> {
  const clusters = new Map(planned.lock.clusters)
  for (const task of planned.tasks) {
    if (task.kind !== 'issue-intermediate') continue
    const issued = await issueAndSeal(task, { root: root.keyPair.signer, entropy: systemEntropy, now: NOW })
    if (!issued.ok) throw new Error(JSON.stringify(issued.diagnostics))
    clusters.set(task.cluster, issued.value)
  }
  const text = crlFile({ ...planned.lock, clusters })
  for (const task of planned.tasks) {
    const locked = task.kind === 'seal-crls' ? clusters.get(task.cluster) : undefined
    if (task.kind === 'seal-crls' && locked) clusters.set(task.cluster, sealCrl(task, text, locked, systemEntropy))
  }
  return { ...planned.lock, clusters }
}
