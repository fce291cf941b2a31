/** Both clusters, each with the files of one of the meshes; one is started anew when it is to have those of another. */
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { present } from '../check.ts'
import { callerAddress, CLUSTERS, type ClusterName } from './addresses.ts'
import { startApplication, type Application } from './application.ts'
import { startControlPlane, type ControlPlane } from './control-plane.ts'
import type { ClusterFiles, Meshes } from './mesh-files.ts'
import { applicationPod, gatewayPod, sharedPod } from './pods.ts'
import { Processes } from './processes.ts'
import { startProxy, type Proxy } from './proxy.ts'
import type { Settings, Site } from './settings.ts'

export interface Cluster {
  readonly name: ClusterName
  readonly mesh: MeshName
  readonly files: ClusterFiles
  readonly plane: ControlPlane
  readonly gateway: Proxy
  readonly sidecar: Proxy
}

/** What a cluster may be started with. */
export type MeshName = Exclude<keyof Meshes, 'rotated' | 'guarded' | 'weighted'>

export class World {
  readonly settings: Settings
  readonly processes: Processes
  readonly #clusters = new Map<ClusterName, Cluster>()
  readonly #applications: Application[] = []
  #broken: unknown

  constructor(settings: Settings) {
    this.settings = settings
    this.processes = new Processes(settings.logs)
  }

  /** Both clusters, started with the files of these meshes. */
  async with(meshes: Readonly<Record<ClusterName, MeshName>>): Promise<Readonly<Record<ClusterName, Cluster>>> {
    // What failed once fails again, only with a worse reason: its ports are taken.
    if (this.#broken !== undefined) throw this.#broken
    try {
      return await this.#start(meshes)
    } catch (error) {
      this.#broken = error
      throw error
    }
  }

  async #start(meshes: Readonly<Record<ClusterName, MeshName>>): Promise<Readonly<Record<ClusterName, Cluster>>> {
    if (this.#applications.length === 0) {
      this.#applications.push(...(await Promise.all(CLUSTERS.map((name) => startApplication(name)))))
    }
    const started = await Promise.all(
      CLUSTERS.map(async (name): Promise<[ClusterName, Cluster]> => [name, await this.#cluster(name, meshes[name])]),
    )
    return Object.fromEntries(started) as Record<ClusterName, Cluster>
  }

  /** Ends a cluster that is no longer as its files say. */
  async discard(name: ClusterName): Promise<void> {
    const cluster = this.#clusters.get(name)
    if (cluster === undefined) return
    this.#clusters.delete(name)
    const { plane, gateway, sidecar } = cluster
    await Promise.all([plane.stop(), this.processes.stop(gateway.agent), this.processes.stop(sidecar.agent)])
  }

  async close(): Promise<void> {
    await Promise.all(CLUSTERS.map((name) => this.discard(name)))
    // A cluster that was only half started.
    await this.processes.stopAll()
    await Promise.all(this.#applications.map((application) => application.stop()))
  }

  async #cluster(name: ClusterName, mesh: MeshName): Promise<Cluster> {
    const there = this.#clusters.get(name)
    if (there?.mesh === mesh) return there
    await this.discard(name)
    const { programs, meshes, folder } = this.settings
    const files = meshes[mesh][name]
    const isShared = mesh === 'shared'
    const application = isShared ? sharedPod(name) : applicationPod(name)
    const site: Site = {
      cluster: name,
      files,
      application,
      ...(isShared && { callsAt: callerAddress(name) }),
      folder: mkdtempSync(join(folder, `${name}-${mesh}-`)),
    }
    const plane = await startControlPlane(this.processes, programs, site)
    const [gateway, sidecar] = await Promise.all(
      [gatewayPod(name), application].map((pod) => startProxy(this.processes, programs, site, pod)),
    )
    const cluster = {
      name,
      mesh,
      files,
      plane,
      gateway: present(gateway, 'gateway'),
      sidecar: present(sidecar, 'sidecar'),
    }
    this.#clusters.set(name, cluster)
    return cluster
  }
}
