/** What Flux makes of what `meshwright publish` gives it, on one cluster that begins empty. */
import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict'
import { mustRefuse, present, type Check } from '../check.ts'
import { at, objectNamed, type KubernetesObject } from '../manifests.ts'
import type { Workbench } from '../workbench.ts'
import { installCrds } from './crds.ts'
import { FLUX, FLUX_NAMESPACE, hurried, startFlux, STEPS, type Step } from './flux.ts'
import { Scenario } from './scenario.ts'
import {
  assertApplied,
  assertCacerts,
  assertExchangeHeld,
  assertGone,
  assertNoIstio,
  assertOrder,
  assertThere,
  assertTrustLost,
  breakSeal,
  CACERTS,
  CLUSTER,
  condition,
  COREDNS,
  emptyFolders,
  exchangeService,
  GATEWAY,
  identities,
  imports,
  removeFolder,
  setStage,
  STAGE,
  unprotect,
  withServers,
  type MeshStage,
} from './stage.ts'
import { until } from './wait.ts'

const SECONDS = 60
const HELD_SECONDS = 4

const scenario = new Scenario<MeshStage>([...STAGE, ...FLUX], async (bench) => {
  const stage = await setStage(bench)
  try {
    await installCrds(bench, stage.plane.api, 'flux')
    return withServers(stage, await startFlux(bench, stage.plane))
  } catch (error) {
    await stage.stop()
    throw error
  }
})

export const fluxChecks: readonly Check[] = [
  scenario.step('Flux: trust arrives where no kind of Istio is known, and the later steps wait', trustFirst),
  scenario.step('Flux: when Istio comes, gateway, services and DNS follow in this order', othersFollow),
  scenario.step('Flux: a second publish with nothing changed gives no new revision', nothingNew),
  scenario.step('Flux: a broken SealedSecret stops the later steps, and cacerts stays', brokenSeal),
  scenario.step('planted: Flux goes past a broken SealedSecret without the expressions for its health', unjudged),
  scenario.step('Flux: mended in Git it goes on; the removed service is pruned, trust is not', mended),
  scenario.step('Flux: a folder that vanishes takes nothing with it', vanished),
  scenario.step('Flux: Kustomizations that are deleted take nothing with them', deleted),
  scenario.step('Flux: folders that are emptied, and Kustomizations that are deleted, leave trust', emptied),
  scenario.step('planted: Flux takes a SealedSecret away that is not protected', unprotected),
]

function kustomization({ plane, delivery }: MeshStage, step: Step): Promise<KubernetesObject | undefined> {
  const metadata = { name: `${delivery.name}-${step}`, namespace: FLUX_NAMESPACE }
  return plane.api.get({ apiVersion: 'kustomize.toolkit.fluxcd.io/v1', kind: 'Kustomization', metadata })
}

function repository({ plane, delivery }: MeshStage): Promise<KubernetesObject | undefined> {
  const metadata = { name: delivery.name, namespace: FLUX_NAMESPACE }
  return plane.api.get({ apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository', metadata })
}

/** Gives Flux what is rendered for it, as a user does once. */
async function introduce({ plane, delivery }: MeshStage): Promise<void> {
  for (const object of delivery.rendered(`flux/${CLUSTER}.yaml`)) await plane.api.apply(hurried(object))
}

function revisionOf({ delivery }: MeshStage, commit: string): string {
  return `${delivery.branch}@sha1:${commit}`
}

/** Waits until a step says of a commit that it is done, or why it is not. */
async function reached(stage: MeshStage, commit: string, step: Step, ready: 'True' | 'False'): Promise<string> {
  const revision = revisionOf(stage, commit)
  return until(
    `the step ${step} is ${ready === 'True' ? '' : 'not '}ready at ${commit.slice(0, 12)}`,
    SECONDS,
    async () => {
      const found = await kustomization(stage, step)
      const { status, message = '' } = condition(found, 'Ready') ?? {}
      const field = ready === 'True' ? 'lastAppliedRevision' : 'lastAttemptedRevision'
      const seen = at(found, 'status', field)
      if (status === ready && seen === revision) return message
      throw new Error(`${String(status)} at ${String(seen)}: ${message}`)
    },
  )
}

/** Waits until a step says that it waits for another. */
async function waits(stage: MeshStage, step: Step): Promise<void> {
  await until(`the step ${step} waits for the step before it`, SECONDS, async () => {
    const { reason, message } = condition(await kustomization(stage, step), 'Ready') ?? {}
    if (reason === 'DependencyNotReady') return true
    throw new Error(`${reason}: ${message}`)
  })
}

/** Tells Flux to look at the repository, and waits until it has. */
async function look(stage: MeshStage): Promise<void> {
  const requested = String(performance.now())
  const found = present(await repository(stage), 'GitRepository')
  const annotations = { 'reconcile.fluxcd.io/requestedAt': requested }
  const { apiVersion, kind, metadata } = found
  const { name, namespace = '' } = metadata
  await stage.plane.api.apply({ apiVersion, kind, metadata: { name, namespace, annotations } }, { manager: 'look' })
  await until('Flux has looked at the repository', SECONDS, async () => {
    return at(await repository(stage), 'status', 'lastHandledReconcileAt') === requested ? true : undefined
  })
}

async function allReady(stage: MeshStage, commit: string): Promise<void> {
  for (const step of STEPS) await reached(stage, commit, step, 'True')
}

async function trustFirst(stage: MeshStage, bench: Workbench): Promise<void> {
  const commit = await stage.delivery.publish()
  await introduce(stage)
  await reached(stage, commit, 'trust', 'True')
  await assertCacerts(stage, bench)
  match(await reached(stage, commit, 'gateway', 'False'), /no matches for kind "Gateway"/)
  await waits(stage, 'services')
  await waits(stage, 'dns')
  await assertNoIstio(stage)
  await assertGone(stage, [COREDNS])
}

async function othersFollow(stage: MeshStage, bench: Workbench): Promise<void> {
  await installCrds(bench, stage.plane.api, 'istio')
  await allReady(stage, await stage.delivery.publish())
  await assertApplied(stage, bench)
  await assertOrder(stage)
}

async function nothingNew(stage: MeshStage): Promise<void> {
  const artifact = async (): Promise<unknown> => at(await repository(stage), 'status', 'artifact')
  const before = await artifact()
  const commit = await stage.delivery.publish()
  await look(stage)
  strictEqual(at(before, 'revision'), revisionOf(stage, commit))
  deepStrictEqual(await artifact(), before, 'there is a new artifact')
}

async function brokenSeal(stage: MeshStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  exchangeService(stage)
  await stage.delivery.publish()
  const broken = await stage.delivery.tamper('Break the seal', breakSeal)
  await look(stage)
  match(await reached(stage, broken, 'trust', 'False'), /SealedSecret\/istio-system\/cacerts.*[Ff]ailed/)
  for (const step of STEPS.slice(1)) await waits(stage, step)
  // Through the first retry too.
  await assertExchangeHeld(stage, HELD_SECONDS)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function unjudged(stage: MeshStage): Promise<void> {
  const { api } = stage.plane
  const objects = stage.delivery.rendered(`flux/${CLUSTER}.yaml`).map(hurried)
  const trust = objectNamed(objects, 'Kustomization', `${stage.delivery.name}-trust`)
  const { healthCheckExprs, ...spec } = trust['spec'] as Readonly<Record<string, unknown>>
  ok(healthCheckExprs !== undefined)
  await api.apply({ ...trust, spec })
  await until('the new service is there', SECONDS, async () => {
    await assertThere(stage, imports('quotes.books'))
    return true
  })
  await mustRefuse('it', /there is (no )?\w+ .*(stock|quotes)\.books/, () => assertExchangeHeld(stage, 1))
  await introduce(stage)
}

async function mended(stage: MeshStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  const commit = await stage.delivery.publish()
  await look(stage)
  await allReady(stage, commit)
  await assertGone(stage, imports('stock.books'))
  await assertApplied(stage, bench)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function vanished(stage: MeshStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  await stage.delivery.tamper('Remove the folder of the cluster', removeFolder)
  await look(stage)
  await until('Flux misses the folder', SECONDS, async () => {
    const { status, message = '' } = condition(await repository(stage), 'Ready') ?? {}
    return status === 'False' && /sparse checkout dir .* does not exist/.test(message) ? true : undefined
  })
  await assertApplied(stage, bench)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function deleted(stage: MeshStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  const commit = await stage.delivery.publish()
  await look(stage)
  await allReady(stage, commit)
  await withdraw(stage)
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
  await introduce(stage)
  await allReady(stage, commit)
}

async function withdraw(stage: MeshStage): Promise<void> {
  for (const step of STEPS) {
    const found = present(await kustomization(stage, step), step)
    await stage.plane.api.delete(found)
    await until(`the step ${step} is gone`, SECONDS, async () =>
      (await kustomization(stage, step)) ? undefined : true,
    )
  }
}

async function emptied(stage: MeshStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  await stage.delivery.publish()
  const commit = await stage.delivery.tamper('Empty all folders', emptyFolders)
  await look(stage)
  await allReady(stage, commit)
  await assertGone(stage, [GATEWAY, ...imports('ratings.books')])
  await withdraw(stage)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function unprotected(stage: MeshStage): Promise<void> {
  const { delivery } = stage
  await delivery.publish()
  const open = await delivery.tamper('Protect trust no more', unprotect)
  await look(stage)
  await introduce(stage)
  await allReady(stage, open)
  await assertThere(stage, [CACERTS])
  const empty = await delivery.tamper('Empty all folders', emptyFolders)
  await look(stage)
  await allReady(stage, empty)
  await assertTrustLost(stage, SECONDS)
}
