/** What Flux makes of a `cacerts` that SOPS has encrypted, with the identity of a recipient and with another one. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { present, type Check } from '../check.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import { backends, trustFile, type Backends } from '../trust/backends.ts'
import { openWithSops } from '../trust/sealing.ts'
import type { Workbench } from '../workbench.ts'
import { CONTROL_PLANE, startControlPlane } from './control-plane.ts'
import { installCrds } from './crds.ts'
import { deliver } from './delivery.ts'
import { FLUX, FLUX_NAMESPACE, hurried, startFlux } from './flux.ts'
import { Scenario } from './scenario.ts'
import { CACERTS, condition, withServers, type MeshStage } from './stage.ts'
import { until } from './wait.ts'

const CLUSTER = 'encrypted'
const SECONDS = 60

interface SopsStage extends MeshStage {
  readonly made: Backends
}

const scenario = new Scenario<SopsStage>([...CONTROL_PLANE, ...FLUX, 'sops'], async (bench) => {
  const made = await backends(bench)
  const plane = await startControlPlane(bench)
  try {
    await installCrds(bench, plane.api, 'flux')
    const output = `${made.mesh}/output`
    const subject = { mesh: made.mesh, output, clusters: [CLUSTER], controllerKeys: new Map(), at: new Date() }
    const delivery = await deliver(bench, subject, ['flux'])
    const stop = async (): Promise<void> => {
      await delivery.stop()
      await plane.stop()
    }
    const objects = (): Promise<readonly KubernetesObject[]> =>
      plane.api.listAll([['kustomize.toolkit.fluxcd.io/v1', 'Kustomization']])
    return withServers({ plane, delivery, made, objects, stop }, await startFlux(bench, plane))
  } catch (error) {
    await plane.stop()
    throw error
  }
})

export const fluxSopsChecks: readonly Check[] = [
  scenario.step('planted: Flux with the identity of a stranger makes no cacerts', refused),
  scenario.step('Flux decrypts cacerts with the identity of a recipient', decrypted),
  scenario.step('Flux: a Kustomization that is deleted leaves the decrypted cacerts', kept),
]

async function giveIdentity({ plane }: SopsStage, file: string): Promise<void> {
  const identity = Buffer.from(readFileSync(file)).toString('base64')
  const metadata = { name: 'sops-age', namespace: FLUX_NAMESPACE }
  await plane.api.apply({ apiVersion: 'v1', kind: 'Secret', metadata, data: { 'identity.agekey': identity } })
}

function trust({ delivery }: SopsStage): {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace: string }
} {
  const metadata = { name: `${delivery.name}-trust`, namespace: FLUX_NAMESPACE }
  return { apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata }
}

async function becomes(stage: SopsStage, ready: 'True' | 'False', message: RegExp): Promise<void> {
  await until(`trust is ${ready === 'True' ? '' : 'not '}ready`, SECONDS, async () => {
    const { status, message: said = '' } = condition(await stage.plane.api.get(trust(stage)), 'Ready') ?? {}
    if (status === ready && message.test(said)) return true
    throw new Error(`${String(status)}: ${said}`)
  })
}

async function refused(stage: SopsStage): Promise<void> {
  await giveIdentity(stage, stage.made.identities[2])
  await stage.delivery.publish()
  for (const object of stage.delivery.rendered(`flux/${CLUSTER}.yaml`)) await stage.plane.api.apply(hurried(object))
  await becomes(stage, 'False', /decrypt/)
  strictEqual(await stage.plane.api.get(CACERTS), undefined, 'there is a cacerts')
}

async function decrypted(stage: SopsStage, bench: Workbench): Promise<void> {
  await giveIdentity(stage, stage.made.identities[1])
  await becomes(stage, 'True', /Applied revision/)
  const secret = present(await stage.plane.api.get(CACERTS), 'Secret istio-system/cacerts')
  const bundle = openWithSops(bench, trustFile(stage.made, CLUSTER, 'cacerts.sops.yaml'), stage.made.identities[0])
  const data = Object.fromEntries([...bundle].map(([item, bytes]) => [item, bytes.toString('base64')]))
  deepStrictEqual(secret['data'], data, 'cacerts is not what was encrypted')
  strictEqual(at(secret, 'type'), 'Opaque')
  strictEqual(at(secret, 'sops'), undefined)
}

async function kept(stage: SopsStage): Promise<void> {
  const before = present(await stage.plane.api.get(CACERTS), 'Secret istio-system/cacerts')
  await stage.plane.api.delete(trust(stage))
  await until('the Kustomization is gone', SECONDS, async () => {
    return (await stage.plane.api.get(trust(stage))) === undefined ? true : undefined
  })
  const after = present(await stage.plane.api.get(CACERTS), 'Secret istio-system/cacerts')
  deepStrictEqual(after.metadata, before.metadata)
  match(String(at(after, 'metadata', 'annotations', 'kustomize.toolkit.fluxcd.io/prune')), /Disabled/)
}
