/** Flux and Argo CD take what `meshwright publish` commits, in the order that it means, and keep what must stay. */
import type { Layer } from './check.ts'
import { argoChecks } from './kube/argo-sync.ts'
import { fluxSopsChecks } from './kube/flux-sops.ts'
import { fluxChecks } from './kube/flux-sync.ts'
import { endScenario } from './kube/scenario.ts'

export const gitops: Layer = {
  name: 'gitops',
  checks: [...fluxChecks, ...fluxSopsChecks, ...argoChecks],
  end: endScenario,
}
