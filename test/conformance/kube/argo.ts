/** The real controllers of Argo CD. */
import { deepStrictEqual } from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../coredns.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import { UNSHARE, type ToolName } from '../tools.ts'
import type { Server, Workbench } from '../workbench.ts'
import type { ControlPlane } from './control-plane.ts'
import { relayPorts } from './relay.ts'
import { mustRun, until } from './wait.ts'

export const ARGO: readonly ToolName[] = ['argo', 'redis-server', 'git', 'kustomize', 'unshare', 'go']

export const ARGO_NAMESPACE = 'argocd'

const START_SECONDS = 30

interface Started {
  readonly stop: () => Promise<void>
  /** Fails when one of them has ended. */
  readonly mustRun: () => void
}

/** Starts all of them; the kinds of Argo CD have to be there, and what `argoSettings` gives. */
export async function startArgo(bench: Workbench, plane: ControlPlane): Promise<Started> {
  const folder = bench.scratch('argo')
  const env = environment(bench, plane, folder)
  const redis = await freePort()
  const [repo, repoMetrics] = [await freePort(), await freePort()]
  const argo = (args: readonly string[], before: readonly string[] = []): Server => {
    const [program, ...rest] = [...before, bench.tool('argo'), ...args, '--logformat', 'text']
    return bench.start(program, rest, { cwd: folder, env })
  }
  const relay = await relayPorts(folder, [plane.access.port, repo, redis])
  const save = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder]
  const servers: Server[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    await relay.stop()
  }
  const allRun = (): void => {
    for (const server of servers) mustRun(server, server.child.spawnargs.slice(0, 6).join(' '))
  }
  try {
    servers.push(bench.start(bench.tool('redis-server'), ['--port', String(redis), ...save], { cwd: folder }))
    const cache = ['--redis', `127.0.0.1:${redis}`]
    const listen = ['--address', '127.0.0.1', '--port', String(repo), '--metrics-address', '127.0.0.1']
    servers.push(argo(['repo-server', ...listen, '--metrics-port', String(repoMetrics), '--disable-tls', ...cache]))
    await until('the repo-server of Argo CD is ready', START_SECONDS, async () => {
      allRun()
      const { ok } = await fetch(`http://127.0.0.1:${repoMetrics}/healthz`, { signal: AbortSignal.timeout(1000) })
      return ok ? true : undefined
    })
    const server = ['--repo-server-plaintext', '--namespace', ARGO_NAMESPACE]
    servers.push(
      argo(['appset', '--argocd-repo-server', `127.0.0.1:${repo}`, ...server, ...(await appsetAddresses())]),
      // It listens on all interfaces, so it gets a network of its own, and the three others by way of the relay.
      argo(
        ['isolated', folder, [plane.access.port, repo, redis].join(','), 'controller'].concat(
          ['--repo-server', `127.0.0.1:${repo}`, ...server, ...cache],
          ['--status-processors', '2', '--operation-processors', '2'],
        ),
        [bench.tool('unshare'), ...UNSHARE],
      ),
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { stop, mustRun: allRun }
}

async function appsetAddresses(): Promise<string[]> {
  const [metrics, probe, webhook] = [await freePort(), await freePort(), await freePort()]
  const on = (port: number): string => `127.0.0.1:${port}`
  return ['--metrics-addr', on(metrics), '--probe-addr', on(probe), '--webhook-addr', on(webhook)]
}

/** Everything that would otherwise be at a fixed place of the machine. */
function environment(bench: Workbench, { kubeconfig }: ControlPlane, folder: string): Record<string, string> {
  for (const name of ['tls', 'ssh', 'gpg', 'keys', 'plugins', 'tmp']) mkdirSync(join(folder, name))
  chmodSync(join(folder, 'gpg'), 0o700)
  writeFileSync(join(folder, 'ssh', 'ssh_known_hosts'), '')
  return {
    KUBECONFIG: kubeconfig,
    // The cluster that it runs in is the one of KUBECONFIG.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_CONTROLLER_REPLICAS: '1',
    // Half of what it is by default.
    ARGOCD_SYNC_WAVE_DELAY: '1',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_TLS_DATA_PATH: join(folder, 'tls'),
    ARGOCD_SSH_DATA_PATH: join(folder, 'ssh'),
    ARGOCD_GNUPGHOME: join(folder, 'gpg'),
    ARGOCD_GPG_DATA_PATH: join(folder, 'keys'),
    ARGOCD_PLUGINSOCKFILEPATH: join(folder, 'plugins'),
    ARGOCD_ASK_PASS_SOCK: join(folder, 'ask-pass.sock'),
    TMPDIR: join(folder, 'tmp'),
    PATH: `${dirname(bench.tool('kustomize'))}:${process.env['PATH'] ?? ''}`,
  }
}

/** What has to be there before the programs start, and the cluster as Argo CD knows it. */
export function argoSettings(cluster: string): KubernetesObject[] {
  const namespace = ARGO_NAMESPACE
  const labels = { 'app.kubernetes.io/part-of': 'argocd' }
  const config = (name: string, rest: object = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels },
    ...rest,
  })
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    config('argocd-cm'),
    config('argocd-rbac-cm'),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'argocd-secret', namespace, labels },
      stringData: { 'server.secretkey': 'only for this run' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: cluster, namespace, labels: { 'argocd.argoproj.io/secret-type': 'cluster' } },
      stringData: { name: cluster, server: 'https://kubernetes.default.svc', config: '{}' },
    },
  ]
}

const RETRY = ['spec', 'template', 'spec', 'syncPolicy', 'retry'] as const

/** What is rendered, but for the waits between retries: nobody sits here for minutes. */
export function hurried(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'ApplicationSet') return object
  const copy = structuredClone(object)
  const retry = at(copy, ...RETRY) as { backoff: object }
  deepStrictEqual(retry.backoff, { duration: '10s', factor: 2, maxDuration: '3m' })
  retry.backoff = { duration: '1s', factor: 2, maxDuration: '4s' }
  return copy
}
