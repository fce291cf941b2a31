/** A Kubernetes API server of our own on loopback: etcd and Kubernetes' own programs as ordinary processes. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../coredns.ts'
import type { ToolName } from '../tools.ts'
import type { Server, Workbench } from '../workbench.ts'
import { ApiClient, type Access } from './api-client.ts'
import { mustRun, until } from './wait.ts'

export interface ControlPlane {
  readonly api: ApiClient
  readonly access: Access
  /** File for programs that take a kubeconfig. */
  readonly kubeconfig: string
  /** Where every object is stored (`/registry/secrets/istio-system/cacerts`), in the order in which they were created. */
  readonly history: () => Promise<readonly string[]>
  /** Its files; what runs beside it may keep its own there. */
  readonly folder: string
  /** Ends its processes. */
  readonly stop: () => Promise<void>
}

export const CONTROL_PLANE: readonly ToolName[] = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'openssl']

const START_SECONDS = 60

/** An empty cluster that has no nodes, and of all controllers only those that take away what was owned by what is gone. */
export async function startControlPlane(bench: Workbench): Promise<ControlPlane> {
  const folder = bench.scratch('control-plane')
  const access = {
    port: await freePort(),
    token: randomBytes(16).toString('hex'),
    certificate: credentials(bench, folder),
  }
  const token = join(folder, 'tokens.csv')
  writeFileSync(token, `${access.token},admin,admin,system:masters\n`, { mode: 0o600 })
  const kubeconfig = join(folder, 'admin.conf')
  writeFileSync(kubeconfig, kubeconfigOf(access), { mode: 0o600 })
  const api = new ApiClient(access)
  const started: Server[] = []
  const stop = async (): Promise<void> => {
    api.close()
    // Backwards: an API server waits long for an etcd that is gone.
    for (const server of started.toReversed()) await server.stop()
  }
  const etcd = await startEtcd(bench, folder)
  started.push(etcd.server)
  try {
    const apiServer = startApiServer(bench, folder, access.port, etcd.url)
    started.push(apiServer)
    await until('the API server is ready', START_SECONDS, async () => {
      mustRun(apiServer, 'kube-apiserver')
      return (await api.raw('/readyz')).status === 200 ? true : undefined
    })
    started.push(startControllers(bench, folder, kubeconfig, await freePort()))
  } catch (error) {
    await stop()
    throw error
  }
  return { api, access, kubeconfig, history: () => history(etcd.url), folder, stop }
}

/** A certificate that is its own authority, and the key that signs tokens; gives the certificate. */
function credentials(bench: Workbench, folder: string): string {
  const names = ['IP:127.0.0.1', 'DNS:localhost', 'DNS:kubernetes.default.svc'].join(',')
  const [key, certificate] = [join(folder, 'server.key'), join(folder, 'server.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const fields = ['-subj', '/CN=kube-apiserver', '-days', '2', '-addext', `subjectAltName=${names}`]
  bench.run(bench.tool('openssl'), ['req', '-x509', ...curve, ...fields, '-keyout', key, '-out', certificate])
  bench.run(bench.tool('openssl'), ['pkey', '-in', key, '-pubout', '-out', join(folder, 'server.pub')])
  return readFileSync(certificate, 'utf8')
}

function kubeconfigOf({ port, token, certificate }: Access): string {
  const authority = Buffer.from(certificate).toString('base64')
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'mesh',
    contexts: [{ name: 'mesh', context: { cluster: 'mesh', user: 'admin' } }],
    clusters: [
      { name: 'mesh', cluster: { server: `https://127.0.0.1:${port}`, 'certificate-authority-data': authority } },
    ],
    users: [{ name: 'admin', user: { token } }],
  })
}

async function startEtcd(bench: Workbench, folder: string): Promise<{ readonly server: Server; readonly url: string }> {
  const [url, peer] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`]
  mkdirSync(join(folder, 'etcd'), { mode: 0o700 })
  const args = [
    ['--data-dir', join(folder, 'etcd')],
    ['--listen-client-urls', url, '--advertise-client-urls', url],
    ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
  ]
  return { server: bench.start(bench.tool('etcd'), args.flat(), { cwd: folder }), url }
}

function startApiServer(bench: Workbench, folder: string, port: number, etcd: string): Server {
  const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server.key')]
  const args = [
    ['--etcd-servers', etcd],
    ['--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1', '--secure-port', String(port)],
    ['--tls-cert-file', certificate, '--tls-private-key-file', key],
    ['--token-auth-file', join(folder, 'tokens.csv'), '--authorization-mode', 'RBAC'],
    ['--service-account-issuer', 'https://kubernetes.default.svc'],
    ['--service-account-key-file', join(folder, 'server.pub'), '--service-account-signing-key-file', key],
    ['--service-cluster-ip-range', '10.96.0.0/16', '--endpoint-reconciler-type', 'none'],
    // There is nobody who would make the service accounts that it asks for.
    ['--disable-admission-plugins', 'ServiceAccount'],
  ]
  return bench.start(bench.tool('kube-apiserver'), args.flat(), { cwd: folder })
}

function startControllers(bench: Workbench, folder: string, kubeconfig: string, port: number): Server {
  const args = [
    ['--kubeconfig', kubeconfig, '--authentication-kubeconfig', kubeconfig, '--authorization-kubeconfig', kubeconfig],
    ['--bind-address', '127.0.0.1', '--secure-port', String(port), '--cert-dir', join(folder, 'controllers')],
    ['--leader-elect=false', '--controllers', 'garbage-collector-controller,namespace-controller'],
  ]
  return bench.start(bench.tool('kube-controller-manager'), args.flat(), { cwd: folder })
}

/** etcd counts every change of every key (etcd's `KeyValue.create_revision`, API v3 by HTTP). */
async function history(etcd: string): Promise<string[]> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const body = JSON.stringify({ key: base64('/registry/'), range_end: base64('/registry0'), keys_only: true })
  const signal = AbortSignal.timeout(10_000)
  const answer = await fetch(`${etcd}/v3/kv/range`, { method: 'POST', body, signal })
  if (!answer.ok) throw new Error(`etcd: ${answer.status} ${await answer.text()}`)
  const { kvs = [] } = (await answer.json()) as { kvs?: { key: string; create_revision: string }[] }
  return kvs
    .map(({ key, create_revision }) => ({
      key: Buffer.from(key, 'base64').toString('utf8'),
      at: Number(create_revision),
    }))
    .sort((a, b) => a.at - b.at)
    .map(({ key }) => key)
}
