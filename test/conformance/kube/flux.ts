/** The real source-controller and kustomize-controller of Flux. */
import { strictEqual } from 'node:assert/strict'
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

const WAITS: Readonly<Record<string, readonly [rendered: string, here: string]>> = {
  retryInterval: ['2m', '2s'],
  timeout: ['5m', '30s'],
}

/** What is rendered, but for waits: nobody sits here for minutes. */
export function hurried(object: KubernetesObject): KubernetesObject {
  if (object.kind !== 'Kustomization') return object
  const spec = { ...(object['spec'] as Readonly<Record<string, unknown>>) }
  for (const [field, [rendered, here]] of Object.entries(WAITS)) {
    strictEqual(spec[field], rendered, `${field} of ${object.metadata.name}`)
    spec[field] = here
  }
  return { ...object, spec }
}
