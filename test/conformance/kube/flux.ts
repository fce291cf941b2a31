/** The real source-controller and kustomize-controller of Flux, and the objects by which they take a cluster's folders. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../coredns.ts'
import type { KubernetesObject } from '../manifests.ts'
import type { ToolName } from '../tools.ts'
import type { Server, Workbench } from '../workbench.ts'
import type { ControlPlane } from './control-plane.ts'
import { until, mustRun } from './wait.ts'

export const FLUX: readonly ToolName[] = ['source-controller', 'kustomize-controller', 'git', 'go']

export const FLUX_NAMESPACE = 'flux-system'

const START_SECONDS = 30

/** Starts both; the kinds of Flux have to be there. */
export async function startFlux(bench: Workbench, plane: ControlPlane): Promise<readonly Server[]> {
  await plane.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: FLUX_NAMESPACE } })
  const folder = bench.scratch('flux')
  mkdirSync(join(folder, 'artifacts'))
  const env = { KUBECONFIG: plane.kubeconfig, RUNTIME_NAMESPACE: FLUX_NAMESPACE, TMPDIR: folder }
  const [storage, ...ports] = await Promise.all(Array.from({ length: 5 }, async () => `127.0.0.1:${await freePort()}`))
  const common = ['--enable-leader-election=false', '--watch-all-namespaces', '--log-level', 'info']
  const listen = (i: number): string[] => ['--metrics-addr', ports[i] ?? '', '--health-addr', ports[i + 1] ?? '']
  const store = ['--storage-path', join(folder, 'artifacts'), '--storage-addr', storage, '--storage-adv-addr', storage]
  const start = (name: 'source-controller' | 'kustomize-controller', ...args: string[]): Server =>
    bench.start(bench.tool(name), [...common, ...args], { cwd: folder, env })
  const servers = [
    start('source-controller', ...listen(0), ...(store as string[])),
    start('kustomize-controller', ...listen(2), '--no-remote-bases', '--requeue-dependency', '1s'),
  ]
  try {
    await until('Flux is ready', START_SECONDS, async () => {
      for (const server of servers) mustRun(server, server.child.spawnfile)
      for (const address of [ports[1], ports[3]]) {
        const { ok } = await fetch(`http://${address}/readyz`, { signal: AbortSignal.timeout(1000) })
        if (!ok) return undefined
      }
      return true
    })
  } catch (error) {
    await Promise.all(servers.map((server) => server.stop()))
    throw error
  }
  return servers
}

/** The folders of a cluster, each after the one before it. */
export const STEPS = ['trust', 'gateway', 'services', 'dns'] as const

export type Step = (typeof STEPS)[number]

interface Source {
  readonly url: string
  readonly branch: string
  readonly cluster: string
}

/**
 * One source, and one Kustomization for each folder that waits for the one before it. Intervals are long: the checks say
 * when to look. A SealedSecret has no condition that Flux would know by itself.
 */
export function fluxObjects({ url, branch, cluster }: Source): KubernetesObject[] {
  const repository = {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'mesh', namespace: FLUX_NAMESPACE },
    spec: { interval: '1h', url, ref: { branch }, sparseCheckout: [`clusters/${cluster}`] },
  }
  return [repository, ...STEPS.map((step, i) => kustomizationOf(cluster, step, STEPS[i - 1]))]
}

const SYNCED = "status.conditions.filter(e, e.type == 'Synced').all(e, e.status =="

function kustomizationOf(cluster: string, step: Step, former: Step | undefined): KubernetesObject {
  const sealed = { apiVersion: 'bitnami.com/v1alpha1', kind: 'SealedSecret' }
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: `mesh-${step}`, namespace: FLUX_NAMESPACE },
    spec: {
      interval: '1h',
      retryInterval: '2s',
      timeout: '30s',
      sourceRef: { kind: 'GitRepository', name: 'mesh' },
      path: `./clusters/${cluster}/${step}`,
      prune: true,
      wait: true,
      ...(step !== 'services' && { deletionPolicy: 'Orphan' }),
      ...(former !== undefined && { dependsOn: [{ name: `mesh-${former}` }] }),
      ...(step === 'trust' && {
        healthCheckExprs: [{ ...sealed, failed: `${SYNCED} 'False')`, current: `${SYNCED} 'True')` }],
      }),
    },
  }
}
