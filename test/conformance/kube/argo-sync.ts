/** What Argo CD makes of what `meshwright publish` gives it, with one Application on one cluster that begins empty. */
import { deepStrictEqual, match, strictEqual } from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mustRefuse, present, type Check } from '../check.ts'
import { edit } from '../edit.ts'
import { at, type KubernetesObject } from '../manifests.ts'
import type { Workbench } from '../workbench.ts'
import { ARGO, argoSettings, startArgo } from './argo.ts'
import {
  application,
  applicationSet,
  done,
  introduce,
  look,
  SECONDS,
  says,
  setLooked,
  type ArgoStage,
} from './argo-view.ts'
import { installCrds } from './crds.ts'
import { nameInArgo } from './delivery.ts'
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
} from './stage.ts'
import { until } from './wait.ts'

const HELD_SECONDS = 5

const scenario = new Scenario<ArgoStage>([...STAGE, ...ARGO], async (bench) => {
  const stage = await setStage(bench)
  try {
    await installCrds(bench, stage.plane.api, 'argo')
    for (const object of argoSettings(nameInArgo(CLUSTER))) await stage.plane.api.apply(object)
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
  scenario.step('planted: a kind that is not rendered is refused by the project', foreignKind),
  scenario.step('Argo CD: a cluster that leaves the ApplicationSet keeps its Application and all it has', unlisted),
  scenario.step('planted: with the policy that an ApplicationSet has by default, the Application goes', unkept),
  scenario.step('Argo CD: a folder that vanishes takes nothing with it', vanished),
  scenario.step('Argo CD: folders that are emptied leave trust', emptied),
  scenario.step('planted: Argo CD takes a SealedSecret away that is not protected', unprotected),
  scenario.step('Argo CD: without the ApplicationSet everything stays', withoutSet),
]

async function nothingFirst(stage: ArgoStage): Promise<void> {
  const { delivery } = stage
  await delivery.publish()
  const demanding = await delivery.tamper('Demand all kinds', demandKinds)
  await introduce(stage)
  await until('there is an Application', SECONDS, async () => ((await application(stage)) ? true : undefined))
  await assertKept(stage)
  // A cluster that Argo CD does not know by its name is told, and keeps no other one from its Application.
  strictEqual(await application(stage, 'west'), undefined)
  await until('Argo CD misses a cluster', SECONDS, async () => {
    const set = await stage.plane.api.get(applicationSet(stage))
    const { message = '' } = condition(set, 'ErrorOccurred') ?? {}
    return /there are no clusters with this name: west-1/.test(message) ? true : undefined
  })
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
  await plane.api.delete(applicationSet(stage))
  await until('the Application is gone', SECONDS, async () => ((await application(stage)) ? undefined : true))
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

async function vanished(stage: ArgoStage, bench: Workbench): Promise<void> {
  const before = await identities(stage)
  await stage.delivery.tamper('Remove the folder of the cluster', removeFolder)
  await look(stage)
  await until('Argo CD misses the folder', SECONDS, async () => {
    const { message = '' } = condition(await application(stage), 'ComparisonError') ?? {}
    return /app path does not exist/.test(message) ? true : undefined
  })
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
}

/** Whoever takes a cluster out of the mesh must not take what it has from it. */
async function unlisted(stage: ArgoStage, bench: Workbench): Promise<void> {
  const { api } = stage.plane
  const before = await identities(stage)
  await api.apply(withoutCluster(stage))
  await setLooked(stage)
  await assertKept(stage)
  await assertApplied(stage, bench)
  deepStrictEqual(await identities(stage), before)
  await introduce(stage)
  await setLooked(stage)
}

/** The ApplicationSet as it is rendered when the cluster is not in the intent any more. */
function withoutCluster(stage: ArgoStage): KubernetesObject {
  const set = structuredClone(applicationSet(stage))
  const [generator] = at(set, 'spec', 'generators') as readonly { list: { elements: { cluster: string }[] } }[]
  const { list } = present(generator, 'generator')
  list.elements = list.elements.filter(({ cluster }) => cluster !== CLUSTER)
  strictEqual(list.elements.length, 1)
  return set
}

async function unkept(stage: ArgoStage): Promise<void> {
  const { api } = stage.plane
  const set = withoutCluster(stage)
  const policy = at(set, 'spec', 'syncPolicy') as { applicationsSync: string }
  strictEqual(policy.applicationsSync, 'create-update')
  policy.applicationsSync = 'sync'
  await api.apply(set)
  await setLooked(stage)
  await until('the Application is gone', SECONDS, async () => ((await application(stage)) ? undefined : true))
  await mustRefuse('it', /there is no Application/, () => assertKept(stage))
  await introduce(stage)
  await until('there is an Application again', SECONDS, async () => ((await application(stage)) ? true : undefined))
}

async function assertKept(stage: ArgoStage): Promise<void> {
  const found = present(await application(stage), 'Application')
  strictEqual(at(found, 'metadata', 'deletionTimestamp'), undefined, 'the Application is being deleted')
  strictEqual(at(found, 'metadata', 'finalizers'), undefined, 'the Application has a finalizer')
}

/** The project is ours alone, so a commit can bring in nothing that meshwright does not render. */
async function foreignKind(stage: ArgoStage): Promise<void> {
  await stage.delivery.publish()
  const foreign = await stage.delivery.tamper('Bring a Role along', (clone) => {
    const folder = join(clone, 'clusters', CLUSTER, 'gateway')
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' }
    const metadata = { name: 'of-somebody', namespace: 'istio-system' }
    writeFileSync(join(folder, 'role.json'), JSON.stringify({ ...role, metadata, rules: [] }))
    edit(join(folder, 'kustomization.yaml'), '  - gateway.yaml\n', '  - gateway.yaml\n  - role.json\n')
  })
  await look(stage)
  await says(stage, 'the project does not allow it', ({ operation, failed, message }) => {
    const said = [...failed, message].join('\n')
    return operation === foreign && /Role is not permitted in project/.test(said)
  })
  const metadata = { name: 'of-somebody', namespace: 'istio-system' }
  await assertGone(stage, [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata }])
}
