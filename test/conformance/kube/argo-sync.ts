/** What Argo CD makes of what `meshwright publish` gives it, with one Application on one cluster that begins empty. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { mustRefuse, present, type Check } from '../check.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import type { Workbench } from '../workbench.ts'
import { applicationSet, ARGO, ARGO_NAMESPACE, argoSettings, startArgo } from './argo.ts'
import { installCrds } from './crds.ts'
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
  demandKinds,
  emptyFolders,
  exchangeService,
  GATEWAY,
  identities,
  imports,
  removeFolder,
  setStage,
  STAGE,
  unprotect,
  type MeshStage,
} from './stage.ts'
import { until } from './wait.ts'

const SECONDS = 60
const HELD_SECONDS = 5

interface ArgoStage extends MeshStage {
  readonly mustRun: () => void
}

const scenario = new Scenario<ArgoStage>([...STAGE, ...ARGO], async (bench) => {
  const stage = await setStage(bench)
  try {
    await installCrds(bench, stage.plane.api, 'argo')
    for (const object of argoSettings(CLUSTER)) await stage.plane.api.apply(object)
    const argo = await startArgo(bench, stage.plane)
    const stop = async (): Promise<void> => {
      await argo.stop()
      await stage.stop()
    }
    return { ...stage, mustRun: argo.mustRun, stop }
  } catch (error) {
    await stage.stop()
    throw error
  }
})

export const argoChecks: readonly Check[] = [
  scenario.step('planted: Argo CD brings nothing, not even trust, where it must know all kinds at once', nothingFirst),
  scenario.step('Argo CD: trust arrives where no kind of Istio is known, and the later waves wait', trustFirst),
  scenario.step('Argo CD: when Istio comes, gateway, services and DNS follow in this order', othersFollow),
  scenario.step('Argo CD: a second publish with nothing changed gives no new revision', nothingNew),
  scenario.step('Argo CD: a broken SealedSecret stops the later waves, and cacerts stays', brokenSeal),
  scenario.step('Argo CD: mended in Git it goes on; the removed service is pruned, trust is not', mended),
  scenario.step('Argo CD: a folder that vanishes takes nothing with it', vanished),
  scenario.step('Argo CD: folders that are emptied leave trust', emptied),
  scenario.step('planted: Argo CD takes a SealedSecret away that is not protected', unprotected),
  scenario.step('Argo CD: without the ApplicationSet everything stays', withoutSet),
]

function application({ plane }: MeshStage): Promise<KubernetesObject | undefined> {
  const metadata = { name: `mesh-${CLUSTER}`, namespace: ARGO_NAMESPACE }
  return plane.api.get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata })
}

interface Told {
  readonly sync: string
  readonly revision: string
  readonly health: string
  readonly phase: string
  /** The commit that the last or running operation is at. */
  readonly operation: string
  readonly message: string
  /** What it could not apply, with the reason. */
  readonly failed: readonly string[]
}

interface Result {
  readonly kind: string
  readonly status?: string
  readonly message?: string
}

async function told(stage: ArgoStage): Promise<Told> {
  stage.mustRun()
  const found = present(await application(stage), 'Application')
  const text = (...path: readonly string[]): string => (at(found, 'status', ...path) ?? '') as string
  const results = (at(found, 'status', 'operationState', 'syncResult', 'resources') ?? []) as readonly Result[]
  return {
    sync: text('sync', 'status'),
    revision: text('sync', 'revision'),
    health: text('health', 'status'),
    phase: text('operationState', 'phase'),
    operation: text('operationState', 'syncResult', 'revision'),
    message: text('operationState', 'message'),
    failed: results.filter(({ status }) => status === 'SyncFailed').map(({ kind, message }) => `${kind}: ${message}`),
  }
}

/** Waits until Argo CD says what is expected. */
async function says(stage: ArgoStage, what: string, expected: (told: Told) => boolean): Promise<Told> {
  return until(`Argo CD says: ${what}`, SECONDS, async () => {
    const now = await told(stage)
    if (expected(now)) return now
    throw new Error(JSON.stringify(now))
  })
}

/** Tells Argo CD to look at the repository. */
async function look(stage: ArgoStage): Promise<void> {
  const { apiVersion, kind, metadata } = present(await application(stage), 'Application')
  const { name, namespace = '' } = metadata
  const annotations = { 'argocd.argoproj.io/refresh': 'normal' }
  await stage.plane.api.apply({ apiVersion, kind, metadata: { name, namespace, annotations } }, { manager: 'look' })
  await until('Argo CD has looked', SECONDS, async () => {
    const found = await application(stage)
    return found?.metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined ? true : undefined
  })
}

function done(stage: ArgoStage, commit: string): Promise<Told> {
  return says(stage, `all is done at ${commit.slice(0, 12)}`, ({ sync, revision, health, phase, operation }) => {
    const synced = sync === 'Synced' && revision === commit && health === 'Healthy'
    return synced && phase === 'Succeeded' && operation === commit
  })
}

async function nothingFirst(stage: ArgoStage): Promise<void> {
  const { plane, delivery } = stage
  await delivery.publish()
  const demanding = await delivery.tamper('Demand all kinds', demandKinds)
  await plane.api.apply(applicationSet(delivery.url, delivery.branch, ['west']))
  await says(stage, 'not all kinds are there', ({ operation, message }) => {
    return operation === demanding && /synchronization tasks are not valid/.test(message)
  })
  await mustRefuse('it', /there is no Secret istio-system\/cacerts/, () => assertThere(stage, [CACERTS]))
}

async function trustFirst(stage: ArgoStage, bench: Workbench): Promise<void> {
  const commit = await stage.delivery.publish()
  await look(stage)
  const { failed } = await says(stage, 'the Gateway cannot be applied', ({ operation, failed }) => {
    return operation === commit && failed.length > 0
  })
  strictEqual(failed.length, 1)
  match(failed[0] ?? '', /no matches for kind "Gateway"/)
  await assertCacerts(stage, bench)
  await assertNoIstio(stage)
  await assertGone(stage, [COREDNS])
}

async function othersFollow(stage: ArgoStage, bench: Workbench): Promise<void> {
  await installCrds(bench, stage.plane.api, 'istio')
  await done(stage, await stage.delivery.publish())
  await assertApplied(stage, bench)
  await assertOrder(stage)
}

async function nothingNew(stage: ArgoStage): Promise<void> {
  const operation = async (): Promise<unknown> => at(await application(stage), 'status', 'operationState')
  const before = await operation()
  const commit = await stage.delivery.publish()
  await look(stage)
  await done(stage, commit)
  deepStrictEqual(await operation(), before, 'there was another operation')
}

async function brokenSeal(stage: ArgoStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  exchangeService(stage)
  await stage.delivery.publish()
  const broken = await stage.delivery.tamper('Break the seal', breakSeal)
  await look(stage)
  await says(stage, 'the seal is broken', ({ operation, health, message }) => {
    return operation === broken && health === 'Degraded' && /completed unsuccessfully\. Retrying/.test(message)
  })
  // Through the first retries too.
  await assertExchangeHeld(stage, HELD_SECONDS)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function mended(stage: ArgoStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  const commit = await stage.delivery.publish()
  await done(stage, commit)
  await assertGone(stage, imports('stock.books'))
  await assertApplied(stage, bench)
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function emptied(stage: ArgoStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  await stage.delivery.publish()
  const commit = await stage.delivery.tamper('Empty all folders but one', (clone) => emptyFolders(clone, ['dns']))
  await look(stage)
  await says(stage, 'it is done', ({ phase, operation }) => phase === 'Succeeded' && operation === commit)
  await assertGone(stage, [GATEWAY, ...imports('ratings.books')])
  await assertCacerts(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function unprotected(stage: ArgoStage): Promise<void> {
  const { delivery } = stage
  await delivery.publish()
  const open = await delivery.tamper('Protect trust no more', unprotect)
  await look(stage)
  await done(stage, open)
  await assertThere(stage, [CACERTS])
  await delivery.tamper('Empty all folders but one', (clone) => emptyFolders(clone, ['dns']))
  await look(stage)
  await assertTrustLost(stage, SECONDS)
}

async function withoutSet(stage: ArgoStage, bench: Workbench): Promise<void> {
  const { plane, delivery } = stage
  const commit = await delivery.publish()
  await look(stage)
  await done(stage, commit)
  const before = await identities(stage)
  await plane.api.delete(applicationSet(delivery.url, delivery.branch, []))
  await until('the Application is gone', SECONDS, async () => ((await application(stage)) ? undefined : true))
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

/** The set of Applications looks at the folders too, and must not delete an Application for want of its folder. */
async function vanished(stage: ArgoStage, bench: Workbench): Promise<void> {
  const { plane, delivery } = stage
  const before = await identities(stage)
  await delivery.tamper('Remove the folder of the cluster', removeFolder)
  const { apiVersion, kind, metadata } = applicationSet(delivery.url, delivery.branch, [])
  const refresh = 'argocd.argoproj.io/application-set-refresh'
  const looked = { apiVersion, kind, metadata: { ...metadata, annotations: { [refresh]: 'true' } } }
  await plane.api.apply(looked, { manager: 'look' })
  await until('the ApplicationSet has looked', SECONDS, async () => {
    return (await plane.api.get(looked))?.metadata.annotations?.[refresh] === undefined ? true : undefined
  })
  await look(stage)
  await until('Argo CD misses the folder', SECONDS, async () => {
    const { message = '' } = condition(await application(stage), 'ComparisonError') ?? {}
    return /app path does not exist/.test(message) ? true : undefined
  })
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
}
