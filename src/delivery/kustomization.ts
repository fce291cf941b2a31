/** The index that Kustomize reads. Only an index: transformers would break sealed secrets, which are bound to a name. */
import { emitYaml } from '../kubernetes/emit.ts'

export function kustomization(resources: readonly string[]): string {
  return emitYaml({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', resources: [...resources] })
}
