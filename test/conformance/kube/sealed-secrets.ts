/** The real controller of sealed-secrets, with a sealing key of ours, against our API server. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../coredns.ts'
import { UNSHARE, type ToolName } from '../tools.ts'
import type { Server, Workbench } from '../workbench.ts'
import type { ControlPlane } from './control-plane.ts'
import { mustRun, until } from './wait.ts'

export const CONTROLLER: readonly ToolName[] = ['sealed-secrets-controller', 'unshare']

export interface SealingKey {
  /** Certificate and key, PEM files. */
  readonly certificate: string
  readonly privateKey: string
}

const START_SECONDS = 20

/** The one place where a program in a pod looks for its credentials; it cannot be told another. */
const IN_CLUSTER = '/var/run/secrets/kubernetes.io/serviceaccount'

/** Starts one that has this key and no other; keys are kept in the namespace `sealing-<name>`. */
export async function startController(
  bench: Workbench,
  plane: ControlPlane,
  name: string,
  key: SealingKey,
): Promise<Server> {
  const namespace = `sealing-${name}`
  await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  await plane.api.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata: { name: 'sealing', namespace, labels: { 'sealedsecrets.bitnami.com/sealed-secrets-key': 'active' } },
    stringData: { 'tls.crt': readFileSync(key.certificate, 'utf8'), 'tls.key': readFileSync(key.privateKey, 'utf8') },
  })
  const account = bench.scratch(namespace)
  writeFileSync(join(account, 'token'), plane.access.token, { mode: 0o600 })
  writeFileSync(join(account, 'ca.crt'), plane.access.certificate)
  writeFileSync(join(account, 'namespace'), namespace)
  const [http, metrics] = [await freePort(), await freePort()]
  const options = ['--key-renew-period', '0', '--kubeclient-qps', '-1']
  const listen = ['--listen-addr', `127.0.0.1:${http}`, '--listen-metrics-addr', `127.0.0.1:${metrics}`]
  // In mounts of its own, so that the credentials are where it looks for them, and for nobody else.
  const script = `mount -t tmpfs none /run && mkdir -p ${IN_CLUSTER} && mount --bind "$1" ${IN_CLUSTER} && shift && exec "$@"`
  const mounts = UNSHARE.filter((option) => option !== '--net')
  const program = [bench.tool('sealed-secrets-controller'), ...options, ...listen]
  const server = bench.start(bench.tool('unshare'), [...mounts, 'sh', '-c', script, 'sh', account, ...program], {
    cwd: plane.folder,
    env: {
      POD_NAMESPACE: namespace,
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(plane.access.port),
    },
  })
  try {
    await until('the controller of sealed-secrets serves', START_SECONDS, () => {
      mustRun(server, 'the controller of sealed-secrets')
      return server.log().includes('HTTP server serving') ? true : undefined
    })
  } catch (error) {
    await server.stop()
    throw error
  }
  return server
}
