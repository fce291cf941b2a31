/** The words by which Argo CD and Flux are told what they must never take away, and in which order to go. */
import { ok } from 'node:assert/strict'
import { nameOf, type KubernetesObject } from '../manifests.ts'

type Engine = 'argo' | 'flux'

const OPTIONS = 'argocd.argoproj.io/sync-options'
const WAVE = 'argocd.argoproj.io/sync-wave'
const PRUNE = 'kustomize.toolkit.fluxcd.io/prune'

/** What takes trust, names or everything else of a cluster with it when it goes. */
const MUST_STAY: ReadonlySet<string> = new Set(['Namespace', 'SealedSecret', 'ConfigMap'])

/** By folder, in the order in which they have to arrive. */
const COMPONENTS = ['trust', 'gateway', 'services', 'dns']

function argoOptions({ metadata }: KubernetesObject): readonly string[] {
  return (metadata.annotations?.[OPTIONS] ?? '').split(',')
}

function isProtected(object: KubernetesObject, engine: Engine): boolean {
  if (engine === 'flux') return object.metadata.annotations?.[PRUNE] === 'Disabled'
  return ['Prune=false', 'Delete=false'].every((option) => argoOptions(object).includes(option))
}

/** Asserts it of all objects of a cluster, as they are stored. */
export function assertProtected(objects: readonly KubernetesObject[]): void {
  for (const object of objects) {
    const stays = MUST_STAY.has(object.kind)
    for (const engine of ['argo', 'flux'] as const) {
      ok(isProtected(object, engine) === stays, `${nameOf(object)}: ${engine} ${stays ? 'may' : 'must not'} prune it`)
    }
    const knownLater = !object.apiVersion.startsWith('v')
    ok(
      argoOptions(object).includes('SkipDryRunOnMissingResource=true') === knownLater,
      `${nameOf(object)}: Argo CD ${knownLater ? 'fails' : 'does not look'} where its kind is not known yet`,
    )
  }
  const waves = COMPONENTS.map((component) =>
    objects
      .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === component)
      .map(({ metadata }) => Number(metadata.annotations?.[WAVE])),
  )
  const later = waves.slice(1).every((wave, i) => Math.min(...wave) > Math.max(...(waves[i] ?? [])))
  ok(later, `the waves are not in order: ${JSON.stringify(waves)}`)
}

/** The same object, which one of the engines may take away. */
export function unprotected(object: KubernetesObject, engine: Engine): KubernetesObject {
  const { annotations = {}, ...metadata } = object.metadata
  const key = engine === 'argo' ? OPTIONS : PRUNE
  const others = Object.entries(annotations).filter(([name]) => name !== key)
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(others) } }
}
