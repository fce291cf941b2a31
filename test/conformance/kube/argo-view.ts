/** What Argo CD is given, and what it says of it. */
import { present } from '../check.ts'
import { at, objectNamed, type KubernetesObject } from '../manifests.ts'
import { ARGO_NAMESPACE, hurried } from './argo.ts'
import { CLUSTER, type MeshStage } from './stage.ts'
import { until } from './wait.ts'

export const SECONDS = 60

export interface ArgoStage extends MeshStage {
  readonly mustRun: () => void
}

export function application({ plane, delivery }: MeshStage, cluster = CLUSTER): Promise<KubernetesObject | undefined> {
  const metadata = { name: `${delivery.name}-${cluster}`, namespace: ARGO_NAMESPACE }
  return plane.api.get({ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata })
}

/** Gives Argo CD what is rendered for it, as a user does once. */
export async function introduce({ plane, delivery }: MeshStage): Promise<void> {
  for (const object of delivery.rendered(`argocd/${delivery.name}.yaml`)) await plane.api.apply(hurried(object))
}

export function applicationSet({ delivery }: MeshStage): KubernetesObject {
  return hurried(objectNamed(delivery.rendered(`argocd/${delivery.name}.yaml`), 'ApplicationSet', delivery.name))
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

export async function told(stage: ArgoStage): Promise<Told> {
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
export async function says(stage: ArgoStage, what: string, expected: (told: Told) => boolean): Promise<Told> {
  return until(`Argo CD says: ${what}`, SECONDS, async () => {
    const now = await told(stage)
    if (expected(now)) return now
    throw new Error(JSON.stringify(now))
  })
}

/** Tells Argo CD to look at the repository. */
export async function look(stage: ArgoStage): Promise<void> {
  const { apiVersion, kind, metadata } = present(await application(stage), 'Application')
  const { name, namespace = '' } = metadata
  const annotations = { 'argocd.argoproj.io/refresh': 'normal' }
  await stage.plane.api.apply({ apiVersion, kind, metadata: { name, namespace, annotations } }, { manager: 'look' })
  await until('Argo CD has looked', SECONDS, async () => {
    const found = await application(stage)
    return found?.metadata.annotations?.['argocd.argoproj.io/refresh'] === undefined ? true : undefined
  })
}

export function done(stage: ArgoStage, commit: string): Promise<Told> {
  return says(stage, `all is done at ${commit.slice(0, 12)}`, ({ sync, revision, health, phase, operation }) => {
    const synced = sync === 'Synced' && revision === commit && health === 'Healthy'
    return synced && phase === 'Succeeded' && operation === commit
  })
}

/** Waits until the controller of ApplicationSets has looked at ours once more. */
export async function setLooked(stage: ArgoStage): Promise<void> {
  const { api } = stage.plane
  const { apiVersion, kind, metadata } = applicationSet(stage)
  const refresh = 'argocd.argoproj.io/application-set-refresh'
  const { name, namespace = '' } = metadata
  await api.apply(
    { apiVersion, kind, metadata: { name, namespace, annotations: { [refresh]: 'true' } } },
    { manager: 'look' },
  )
  await until('the ApplicationSet has looked', SECONDS, async () => {
    return (await api.get({ apiVersion, kind, metadata }))?.metadata.annotations?.[refresh] === undefined
      ? true
      : undefined
  })
}
