/** A mesh whose clusters sign already, and the command line in its folder. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { KUBEADM_COREFILE } from '../../corefiles.ts'
import { makeControllerKey } from '../../trust/controller-certificate.ts'
import { openWithKubeseal, unpacked, verifyLikeIstiod, type Bundle } from '../cacerts.ts'
import { present } from '../check.ts'
import { ALONE, MESHWRIGHT } from '../subjects.ts'
import type { Ran, Workbench } from '../workbench.ts'
import { CLUSTERS, type ClusterName } from './foreign-cas.ts'

/** A mesh whose clusters sign already, with the keys of their controllers beside it. */
export class LiveMesh {
  readonly folder: string
  readonly #bench: Workbench
  readonly #keys = new Map<ClusterName, string>()

  constructor(bench: Workbench, current: string, roots = '{ id: r1, state: active }') {
    this.#bench = bench
    const folder = bench.scratch('live')
    this.folder = join(folder, 'mesh')
    for (const name of ['corefiles', 'sealing']) mkdirSync(join(this.folder, name), { recursive: true })
    this.say(current, roots)
    for (const cluster of CLUSTERS) {
      const { certificate, privateKey } = makeControllerKey({ now: new Date(Date.now() - 3_600_000), bits: 2048 })
      const key = join(folder, `${cluster}.key.pem`)
      writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
      this.#keys.set(cluster, key)
      writeFileSync(join(this.folder, 'sealing', `${cluster}.pem`), certificate)
      writeFileSync(join(this.folder, 'corefiles', `${cluster}.Corefile`), KUBEADM_COREFILE)
    }
  }

  say(current: string, roots: string, generation?: number): void {
    const wanted = generation === undefined ? '' : `, generation: ${generation}`
    const text = `apiVersion: meshwright.dev/v1
kind: Mesh
metadata: { name: live }
trust: { roots: [${roots}] }
defaults:
  cluster: { trust: { current: ${current}${wanted} }, gateway: { install: none } }
clusters:
  - { name: east, gateway: { addresses: [198.51.100.1] } }
  - { name: west, gateway: { addresses: [198.51.100.2] } }
services: []
`
    writeFileSync(join(this.folder, 'mesh.yaml'), text)
  }

  try(args: readonly string[], input?: string): Ran {
    const options = { env: { ...ALONE, MESHWRIGHT_SIGNER: undefined }, ...(input !== undefined && { input }) }
    return this.#bench.try(process.execPath, [MESHWRIGHT, '-C', this.folder, ...args], options)
  }

  run(args: readonly string[], input?: string): Ran {
    const ran = this.try(args, input)
    if (ran.status !== 0) throw new Error(ran.stderr)
    return ran
  }

  /** Generates, and has the output judged. */
  generate(...args: readonly string[]): void {
    this.run(['generate', ...args])
    this.run(['verify'])
  }

  opened(cluster: ClusterName): Bundle {
    const file = join(this.folder, 'output', 'clusters', cluster, 'trust', 'cacerts.yaml')
    const key = present(this.#keys.get(cluster), 'key of the controller')
    return openWithKubeseal(this.#bench, readFileSync(file, 'utf8'), key)
  }

  /** As istiod would mount it, when istiod would take it. */
  mounted(cluster: ClusterName): string {
    const folder = unpacked(this.#bench, this.opened(cluster))
    verifyLikeIstiod(this.#bench, folder, new Date())
    return folder
  }

  locked(cluster: ClusterName): { readonly certificate: string; readonly crl?: string } {
    return parse(readFileSync(join(this.folder, 'mesh.lock', 'clusters', `${cluster}.yaml`), 'utf8')) as {
      certificate: string
    }
  }
}
