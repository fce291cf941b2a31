/** One Kubernetes object as plain data, in the key order in which it is written. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Metadata
  readonly [field: string]: unknown
}

export interface Metadata {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

export type Component = 'trust' | 'gateway' | 'services' | 'dns'

/**
 * The recommended labels. Without `app.kubernetes.io/instance`, which is Argo CD's tracking label where it tracks by
 * label, and without a version, which would change every file at every upgrade of meshwright.
 */
export function labels(mesh: string, component?: Component): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/managed-by': 'meshwright',
    'app.kubernetes.io/part-of': mesh,
    ...(component !== undefined && { 'app.kubernetes.io/component': component }),
  }
}

/**
 * Order within one Argo CD Application: the next wave starts when the former is healthy. Names resolve last, when
 * there is a route to what they name.
 */
const SYNC_WAVE: Readonly<Record<Component, string>> = { trust: '-10', gateway: '0', services: '10', dns: '20' }

/** Policies are there before the Gateway exposes what they are for. */
const POLICY_WAVE = '-5'

/** Annotations of Istio's kinds: a cluster whose Istio is not installed yet must still get its trust. */
export function istioAnnotations(component: Component): Readonly<Record<string, string>> {
  return annotations(SYNC_WAVE[component])
}

export function policyAnnotations(): Readonly<Record<string, string>> {
  return annotations(POLICY_WAVE)
}

function annotations(wave: string): Readonly<Record<string, string>> {
  return {
    'argocd.argoproj.io/sync-wave': wave,
    'argocd.argoproj.io/sync-options': 'SkipDryRunOnMissingResource=true',
  }
}

/** Annotations of what must outlive a mistake: neither Argo CD nor Flux deletes it when it leaves Git. */
export function protectedAnnotations(component: Component): Readonly<Record<string, string>> {
  return {
    'argocd.argoproj.io/sync-wave': SYNC_WAVE[component],
    'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
    'kustomize.toolkit.fluxcd.io/prune': 'Disabled',
  }
}

/** A namespace, protected from pruning: deleting it would delete all that others put there. */
export function namespace(
  name: string,
  component: Component,
  labelled: Readonly<Record<string, string>> = {},
): Manifest {
  const has = Object.keys(labelled).length > 0
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, ...(has && { labels: sorted(labelled) }), annotations: protectedAnnotations(component) },
  }
}

/** The same record with its keys in order: the user's order must not decide bytes. */
export function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
