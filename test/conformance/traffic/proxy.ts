/** A pod's agent, and the Envoy that the agent starts and feeds. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import {
  agentDnsPort,
  CLUSTERS,
  controlPlaneAddress,
  dnsAddress,
  gatewayAddress,
  gatewayName,
  serviceAddress,
} from './addresses.ts'
import { httpGet } from './http-client.ts'
import { writeFiles } from './mounts.ts'
import { localNameOf, type Pod } from './pods.ts'
import type { Processes, Running } from './processes.ts'
import type { Programs, Site } from './settings.ts'

export interface Proxy {
  readonly pod: Pod
  readonly agent: Running
  readonly folder: string
}

/** One line of an Envoy's access log; of a connection when it is over. */
export interface AccessLog {
  readonly response_code_details: string | null
  readonly requested_server_name: string | null
  readonly upstream_transport_failure_reason: string | null
}

const START_S = 60

const ISTIOD = 'istiod.istio-system.svc'

/** Certificates are renewed after a tenth of this, and good for the rest: a slow machine loses nothing by that. */
const CERTIFICATE_TTL = '60s'

export async function startProxy(processes: Processes, programs: Programs, site: Site, pod: Pod): Promise<Proxy> {
  const folder = join(site.folder, pod.name)
  mkdirSync(join(folder, 'certificates'), { recursive: true })
  writeFiles(folder, {
    hosts: [
      '127.0.0.1 localhost',
      `${controlPlaneAddress(site.cluster)} ${ISTIOD}`,
      ...CLUSTERS.map((cluster) => `${gatewayAddress(cluster)} ${gatewayName(cluster)}`),
      // The cluster's DNS would know it; ours does not know Services.
      `${serviceAddress(site.cluster)} ${localNameOf(site.application)}`,
      '',
    ].join('\n'),
    'resolv.conf': `nameserver ${dnsAddress(site.cluster)}\n`,
    'etc/istio/pod/labels': Object.entries(pod.labels)
      .map(([key, value]) => `${key}="${value}"\n`)
      .join(''),
    'etc/istio/pod/annotations': '',
    'etc/istio/proxy/.keep': '',
    'var/run/secrets/tokens/istio-token': serviceAccountToken(pod),
  })
  // The pod's own /etc/hosts and /etc/resolv.conf, in a mount namespace of its own.
  const mounts = 'mount --bind hosts /etc/hosts && mount --bind resolv.conf /etc/resolv.conf && exec "$@"'
  const command = [programs['pilot-agent'], 'proxy', pod.role, `--domain=${pod.namespace}.svc.cluster.local`]
  const levels = ['--proxyLogLevel=warning', '--proxyComponentLogLevel=config:info']
  const args = ['--mount', 'sh', '-c', mounts, 'sh', ...command, ...levels]
  const env = environment(programs, site, pod)
  const agent = processes.start(`${pod.cluster}-${pod.name}`, 'unshare', args, { cwd: folder, env })
  await processes.until(`Envoy of ${pod.name} in ${pod.cluster}`, START_S, async () => {
    const { status } = await admin(pod, '/ready')
    return status === 200 || undefined
  })
  return { pod, agent, folder }
}

function environment(programs: Programs, { files, folder }: Site, pod: Pod): Record<string, string> {
  const { adminPort, role } = pod
  const { global, meshConfig } = files.values
  const { proxyMetadata } = meshConfig.defaultConfig
  const istiod = `${ISTIOD}:15012`
  const root = join(folder, 'cacerts', 'root-cert.pem')
  return {
    // As the injector does it.
    ...proxyMetadata,
    PROXY_CONFIG: JSON.stringify({
      ...meshConfig.defaultConfig,
      discoveryAddress: istiod,
      binaryPath: programs.envoy,
      configPath: './etc/istio/proxy',
      proxyBootstrapTemplatePath: programs.bootstrap,
      proxyAdminPort: adminPort,
      statusPort: adminPort + 20,
      concurrency: 1,
      fileFlushInterval: '0.1s',
    }),
    HOME: folder,
    CA_ADDR: istiod,
    CA_ROOT_CA: root,
    XDS_ROOT_CA: root,
    POD_NAME: pod.name,
    POD_NAMESPACE: pod.namespace,
    INSTANCE_IP: pod.address,
    SERVICE_ACCOUNT: pod.service,
    TRUST_DOMAIN: meshConfig.trustDomain,
    ISTIO_META_CLUSTER_ID: global.multiCluster.clusterName,
    ISTIO_META_MESH_ID: global.meshID,
    ISTIO_METAJSON_LABELS: JSON.stringify(pod.labels),
    // There is no packet filter here that would bring connections to Envoy.
    ISTIO_META_INTERCEPTION_MODE: 'NONE',
    ...(role === 'sidecar' && { DNS_PROXY_ADDR: `127.0.0.1:${agentDnsPort(pod.cluster)}` }),
    ENVOY_STATUS_PORT: String(adminPort + 21),
    ENVOY_PROMETHEUS_PORT: String(adminPort + 90),
    JWT_POLICY: 'third-party-jwt',
    ECC_SIGNATURE_ALGORITHM: 'ECDSA',
    SECRET_TTL: CERTIFICATE_TTL,
    SECRET_GRACE_PERIOD_RATIO: '0.9',
    SECRET_GRACE_PERIOD_RATIO_JITTER: '0',
    OUTPUT_CERTS: './certificates',
    CLOUD_PLATFORM: 'none',
    // An extension of Istio's Envoy.
    PEER_METADATA_DISCOVERY: 'false',
  }
}

/** Nobody checks its signature. */
function serviceAccountToken({ namespace, service, name }: Pod): string {
  const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: 'https://kubernetes.default.svc',
    aud: ['istio-ca'],
    iat: now,
    exp: now + 3600,
    sub: `system:serviceaccount:${namespace}:${service}`,
    'kubernetes.io': { namespace, serviceaccount: { name: service }, pod: { name } },
  }
  return [encode({ alg: 'RS256', typ: 'JWT' }), encode(claims), 'c2ln'].join('.')
}

export function admin(pod: Pod, path: string): Promise<{ readonly status: number; readonly body: string }> {
  return httpGet({ host: '127.0.0.1', port: pod.adminPort, path })
}

/** A counter of the only endpoint of a cluster of this Envoy; undefined when it has no such cluster. */
export async function endpointCounter(
  { pod }: Proxy,
  cluster: string,
  counter: 'cx_total' | 'rq_total',
): Promise<{ readonly endpoint: string; readonly value: number } | undefined> {
  const { body } = await admin(pod, '/clusters')
  for (const line of body.split('\n')) {
    const [name, endpoint, what, value] = line.split('::')
    if (name === cluster && what === counter && endpoint !== undefined) return { endpoint, value: Number(value) }
  }
  return undefined
}

/** Lines of the access log from a position of the agent's log on. */
export function accessLogs({ agent }: Proxy, from: number): AccessLog[] {
  return agent
    .log()
    .slice(from)
    .split('\n')
    .filter((line) => line.startsWith('{"') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as AccessLog)
}

/** The certificate that the pod has now, and those that it shows with it. */
export function certificatesOf({ folder }: Proxy): X509Certificate[] {
  const chain = readFileSync(join(folder, 'certificates', 'cert-chain.pem'), 'utf8')
  const blocks = chain.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  return blocks.map((pem) => new X509Certificate(pem))
}
